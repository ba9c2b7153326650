import { eq, like, or } from 'drizzle-orm'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import { pools } from '#drizzle/schema/queries.ts'
import { studies, studyModels } from '#drizzle/schema/studies.ts'
import { recordAudit } from '../accounts/service.ts'
import type { Context } from '../core/context.ts'
import { flag, present, rowsOf, type RowOf } from '../core/postgres/rows.ts'
import { defineProblem, notFound } from '../core/problem.ts'
import { inTransaction } from '../core/transaction.ts'
import { defaultConsent, defaultGuidelines } from './default-texts.ts'
import type { NewStudy } from './schema.ts'

export const studyNeedsModels = defineProblem('study-needs-models', 400, 'A study compares different models')
export const modelAsked = defineProblem('model-asked', 409, 'This model is asked through an endpoint in this study')
export const studyOver = defineProblem('study-over', 409, 'This study is closed')
export const studyPaused = defineProblem('study-paused', 409, 'This study is paused')
export const studyState = defineProblem('study-state', 409, 'The study’s present state does not allow that')

/** The job that asks one model of a study for its answers: `{ studyId, modelId }`. */
export const collectJob = 'collect-responses'

const storedStudy = {
  id: studies.id,
  slug: studies.slug,
  name: studies.name,
  poolId: studies.poolId,
  status: studies.status,
  paused: flag,
  archived: flag,
  publishing: studies.publishing,
  sample: studies.sample,
  pointsShown: studies.pointsShown,
  followUp: studies.followUp,
  language: studies.language,
  leaseSeconds: studies.leaseSeconds,
  leastCardSeconds: studies.leastCardSeconds,
  quotaPerPair: studies.quotaPerPair,
  sessionGoal: studies.sessionGoal,
  goldShare: studies.goldShare,
  trainingItems: studies.trainingItems,
  trainingBar: studies.trainingBar,
  trainingTries: studies.trainingTries,
  trainingFor: studies.trainingFor,
  drawing: studies.drawing,
  overlapShare: studies.overlapShare,
  overlapRaters: studies.overlapRaters,
  maxTokens: studies.maxTokens,
  guidelines: studies.guidelines,
  guidelinesVersion: studies.guidelinesVersion,
  consent: studies.consent,
  consentVersion: studies.consentVersion,
  contact: studies.contact,
  pay: studies.pay,
  sittingMinutes: studies.sittingMinutes,
  licence: studies.licence,
}

/** A study as other modules need it. */
export type StoredStudy = RowOf<typeof storedStudy>

/** What a study is to be, whether or not it opens at once. */
export type StudyPlan = Omit<NewStudy, 'open'>

/**
 * Beyond what the page asks for. `sample`: made of our own samples, labelled so everywhere. Its board alone follows every
 * vote: on any other, a rater could read off it which models they had just judged.
 */
export interface StudyExtras {
  slug?: string
  sample?: boolean
}

/** Writes down which queries, models and quotas belong together; `openStudy` lets it begin. Throws not-found for an unknown pool or endpoint. */
export async function createStudy(ctx: Context, input: StudyPlan, extras: StudyExtras = {}): Promise<StoredStudy> {
  const { sample = false } = extras
  const slug = extras.slug ?? (await freeSlug(ctx, input.name))
  const studyId = await inTransaction(ctx, async (ctx) => {
    const poolId = await getUsablePool(ctx, input.pool)
    const {
      name,
      pointsShown,
      followUp,
      language,
      quotaPerPair,
      sessionGoal,
      leaseSeconds,
      leastCardSeconds,
      licence,
      goldShare,
      trainingItems,
      trainingBar,
      trainingTries,
      trainingFor,
      overlapShare,
      overlapRaters,
      drawing,
    } = input
    const [study] = await rowsOf(ctx, { id: studies.id })`
      insert into studies (slug, name, pool_id, publishing, sample, points_shown, follow_up, language, quota_per_pair, session_goal, gold_share, overlap_share, overlap_raters, drawing,
        training_items, training_bar, training_tries, training_for, training_since, lease_seconds, least_card_seconds, licence, guidelines, consent,
        contact, pay, sitting_minutes)
      values (${slug}, ${name}, ${poolId}, ${sample ? 'live' : 'batched'}, ${sample}, ${pointsShown}, ${followUp}, ${language}, ${quotaPerPair},
        ${sessionGoal}, ${goldShare}, ${overlapShare}, ${overlapRaters}, ${drawing}, ${trainingItems}, ${trainingBar}, ${trainingTries},
        ${trainingFor}, case when ${trainingItems}::int > 0 then now() end, ${leaseSeconds}, ${leastCardSeconds}, ${licence}, ${input.guidelines ?? defaultGuidelines},
        ${input.consent ?? defaultConsent}, ${input.contact ?? ''}, ${input.pay ?? ''}, ${input.sittingMinutes ?? 0})
      returning id`
    for (const endpointId of input.endpoints) await enterModel(ctx, study!.id, endpointId)
    await recordAudit(ctx, 'study.created', `study:${study!.id}`, { slug })
    return study!.id
  })
  return getStoredStudyById(ctx, studyId)
}

