import { recordAudit } from '../accounts/service.ts'
import type { Context } from '../core/context.ts'
import { defineProblem, notFound } from '../core/problem.ts'
import { inTransaction } from '../core/transaction.ts'
import { defaultConsent, defaultGuidelines } from './default-texts.ts'
import type { NewStudy } from './schema.ts'

export const studyNeedsModels = defineProblem('study-needs-models', 400, 'A study compares different models')
export const studyOver = defineProblem('study-over', 409, 'This study is closed')

/** The job that asks one model of a study for its answers: `{ studyId, modelId }`. */
export const collectJob = 'collect-responses'

/** A study as other modules need it. */
export interface StoredStudy {
  id: string
  slug: string
  name: string
  poolId: string
  status: 'draft' | 'open' | 'closed'
  publishing: 'batched' | 'live'
  sample: boolean
  pointsShown: boolean
  leaseSeconds: number
  leastCardSeconds: number
  quotaPerPair: number
  sessionGoal: number
  maxTokens: number
  guidelines: string
  guidelinesVersion: number
  consent: string
  consentVersion: number
  /** Of the votes, once they are published. */
  licence: string
}

/** Beyond what the page asks for. `sample`: made of our own samples, labelled so everywhere. */
export interface StudyExtras {
  slug?: string
  sample?: boolean
}

/** Writes down which queries, models and quotas belong together; `openStudy` lets it begin. Throws not-found for an unknown pool or endpoint. */
export async function createStudy(ctx: Context, input: NewStudy, extras: StudyExtras = {}): Promise<StoredStudy> {
  const slug = extras.slug ?? (await freeSlug(ctx, input.name))
  const studyId = await inTransaction(ctx, async (ctx) => {
    const [pool] = await ctx.sql<{ id: string }[]>`select id from pools where slug = ${input.pool}`
    if (!pool) throw notFound(`There is no pool '${input.pool}'`)
    const { name, publishing, pointsShown, quotaPerPair, sessionGoal, leaseSeconds, leastCardSeconds, licence } = input
    const [study] = await ctx.sql<{ id: string }[]>`
      insert into studies (slug, name, pool_id, publishing, sample, points_shown, quota_per_pair, session_goal,
        lease_seconds, least_card_seconds, licence, guidelines, consent)
      values (${slug}, ${name}, ${pool.id}, ${publishing}, ${extras.sample ?? false}, ${pointsShown}, ${quotaPerPair},
        ${sessionGoal}, ${leaseSeconds}, ${leastCardSeconds}, ${licence}, ${input.guidelines ?? defaultGuidelines},
        ${input.consent ?? defaultConsent})
      returning id`
    for (const endpointId of input.endpoints) await enterModel(ctx, study!.id, endpointId)
    await recordAudit(ctx, 'study.created', `study:${study!.id}`, { slug })
    return study!.id
  })
  return getStoredStudyById(ctx, studyId)
}

async function freeSlug(ctx: Context, name: string): Promise<string> {
  const ascii = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const base =
    ascii
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 60) || 'study'
  const rows = await ctx.sql<
    { slug: string }[]
  >`select slug from studies where slug = ${base} or slug like ${`${base}-%`}`
  // The published table has this address among the boards.
  const taken = new Set(['reference', ...rows.map(({ slug }) => slug)])
  let slug = base
  for (let n = 2; taken.has(slug); n++) slug = `${base}-${n}`
  return slug
}

/** Enters the model behind an endpoint; a model answers from one endpoint in a study. */
async function enterModel(ctx: Context, studyId: string, endpointId: string): Promise<string> {
  const [endpoint] = await ctx.sql<{ modelId: string; name: string }[]>`
    select model_id as "modelId", name from endpoints where id = ${endpointId}`
  if (!endpoint) throw notFound('One of the endpoints does not exist')
  const [entered] = await ctx.sql<{ modelId: string }[]>`
    insert into study_models (study_id, model_id, endpoint_id) values (${studyId}, ${endpoint.modelId}, ${endpointId})
    on conflict (study_id, model_id) do nothing returning model_id as "modelId"`
  if (!entered) throw studyNeedsModels(`The model of ${endpoint.name} is in the study already`)
  return entered.modelId
}

/** Lets raters in, and queues the asking of every model for its answers. Opening twice is harmless. */
export async function openStudy(ctx: Context, slug: string): Promise<StoredStudy> {
  const study = await getStoredStudy(ctx, slug)
  if (study.status === 'closed') throw studyOver()
  await ctx.sql`update studies set status = 'open' where id = ${study.id} and status = 'draft'`
  const members = await ctx.sql<{ modelId: string }[]>`
    select model_id as "modelId" from study_models where study_id = ${study.id} order by added_at, model_id`
  for (const { modelId } of members) await queueCollection(ctx, study.id, modelId)
  if (study.status === 'draft') await recordAudit(ctx, 'study.opened', `study:${study.id}`)
  return { ...study, status: 'open' }
}

/** Adds a model to a study; its answers are asked for at once when the study is open. */
export async function addModel(ctx: Context, slug: string, endpointId: string): Promise<void> {
  const study = await getStoredStudy(ctx, slug)
  if (study.status === 'closed') throw studyOver()
  const modelId = await enterModel(ctx, study.id, endpointId)
  await recordAudit(ctx, 'study.model-added', `study:${study.id}`, { modelId })
  if (study.status === 'open') await queueCollection(ctx, study.id, modelId)
}

/** Ids of the endpoints whose models a study compares. */
export async function enteredEndpoints(ctx: Context, slug: string): Promise<string[]> {
  const rows = await ctx.sql<{ id: string }[]>`
    select sm.endpoint_id as id from study_models sm join studies s on s.id = sm.study_id where s.slug = ${slug}`
  return rows.map(({ id }) => id)
}

async function queueCollection(ctx: Context, studyId: string, modelId: string) {
  await ctx.jobs.enqueue(collectJob, { studyId, modelId }, { key: `${studyId}:${modelId}` })
}

/** The study of this slug, or undefined. */
export async function findStoredStudy(ctx: Context, slug: string): Promise<StoredStudy | undefined> {
  const [study] = await ctx.sql<StoredStudy[]>`select ${columns(ctx)} from studies where slug = ${slug}`
  return study
}

/** The study of this slug. Throws not-found. */
export async function getStoredStudy(ctx: Context, slug: string): Promise<StoredStudy> {
  const study = await findStoredStudy(ctx, slug)
  if (!study) throw notFound(`There is no study '${slug}'`)
  return study
}

/** The study of this id. Throws not-found. */
export async function getStoredStudyById(ctx: Context, id: string): Promise<StoredStudy> {
  const [study] = await ctx.sql<StoredStudy[]>`select ${columns(ctx)} from studies where id = ${id}`
  if (!study) throw notFound('There is no such study')
  return study
}

function columns({ sql }: Context) {
  return sql`id, slug, name, pool_id as "poolId", status, publishing, sample, points_shown as "pointsShown",
    lease_seconds as "leaseSeconds", least_card_seconds as "leastCardSeconds", quota_per_pair as "quotaPerPair",
    session_goal as "sessionGoal", max_tokens as "maxTokens", guidelines, guidelines_version as "guidelinesVersion", consent,
    consent_version as "consentVersion", licence`
}
