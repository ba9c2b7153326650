import { randomUUID } from 'node:crypto'
import sharp from 'sharp'
import type { Context } from '#server/core/context.ts'
import type { QueryCategory } from '#server/queries/categories/schema.ts'
import { importPool } from '#server/queries/service.ts'
import {
  createStudy,
  getStoredStudy,
  type StoredStudy,
  type StudyExtras,
  type StudyPlan,
} from '#server/studies/service.ts'

export interface ArenaOptions {
  models?: { name: string; organisation?: string }[]
  queries?: number
  study?: Partial<StudyPlan>
  /** A board that follows every vote, as a sample's does, unless it is to wait like that of a study. */
  publishing?: 'live' | 'batched'
  extras?: StudyExtras
  /** What model `m` says to query `q`, both counted from 0. */
  response?: (m: number, q: number) => string
}

const categories: QueryCategory[] = ['counting', 'charts', 'general', 'documents']

/** An open study whose models have answered every query. */
export async function makeStudy(ctx: Context, options: ArenaOptions) {
  const {
    models = ['Ada', 'Bo', 'Cy', 'Di'].map((name) => ({ name: `${name}-${randomUUID().slice(0, 8)}` })),
    queries = 12,
  } = options
  const pool = await makePool(ctx, queries)
  const made: { modelId: string; endpointId: string }[] = []
  for (const model of models) made.push(await makeModel(ctx, model))
  const plan: StudyPlan = {
    name: 'Test study',
    pool,
    endpoints: made.map(({ endpointId }) => endpointId),
    pointsShown: true,
    followUp: 'nothing',
    language: 'browser',
    quotaPerPair: 450,
    sessionGoal: 100,
    goldShare: 0,
    trainingItems: 0,
    trainingBar: 8,
    trainingTries: 3,
    trainingFor: 'new',
    drawing: 'even',
    overlapShare: 0,
    overlapRaters: 3,
    leaseSeconds: 600,
    leastCardSeconds: 1,
    licence: 'CC BY 4.0',
    ...options.study,
  }
  const { slug } = await createStudy(ctx, plan, options.extras)
  await ctx.sql`update studies set status = 'open', publishing = ${options.publishing ?? 'live'} where slug = ${slug}`
  const study = await getStoredStudy(ctx, slug)
  for (const [m, member] of made.entries())
    await answerAll(ctx, study, member, (q) => options.response?.(m, q) ?? `Answer to question ${q}.`)
  return { study, modelIds: made.map(({ modelId }) => modelId) }
}

async function makePool(ctx: Context, queries: number): Promise<string> {
  const bytes = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#7aa' } })
    .png()
    .toBuffer()
  const image = { bytes, source: 'drawn', licence: 'CC0' }
  const pool = Array.from({ length: queries }, (_, q) => {
    const key = `q${String(q).padStart(5, '0')}`
    return { key, category: categories[q % categories.length]!, language: 'en', question: `Question ${q}?`, image }
  })
  await importPool(ctx, { slug: 'pool', name: 'Pool', licence: 'CC0' }, pool)
  return 'pool'
}

async function makeModel(ctx: Context, { name, organisation = '' }: { name: string; organisation?: string }) {
  const slug = name.toLowerCase()
  const [row] = await ctx.sql<{ modelId: string; endpointId: string }[]>`
    with model as (
      insert into models (slug, name, organisation, released_at) values (${slug}, ${name}, ${organisation}, now()) returning id
    )
    insert into endpoints (model_id, name, base_url, remote_model, status)
    select id, ${`${slug}@test`}, 'http://127.0.0.1:9', ${`remote-${slug}`}, 'ready' from model
    returning model_id as "modelId", id as "endpointId"`
  return row!
}

/** Puts the answers where the engine and the collection would have put them. */
async function answerAll(
  ctx: Context,
  study: StoredStudy,
  { modelId, endpointId }: { modelId: string; endpointId: string },
  textOf: (q: number) => string,
) {
  const rows = await ctx.sql<{ id: string }[]>`select id from queries where pool_id = ${study.poolId} order by key`
  const ids = rows.map(({ id }) => id)
  const texts = ids.map((_, q) => textOf(q))
  await ctx.sql`
    with plan as (
      insert into plans (endpoint_id, customer, state, calls) values (${endpointId}, 'collection', 'finished', ${ids.length})
      returning id
    ), collection as (
      insert into collections (study_id, model_id, endpoint_id, plan_id, max_tokens)
      select ${study.id}, ${modelId}, ${endpointId}, id, 768 from plan returning id
    ), call as (
      insert into calls (plan_id, position, key, state)
      select plan.id, t.position, t.id, 'answered'
      from plan, unnest(${ids}::text[]) with ordinality as t (id, position) returning id, key
    )
    insert into responses (collection_id, study_id, query_id, model_id, call_id, status, text, ready_at)
    select collection.id, ${study.id}, call.key::uuid, ${modelId}, call.id, 'ready', t.text, now()
    from collection, call join unnest(${ids}::text[], ${texts}::text[]) as t (id, text) on t.id = call.key`
}
