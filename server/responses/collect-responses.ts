import { and, eq } from 'drizzle-orm'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import { queries } from '#drizzle/schema/queries.ts'
import { collections } from '#drizzle/schema/responses.ts'
import { studies, studyModels } from '#drizzle/schema/studies.ts'
import { addCalls, discardPlan, openPlan, releasePlan, reopenFinished } from '../calls/service.ts'
import type { Context } from '../core/context.ts'
import { present, rowsOf, type RowOf } from '../core/postgres/rows.ts'
import { notFound } from '../core/problem.ts'
import { collectJob } from '../studies/service.ts'

/** Defines the job that asks one model of a study: opening the study queues one for each of its models. */
export function defineCollectionJobs(ctx: Context): void {
  ctx.jobs.define<{ studyId: string; modelId: string }>(collectJob, ({ studyId, modelId }) =>
    collectResponses(ctx, studyId, modelId),
  )
}

const studyMember = {
  endpointId: endpoints.id,
  poolId: studies.poolId,
  maxTokens: studies.maxTokens,
  pointsScale: endpoints.pointsScale,
}
type Member = RowOf<typeof studyMember>

/**
 * Asks a model for its answers to every query of a study: one plan, one call a query. Asking again adds the queries that
 * the pool has gained, and finishes what a crash left half planned. Throws not-found when the model is not in the study
 * or has no endpoint there.
 */
export async function collectResponses(ctx: Context, studyId: string, modelId: string): Promise<void> {
  const member = await getMember(ctx, studyId, modelId)
  const collection = await openCollection(ctx, studyId, modelId, member)
  const lacking = await rowsOf(ctx, { key: queries.id })`
    select q.id as key from queries q where q.pool_id = ${member.poolId} and q.held_at is null
      and not exists (select 1 from responses r where r.collection_id = ${collection.id} and r.query_id = q.id)
    order by q.created_at, q.key`
  if (lacking.length > 0) {
    await addCalls(
      ctx,
      collection.planId,
      lacking.map(({ key }, position) => ({ key, position })),
    )
    await ctx.sql`
      insert into responses (collection_id, study_id, query_id, model_id, call_id, points_scale)
      select ${collection.id}, ${studyId}, c.key::uuid, ${modelId}, c.id, ${member.pointsScale}
      from calls c join queries q on q.id = c.key::uuid where c.plan_id = ${collection.planId}
      on conflict (collection_id, query_id) do nothing`
    await reopenFinished(ctx, collection.planId)
  }
  await releasePlan(ctx, collection.planId)
}

async function getMember(ctx: Context, studyId: string, modelId: string): Promise<Member> {
  const [member] = await ctx.db
    .select(studyMember)
    .from(studyModels)
    .innerJoin(studies, eq(studies.id, studyModels.studyId))
    .innerJoin(endpoints, eq(endpoints.id, studyModels.endpointId))
    .where(and(eq(studyModels.studyId, studyId), eq(studyModels.modelId, modelId)))
  if (!member) throw notFound('The model is not asked in this study')
  return member
}

const openedCollection = { id: collections.id, planId: present(collections.planId) }
type OpenCollection = RowOf<typeof openedCollection>

/**
 * The collection of this model, made with its plan when there is none; when two callers make it at once, one's plan is
 * deleted.
 */
async function openCollection(ctx: Context, studyId: string, modelId: string, member: Member): Promise<OpenCollection> {
  const find = async () => {
    const [known] = await rowsOf(ctx, openedCollection)`
      select id, plan_id as "planId" from collections where study_id = ${studyId} and model_id = ${modelId}`
    return known
  }
  const known = await find()
  if (known) return known
  const plan = await openPlan(ctx, { endpointId: member.endpointId, customer: 'collection' })
  const [made] = await rowsOf(ctx, openedCollection)`
    insert into collections (study_id, model_id, endpoint_id, plan_id, max_tokens)
    values (${studyId}, ${modelId}, ${member.endpointId}, ${plan.id}, ${member.maxTokens})
    on conflict (study_id, model_id) do nothing returning id, plan_id as "planId"`
  if (made) return made
  await discardPlan(ctx, plan.id)
  return (await find())!
}
