import { collections } from '#drizzle/schema/responses.ts'
import { models } from '#drizzle/schema/models.ts'
import { studyModels } from '#drizzle/schema/studies.ts'
import { recordAudit } from '../accounts/service.ts'
import { getPlan, resumePlan, retryErrors } from '../calls/service.ts'
import type { Context } from '../core/context.ts'
import { rowsOf, type RowOf } from '../core/postgres/rows.ts'
import { defineProblem, notFound } from '../core/problem.ts'
import { inTransaction } from '../core/transaction.ts'
import {
  getStoredStudy,
  leaveAnswered,
  modelAsked,
  queueCollections,
  studyOver,
  studyState,
} from '../studies/service.ts'
import type { AnswersAsked } from './schema.ts'

export const answersShown = defineProblem('answers-shown', 409, 'Raters were shown some of these answers')
export const modelNotAsked = defineProblem('model-not-asked', 409, 'This model has no endpoint in this study')

const member = {
  modelId: studyModels.modelId,
  slug: models.slug,
  name: models.name,
  endpointId: studyModels.endpointId,
}
type Member = RowOf<typeof member>

/**
 * Has the models of an open study, or one of them, asked for what is missing: questions never asked, and once more those
 * that ended in an error; what was paused goes on. Answers that are here stay. Throws not-found, study-state for a draft,
 * study-over, and model-not-asked for a model without an endpoint.
 */
export async function collectAgain(ctx: Context, slug: string, model?: string): Promise<AnswersAsked> {
  const study = await getStoredStudy(ctx, slug)
  if (study.status === 'draft') throw studyState('It is a draft, in which nothing is asked of anybody: open it')
  if (study.status === 'closed') throw studyOver('Open it again to ask for further answers')
  const chosen = await readChosen(ctx, study.id, model)
  if (model !== undefined && !chosen[0]?.endpointId) throw modelNotAsked(`Import the answers of ${model} instead`)
  let retried = 0
  for (const { modelId } of chosen) retried += await goOn(ctx, study.id, modelId)
  await queueCollections(ctx, study.id, chosen)
  const asked = chosen.filter(({ endpointId }) => endpointId).map((one) => one.slug)
  await recordAudit(ctx, 'answers.asked', `study:${study.id}`, { models: asked.join(' '), retried })
  return { models: asked, retried }
}

/** Puts a model's errors back to work and lets its paused plan go on. Returns how many were errors. */
async function goOn(ctx: Context, studyId: string, modelId: string): Promise<number> {
  const [collection] = await rowsOf(ctx, { planId: collections.planId })`
    select plan_id as "planId" from collections where study_id = ${studyId} and model_id = ${modelId}`
  if (!collection?.planId) return 0
  const retried = await retryErrors(ctx, collection.planId)
  if ((await getPlan(ctx, collection.planId)).state === 'paused') await resumePlan(ctx, collection.planId)
  return retried
}

/**
 * Takes a model whose answers were imported out of a study, and its answers with it. Throws not-found, model-asked,
 * and answers-shown once raters were given some: such a model can be withdrawn.
 */
export async function removeAnswers(ctx: Context, slug: string, model: string): Promise<void> {
  const { id: studyId } = await getStoredStudy(ctx, slug)
  const [found] = await readChosen(ctx, studyId, model)
  if (found!.endpointId) throw modelAsked(`Withdraw ${found!.name} instead`)
  try {
    await inTransaction(ctx, async (ctx) => {
      await ctx.sql`delete from collections where study_id = ${studyId} and model_id = ${found!.modelId}`
      await leaveAnswered(ctx, studyId, found!.modelId)
    })
  } catch (error) {
    if ((error as { code?: string }).code !== foreignKeyViolation) throw error
    throw answersShown('They stay, with the votes on them; withdraw the model instead')
  }
}

const foreignKeyViolation = '23503'

/** All models of a study, or the one of this address. Throws not-found. */
async function readChosen(ctx: Context, studyId: string, model?: string): Promise<Member[]> {
  const { sql } = ctx
  const rows = await rowsOf(ctx, member)`
    select sm.model_id as "modelId", m.slug, m.name, sm.endpoint_id as "endpointId"
    from study_models sm join models m on m.id = sm.model_id
    where sm.study_id = ${studyId} ${model === undefined ? sql`` : sql`and m.slug = ${model}`} order by m.slug`
  if (model !== undefined && rows.length === 0) throw notFound(`No model '${model}' is in this study`)
  return rows
}
