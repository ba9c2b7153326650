import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '#server/core/context.ts'
import { registerTable } from '#server/core/http/table-routes.ts'
import { invalidInput, notFound } from '#server/core/problem.ts'
import { csv } from '#server/formats/csv-writer.ts'
import {
  BadRows,
  FileAddress,
  FilePlace,
  ImportAddress,
  ImportStart,
  UploadedBytes,
} from '#server/queries/imports/schema.ts'
import { importBusy } from '#server/queries/imports/service.ts'
import { uploadGap } from '#server/queries/imports/uploads.ts'
import { StudySlug } from '#server/studies/schema.ts'
import { AnswerImport, NewAnswerImport } from './schema.ts'
import {
  forgetAnswerImport,
  getAnswerImport,
  listAnswerImports,
  openAnswerImport,
  readBadAnswers,
  startAnswerImport,
  stopAnswerImport,
  uploadAnswers,
} from './service.ts'

const policy = 'researcher' as const

/** Answers made elsewhere, on their way into a study. */
export const answerImportRoutes: FastifyPluginAsyncZod = async (app) => {
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )

  app.get(
    '/studies/:slug/answer-imports',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Imports of answers into a study, the newest first',
        params: StudySlug,
        response: { 200: z.array(AnswerImport) },
      },
    },
    async (request) => listAnswerImports(contextOf(request), request.params.slug),
  )

  app.post(
    '/studies/:slug/answer-imports',
    {
      config: { policy, creates: true, problems: [notFound] },
      schema: {
        summary: "Open an import of one model's answers, before its files are uploaded",
        params: StudySlug,
        body: NewAnswerImport,
        response: { 201: AnswerImport },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await openAnswerImport(contextOf(request), request.params.slug, request.body)),
  )

  app.get(
    '/answer-imports/:id',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'One import of answers and how far it is',
        params: ImportAddress,
        response: { 200: AnswerImport },
      },
    },
    async (request) => getAnswerImport(contextOf(request), request.params.id),
  )

  registerTable(app, {
    path: '/answer-imports/:id/bad-rows',
    summary: 'Rows of an import that cannot become an answer, and why: the first thousand',
    config: { policy, problems: [notFound] },
    asked: { params: ImportAddress },
    table: BadRows,
    read: (ctx, { id }) => readBadAnswers(ctx, id),
    toCsv: ({ rows }) => csv([['file', 'row', 'reason'], ...rows.map(({ file, row, reason }) => [file, row, reason])]),
    fileName: () => 'bad-rows',
  })

  app.put(
    '/answer-imports/:id/files/:file',
    {
      config: { policy, problems: [notFound, invalidInput, importBusy, uploadGap] },
      schema: {
        summary:
          'Upload a piece of a file of answers, at most 1 MB as application/octet-stream; a piece may come again',
        params: FileAddress,
        querystring: FilePlace,
        body: z.instanceof(Uint8Array),
        response: { 200: UploadedBytes },
      },
    },
    async (request) => {
      const { id, file } = request.params
      return { bytes: await uploadAnswers(contextOf(request), id, file, request.query.offset, request.body) }
    },
  )

  app.post(
    '/answer-imports/:id/start',
    {
      config: { policy, problems: [notFound, importBusy] },
      schema: {
        summary: 'Read the uploaded answers into the study, or read them again',
        params: ImportAddress,
        body: ImportStart,
        response: { 200: AnswerImport },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      await startAnswerImport(ctx, request.params.id, request.body.skipBad)
      return getAnswerImport(ctx, request.params.id)
    },
  )

  app.post(
    '/answer-imports/:id/stop',
    {
      config: { policy, problems: [notFound, importBusy] },
      schema: {
        summary: 'Stop reading; nothing of it is in the study, and it can start again',
        params: ImportAddress,
        response: { 200: AnswerImport },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      await stopAnswerImport(ctx, request.params.id)
      return getAnswerImport(ctx, request.params.id)
    },
  )

  app.delete(
    '/answer-imports/:id',
    {
      config: { policy, problems: [notFound, importBusy] },
      schema: {
        summary: 'Forget an import and its files; answers that it added stay',
        params: ImportAddress,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await forgetAnswerImport(contextOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  )
}