/** The id of a pool that a study may ask. Throws not-found, also where it is archived. */
export async function getUsablePool(ctx: Context, slug: string): Promise<string> {
  const [pool] = await ctx.db
    .select({ id: pools.id, archivedAt: pools.archivedAt })
    .from(pools)
    .where(eq(pools.slug, slug))
  if (!pool) throw notFound(`There is no pool '${slug}'`)
  if (pool.archivedAt) throw notFound(`The pool '${slug}' is archived; take it back first, or choose another`)
  return pool.id
}

async function freeSlug(ctx: Context, name: string): Promise<string> {
  const ascii = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const base =
    ascii
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 60) || 'study'
  const rows = await ctx.db
    .select({ slug: studies.slug })
    .from(studies)
    .where(or(eq(studies.slug, base), like(studies.slug, `${base}-%`)))
  // The published table has this address among the boards.
  const taken = new Set(['reference', ...rows.map(({ slug }) => slug)])
  let slug = base
  for (let n = 2; taken.has(slug); n++) slug = `${base}-${n}`
  return slug
}

/** Enters the model behind an endpoint; a model answers from one endpoint in a study. */
async function enterModel(ctx: Context, studyId: string, endpointId: string): Promise<string> {
  const [endpoint] = await rowsOf(ctx, { modelId: endpoints.modelId, name: endpoints.name })`
    select model_id as "modelId", name from endpoints where id = ${endpointId} and deleted_at is null`
  if (!endpoint) throw notFound('One of the endpoints does not exist, or was taken out')
  const [entered] = await rowsOf(ctx, { modelId: studyModels.modelId })`
    insert into study_models (study_id, model_id, endpoint_id) values (${studyId}, ${endpoint.modelId}, ${endpointId})
    on conflict (study_id, model_id) do nothing returning model_id as "modelId"`
  if (!entered) throw studyNeedsModels(`The model of ${endpoint.name} is in the study already`)
  return entered.modelId
}

/**
 * Enters a model whose answers are made elsewhere; one that is entered so already stays. Throws study-over for a closed
 * study, and model-asked.
 */
export async function enterAnswered(
  ctx: Context,
  study: StoredStudy,
  model: { id: string; name: string },
): Promise<void> {
  if (study.status === 'closed') throw studyOver()
  const [entered] = await rowsOf(ctx, { modelId: studyModels.modelId })`
    insert into study_models (study_id, model_id) values (${study.id}, ${model.id})
    on conflict (study_id, model_id) do nothing returning model_id as "modelId"`
  if (entered) return recordAudit(ctx, 'study.model-added', `study:${study.id}`, { modelId: model.id })
  const [member] = await readEntered(ctx, study.id, model.id)
  if (member?.endpointId) throw modelAsked(`Import the answers of ${model.name} under another name`)
}

/** Takes a model whose answers were made elsewhere out of a study; its answers must be gone. */
export async function leaveAnswered(ctx: Context, studyId: string, modelId: string): Promise<void> {
  await ctx.sql`delete from study_models where study_id = ${studyId} and model_id = ${modelId} and endpoint_id is null`
  await recordAudit(ctx, 'study.model-removed', `study:${studyId}`, { modelId })
}

/** The models of a study in the order in which they came, or the one of this id, each with its endpoint if it has one. */
export async function readEntered(ctx: Context, studyId: string, modelId?: string) {
  const { sql } = ctx
  return rowsOf(ctx, { modelId: studyModels.modelId, endpointId: studyModels.endpointId })`
    select model_id as "modelId", endpoint_id as "endpointId" from study_models
    where study_id = ${studyId} ${modelId === undefined ? sql`` : sql`and model_id = ${modelId}`}
    order by added_at, model_id`
}

