import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '#server/core/context.ts'
import { notFound } from '#server/core/problem.ts'
import { asFile } from '#server/core/schema.ts'
import { noSnapshot } from '#server/snapshots/covered-votes.ts'
import { StudySlug } from '#server/studies/schema.ts'
import { battlesClosed } from '../charts/read-battles.ts'
import { exportBoard } from './export-board.ts'
import { getSnapshot, listSnapshots } from './read-snapshots.ts'
import { ExportQuery, Snapshot, SnapshotList, SnapshotQuery } from './schema.ts'
import { archiveSnapshot, votesMissing } from './snapshot-archive.ts'

const SnapshotId = z.object({ id: z.uuid() })

const parquet = 'application/vnd.apache.parquet'

/** A board's history, each snapshot at its permanent address, and what can be taken away as a file. */
export const exportRoutes: FastifyPluginAsyncZod = async (app) => {
  const config = { policy: 'public' } as const
  const download = { ...config, rateLimit: { max: 20, timeWindow: '1 minute' } } as const

  app.get(
    '/boards/:slug/snapshots',
    {
      config: { ...config, problems: [notFound] },
      schema: {
        summary: "A board's snapshots, newest first",
        params: StudySlug,
        querystring: SnapshotQuery,
        response: { 200: SnapshotList },
      },
    },
    async (request) => listSnapshots(contextOf(request), request.params.slug, request.query),
  )

  app.get(
    '/boards/:slug/snapshots/:id',
    {
      config: { ...config, problems: [notFound] },
      schema: {
        summary: 'A board as one snapshot gave it, with its citation and licence',
        params: StudySlug.extend(SnapshotId.shape),
        response: { 200: Snapshot },
      },
    },
    async (request) => getSnapshot(contextOf(request), request.params.slug, request.params.id),
  )

  app.get(
    '/boards/:slug/export',
    {
      config: { ...download, problems: [notFound, noSnapshot, battlesClosed] },
      schema: {
        summary: 'A board or its votes as a file',
        description: 'Votes are for researchers while the study is open and for everybody when it is closed.',
        params: StudySlug,
        querystring: ExportQuery,
        response: {
          200: asFile('The file', 'text/csv', 'application/json', 'application/x-ndjson', 'text/markdown', parquet),
        },
      },
    },
    async (request, reply) => {
      const file = await exportBoard(contextOf(request), request.params.slug, request.query)
      return reply
        .type(file.mediaType)
        .header('content-disposition', `attachment; filename="${file.name}"`)
        .headers(Object.fromEntries(Object.entries(file.leftOut).map(([why, n]) => [`x-${why}-left-out`, n])))
        .send(file.content)
    },
  )

  app.get(
    '/snapshots/:id/archive',
    {
      config: { ...download, problems: [notFound, noSnapshot, battlesClosed, votesMissing] },
      schema: {
        summary: 'A snapshot with its votes as a zip that can be replayed',
        description: 'For researchers while the study is open and for everybody when it is closed.',
        params: SnapshotId,
        response: { 200: asFile('The archive', 'application/zip') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const archive = await archiveSnapshot(contextOf(request), id)
      return reply
        .type('application/zip')
        .header('content-disposition', `attachment; filename="snapshot-${id}.zip"`)
        .send(archive)
    },
  )
}
