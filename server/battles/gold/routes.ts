import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '#server/core/context.ts'
import { registerTable } from '#server/core/http/table-routes.ts'
import { notFound } from '#server/core/problem.ts'
import { StudySlug } from '#server/studies/schema.ts'
import { addGold, changeGold, deleteGold, goldKnown, readQueryAnswers } from './gold-items.ts'
import { importGold } from './import-gold.ts'
import { getGold, goldCsv, listAllGold, listGold } from './list-gold.ts'
import {
  AnswersToQuery,
  GoldChange,
  GoldImport,
  GoldImported,
  GoldItem,
  GoldList,
  GoldPath,
  GoldQuery,
  NewGoldItem,
  QueryAnswers,
} from './schema.ts'

const policy = 'researcher' as const

/** The gold items of a study: pairs of answers whose right verdict is known. */
export const goldRoutes: FastifyPluginAsyncZod = async (app) => {
  registerTable(app, {
    path: '/studies/:slug/gold',
    summary: 'The gold items of a study, with what raters said of each',
    csvSummary: 'All gold items of a study as CSV, in the columns that an import reads',
    config: { policy, problems: [notFound] },
    asked: { params: StudySlug, querystring: GoldQuery },
    table: GoldList,
    read: (ctx, { slug, ...query }) => listGold(ctx, slug, query),
    readWhole: async (ctx, { slug, ...query }) => ({
      ...(await listGold(ctx, slug, query)),
      items: await listAllGold(ctx, slug),
    }),
    toCsv: ({ items }) => goldCsv(items),
    fileName: ({ slug }) => `${slug}-gold`,
  })

  app.get(
    '/studies/:slug/gold-answers',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'A query of a study with the answers that a gold item can be made of',
        params: StudySlug,
        querystring: AnswersToQuery,
        response: { 200: QueryAnswers },
      },
    },
    async (request) => readQueryAnswers(contextOf(request), request.params.slug, request.query.query),
  )

  app.post(
    '/studies/:slug/gold',
    {
      config: { policy, creates: true, problems: [notFound, goldKnown] },
      schema: {
        summary: 'Add a gold item: two answers to a query, and the verdict that is right',
        params: StudySlug,
        body: NewGoldItem,
        response: { 201: GoldItem },
      },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      const id = await addGold(ctx, request.params.slug, request.body)
      return reply.code(201).send(await getGold(ctx, request.params.slug, id))
    },
  )

  app.post(
    '/studies/:slug/gold/import',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Add gold items from a CSV, TSV, JSON or JSON Lines file',
        params: StudySlug,
        body: GoldImport,
        response: { 200: GoldImported },
      },
    },
    async (request) => importGold(contextOf(request), request.params.slug, request.body),
  )

  app.patch(
    '/studies/:slug/gold/:item',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Change which verdict is right, the note, or whether raters are given the item',
        params: GoldPath,
        body: GoldChange,
        response: { 200: GoldItem },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      const { slug, item } = request.params
      await changeGold(ctx, slug, item, request.body)
      return getGold(ctx, slug, item)
    },
  )

  app.delete(
    '/studies/:slug/gold/:item',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Delete a gold item; verdicts on it stay stored and say nothing of their raters any more',
        params: GoldPath,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await deleteGold(contextOf(request), request.params.slug, request.params.item)
      return reply.code(204).send(null)
    },
  )
}