/**
 * Lets raters in, and queues the asking of every model that has an endpoint for its answers. Opening twice is harmless.
 * Throws not-found, study-needs-models for fewer than two, and study-over for a study that was closed.
 */
export async function openStudy(ctx: Context, slug: string): Promise<StoredStudy> {
  const study = await getStoredStudy(ctx, slug)
  if (study.status === 'closed') throw studyOver('It can be opened again by those who run it')
  const members = await readEntered(ctx, study.id)
  if (members.length < 2) throw studyNeedsModels('Add models, or import answers, until there are at least two')
  await moveStudy(ctx, study, { from: ['draft'], to: 'open' })
  await queueCollections(ctx, study.id, members)
  return { ...study, status: 'open' }
}

/** Opens a study that was closed: its votes count again from now on. Throws not-found, and study-state for a draft. */
export async function reopenStudy(ctx: Context, slug: string): Promise<StoredStudy> {
  const study = await getStoredStudy(ctx, slug)
  if (study.status === 'draft') throw studyState('A draft has not begun: open it')
  if (study.archived) throw studyState('It is archived: take it back first')
  await moveStudy(ctx, study, { from: ['closed'], to: 'open' })
  return openStudy(ctx, slug)
}

type StudyStatus = StoredStudy['status']
const movedTo = { draft: 'study.drafted', open: 'study.opened', closed: 'study.closed' }

/** Sets a study's state where it has one of those in `from`, and records it. Returns whether it changed. */
export async function moveStudy(
  ctx: Context,
  { id }: { id: string },
  { from, to }: { from: StudyStatus[]; to: StudyStatus },
): Promise<boolean> {
  return inTransaction(ctx, async (ctx) => {
    const [moved] = await rowsOf(ctx, { id: studies.id })`
      update studies set status = ${to}, paused_at = null where id = ${id} and status = any(${from}::study_status[]) returning id`
    if (moved) await recordAudit(ctx, movedTo[to], `study:${id}`)
    return moved !== undefined
  })
}

/**
 * Hands out no new cards of an open study, or does so again; what raters hold they may finish, and it counts. Doing it
 * twice is harmless. Throws not-found, and study-state unless the study is open.
 */
export async function pauseStudy(ctx: Context, slug: string, paused: boolean): Promise<void> {
  const study = await getStoredStudy(ctx, slug)
  if (study.status !== 'open') throw studyState(`It is ${study.status === 'draft' ? 'a draft' : 'closed'}`)
  await inTransaction(ctx, async (ctx) => {
    const { sql } = ctx
    const [changed] = await rowsOf(ctx, { id: studies.id })`
      update studies set paused_at = ${paused ? sql`now()` : null}
      where id = ${study.id} and status = 'open' and (paused_at is null) = ${paused} returning id`
    if (changed) await recordAudit(ctx, paused ? 'study.paused' : 'study.resumed', `study:${study.id}`)
  })
}

/** Throws study-over or study-paused unless the study hands out cards at this moment, whatever an earlier reading said. */
export async function requireHandingOut(ctx: Context, { id }: { id: string }): Promise<void> {
  const [row] = await rowsOf(ctx, { status: studies.status, paused: flag })`
    select status, paused_at is not null as paused from studies where id = ${id}`
  if (row?.status !== 'open') throw studyOver('Thank you for your votes')
  if (row.paused) throw studyPaused('Your votes are kept, and it goes on later')
}

/**
 * Lists a closed study apart from the others, or takes it back; nothing else of it changes, and it is not opened
 * meanwhile. Doing it twice is harmless. Throws not-found, and study-state for one that is not closed.
 */
export async function archiveStudy(ctx: Context, slug: string, archived: boolean): Promise<void> {
  const study = await getStoredStudy(ctx, slug)
  await inTransaction(ctx, async (ctx) => {
    const [row] = await rowsOf(ctx, { id: studies.id, changes: flag })`
      update studies s set archived_at = case when ${archived} then coalesce(s.archived_at, now()) end
      from (select id, archived_at is not null as was from studies where id = ${study.id} for update) o
      where s.id = o.id and s.status = 'closed' returning s.id, o.was <> ${archived} as changes`
    if (!row) throw studyState('Close it first: only a closed study is archived')
    if (row.changes) await recordAudit(ctx, archived ? 'study.archived' : 'study.restored', `study:${study.id}`)
  })
}

