import { eq } from 'drizzle-orm'
import { calls } from '#drizzle/schema/calls.ts'
import { queries } from '#drizzle/schema/queries.ts'
import { collections } from '#drizzle/schema/responses.ts'
import type { Customer, GenerationSettings, OutgoingPrompt, Plan, Reply } from '../calls/customer.ts'
import type { Context } from '../core/context.ts'
import { rowsOf } from '../core/postgres/rows.ts'
import { notFound } from '../core/problem.ts'
import { storable } from '../core/storable.ts'
import { mergeSettings, nothingSet, type OwnSettings } from '../endpoints/sampling.ts'
import { announceAnswers } from './announce-answers.ts'
import { readKnownModels, whyHeld } from './why-held.ts'

/** Hands the engine a study's questions and takes the answers in. */
export const collectionCustomer: Customer = {
  name: 'collection',
  settings: readSettings,
  prepare: preparePrompts,
  receive: receiveResponses,
  unreceived: readUnreceived,
  settled: settleErrors,
}

/** As long as the study allows and without chance, unless the endpoint sets otherwise. */
async function readSettings(ctx: Context, plan: Plan, endpoint: OwnSettings): Promise<GenerationSettings> {
  const [collection] = await ctx.db
    .select({ maxTokens: collections.maxTokens })
    .from(collections)
    .where(eq(collections.planId, plan.id))
  if (!collection) throw notFound(`No collection belongs to plan ${plan.id}`)
  return mergeSettings({ definition: { ...collection, temperature: 0 }, endpoint, run: nothingSet })
}

/** The picture, then the question, with nothing added: every model is asked in the same words. */
async function preparePrompts(ctx: Context, plan: Plan, keys: string[]): Promise<Map<string, OutgoingPrompt>> {
  const rows = await rowsOf(ctx, { key: queries.id, question: queries.question, sha256: queries.imageSha256 })`
    select q.id as key, q.question, q.image_sha256 as sha256
    from collections c join responses r on r.collection_id = c.id join queries q on q.id = r.query_id
    where c.plan_id = ${plan.id} and q.id = any(${keys}::uuid[])`
  return new Map(
    rows.map(({ key, question, sha256 }) => [
      key,
      {
        parts: [
          { kind: 'image', sha256 },
          { kind: 'text', text: question },
        ],
      },
    ]),
  )
}

/** Stores the texts and decides which may be shown; taking the same reply twice changes nothing. */
async function receiveResponses(ctx: Context, plan: Plan, replies: Reply[]): Promise<void> {
  if (replies.length === 0) return
  const studyId = await getStudyId(ctx, plan)
  const known = await readKnownModels(ctx, studyId)
  const held = replies.map(({ response }) => whyHeld(response, known))
  await ctx.sql`
    update responses r set text = t.text, held_reason = t.held,
      status = (case when t.held is null then 'ready' else 'held' end)::response_status, ready_at = now()
    from unnest(${replies.map(({ callId }) => String(callId))}::bigint[], ${replies.map(({ response }) => storable(response))}::text[],
      ${storable(held)}::text[]) as t (call_id, text, held)
    where r.call_id = t.call_id and r.status in ('pending', 'error')`
  announceAnswers(ctx, studyId)
}

async function getStudyId(ctx: Context, plan: Plan): Promise<string> {
  const [row] = await ctx.db
    .select({ studyId: collections.studyId })
    .from(collections)
    .where(eq(collections.planId, plan.id))
  if (!row) throw notFound(`No collection belongs to plan ${plan.id}`)
  return row.studyId
}

async function readUnreceived(ctx: Context, plan: Plan): Promise<number[]> {
  const rows = await rowsOf(ctx, { id: calls.id })`
    select c.id from calls c join responses r on r.call_id = c.id
    where c.plan_id = ${plan.id} and c.state = 'answered' and r.status in ('pending', 'error')`
  return rows.map(({ id }) => id)
}

async function settleErrors(ctx: Context, plan: Plan): Promise<void> {
  await ctx.sql`
    update responses r set status = 'error' from calls c
    where c.id = r.call_id and c.plan_id = ${plan.id} and c.state in ('error', 'skipped') and r.status = 'pending'`
}
