import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '#server/core/context.ts'
import { registerTable } from '#server/core/http/table-routes.ts'
import { invalidInput, notFound } from '#server/core/problem.ts'
import { csv } from '#server/formats/csv-writer.ts'
import { PoolSlug } from '../schema.ts'
import {
  BadRows,
  FileAddress,
  FilePlace,
  ImportAddress,
  ImportStart,
  NewImport,
  QueryImport,
  UploadedBytes,
} from './schema.ts'
import {
  forgetImport,
  getImport,
  importBusy,
  listImports,
  openImport,
  readBadRows,
  startImport,
  stopImport,
  uploadPiece,
} from './service.ts'
import { uploadGap } from './uploads.ts'

const policy = 'researcher' as const

export const importRoutes: FastifyPluginAsyncZod = async (app) => {
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )

  app.get(
    '/pools/:slug/imports',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Imports into a pool, the newest first',
        params: PoolSlug,
        response: { 200: z.array(QueryImport) },
      },
    },
    async (request) => listImports(contextOf(request), request.params.slug),
  )

  app.post(
    '/pools/:slug/imports',
    {
      config: { policy, creates: true, problems: [notFound, invalidInput] },
      schema: {
        summary: 'Open an import into a pool, before its files are uploaded',
        params: PoolSlug,
        body: NewImport,
        response: { 201: QueryImport },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await openImport(contextOf(request), request.params.slug, request.body)),
  )

  app.get(
    '/query-imports/:id',
    {
      config: { policy, problems: [notFound] },
      schema: { summary: 'One import and how far it is', params: ImportAddress, response: { 200: QueryImport } },
    },
    async (request) => getImport(contextOf(request), request.params.id),
  )

  registerTable(app, {
    path: '/query-imports/:id/bad-rows',
    summary: 'Rows of an import that cannot become a query, and why: the first thousand',
    config: { policy, problems: [notFound] },
    asked: { params: ImportAddress },
    table: BadRows,
    read: (ctx, { id }) => readBadRows(ctx, id),
    toCsv: ({ rows }) => csv([['file', 'row', 'reason'], ...rows.map(({ file, row, reason }) => [file, row, reason])]),
    fileName: () => 'bad-rows',
  })

  app.put(
    '/query-imports/:id/files/:file',
    {
      config: { policy, problems: [notFound, invalidInput, importBusy, uploadGap] },
      schema: {
        summary: 'Upload a piece of a file, at most 1 MB as application/octet-stream; a piece may come again',
        params: FileAddress,
        querystring: FilePlace,
        body: z.instanceof(Uint8Array),
        response: { 200: UploadedBytes },
      },
    },
    async (request) => {
      const { id, file } = request.params
      return { bytes: await uploadPiece(contextOf(request), id, file, request.query.offset, request.body) }
    },
  )

  app.post(
    '/query-imports/:id/start',
    {
      config: { policy, problems: [notFound, importBusy] },
      schema: {
        summary: 'Read the uploaded files into the pool, or read them again',
        params: ImportAddress,
        body: ImportStart,
        response: { 200: QueryImport },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      await startImport(ctx, request.params.id, request.body.skipBad)
      return getImport(ctx, request.params.id)
    },
  )

  app.post(
    '/query-imports/:id/stop',
    {
      config: { policy, problems: [notFound, importBusy] },
      schema: {
        summary: 'Stop reading; nothing of it is in the pool, and it can start again',
        params: ImportAddress,
        response: { 200: QueryImport },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      await stopImport(ctx, request.params.id)
      return getImport(ctx, request.params.id)
    },
  )

  app.delete(
    '/query-imports/:id',
    {
      config: { policy, problems: [notFound, importBusy] },
      schema: {
        summary: 'Forget an import and its files; queries that it added stay',
        params: ImportAddress,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await forgetImport(contextOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  )
}