/**
 * Deletes a study with its list of models, where it is in this state; what else belongs to it must be gone. `told` goes
 * into the audit trail with its name. Throws study-state.
 */
export async function deleteStudyRow(
  ctx: Context,
  { id, name }: StoredStudy,
  state: 'draft' | 'closed',
  told: Record<string, number> = {},
): Promise<void> {
  await ctx.sql`delete from study_models where study_id = ${id}`
  const [gone] = await rowsOf(ctx, { id: studies.id })`
    delete from studies where id = ${id} and status = ${state} returning id`
  if (!gone)
    throw studyState(state === 'draft' ? 'It has begun: close it, then delete it with its votes' : 'Close it first')
  await recordAudit(ctx, 'study.deleted', `study:${id}`, { name, ...told })
}

/** Adds a model to a study; its answers are asked for at once when the study is open. Throws not-found, study-over, study-needs-models. */
export async function addModel(ctx: Context, slug: string, endpointId: string): Promise<void> {
  const study = await getStoredStudy(ctx, slug)
  if (study.status === 'closed') throw studyOver()
  const modelId = await enterModel(ctx, study.id, endpointId)
  await recordAudit(ctx, 'study.model-added', `study:${study.id}`, { modelId })
  if (study.status === 'open') await queueCollection(ctx, study.id, modelId)
}

/** Takes a model out of a draft. Throws not-found, and study-state once it has begun. */
export async function removeModel(ctx: Context, slug: string, model: string): Promise<void> {
  const study = await getStoredStudy(ctx, slug)
  if (study.status !== 'draft')
    throw studyState('It has begun, so its models stay: withdraw one, and it is drawn no more')
  await inTransaction(ctx, async (ctx) => {
    const [gone] = await rowsOf(ctx, { modelId: studyModels.modelId })`
      delete from study_models sm using models m, studies s
      where sm.study_id = ${study.id} and s.id = sm.study_id and s.status = 'draft' and m.id = sm.model_id
        and m.slug = ${model} and sm.endpoint_id is not null returning sm.model_id as "modelId"`
    if (!gone) throw notFound(`The study asks no model '${model}'; imported answers are removed with their model`)
    await recordAudit(ctx, 'study.model-removed', `study:${study.id}`, gone)
  })
}

/** Ids of the endpoints whose models a study compares. */
export async function enteredEndpoints(ctx: Context, slug: string): Promise<string[]> {
  const rows = await rowsOf(ctx, { id: present(studyModels.endpointId) })`
    select sm.endpoint_id as id from study_models sm join studies s on s.id = sm.study_id
    where s.slug = ${slug} and sm.endpoint_id is not null`
  return rows.map(({ id }) => id)
}

/** Queues the asking of those that have an endpoint. */
export async function queueCollections(
  ctx: Context,
  studyId: string,
  members: { modelId: string; endpointId: string | null }[],
): Promise<void> {
  for (const { modelId, endpointId } of members) if (endpointId) await queueCollection(ctx, studyId, modelId)
}

async function queueCollection(ctx: Context, studyId: string, modelId: string) {
  await ctx.jobs.enqueue(collectJob, { studyId, modelId }, { key: `${studyId}:${modelId}` })
}

/** The study of this slug, or undefined. */
export async function findStoredStudy(ctx: Context, slug: string): Promise<StoredStudy | undefined> {
  const [study] = await rowsOf(ctx, storedStudy)`select ${columns(ctx)} from studies where slug = ${slug}`
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
  const [study] = await rowsOf(ctx, storedStudy)`select ${columns(ctx)} from studies where id = ${id}`
  if (!study) throw notFound('There is no such study')
  return study
}

function columns({ sql }: Context) {
  return sql`id, slug, name, pool_id as "poolId", status, paused_at is not null as paused, archived_at is not null as archived, publishing, sample, points_shown as "pointsShown", follow_up as "followUp", language,
    lease_seconds as "leaseSeconds", least_card_seconds as "leastCardSeconds", quota_per_pair as "quotaPerPair",
    session_goal as "sessionGoal", gold_share as "goldShare", training_items as "trainingItems",
    training_bar as "trainingBar", training_tries as "trainingTries", training_for as "trainingFor", drawing, overlap_share as "overlapShare", overlap_raters as "overlapRaters", max_tokens as "maxTokens", guidelines, guidelines_version as "guidelinesVersion", consent,
    consent_version as "consentVersion", contact, pay, sitting_minutes as "sittingMinutes", licence`
}
