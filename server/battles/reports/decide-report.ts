import { battles } from '#drizzle/schema/battles.ts'
import { actorId, recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'
import { changeQueries } from '#server/queries/change-queries.ts'
import { holdAnswer } from '#server/responses/held-answers.ts'
import { poolUses } from '#server/responses/pool-uses.ts'
import { announceDecision } from '../announce-votes.ts'
import { betweenVotes, recounting } from '../exclusions/decide-votes.ts'
import { getReportedBattle, leftOutBy, type ReportedBattle } from './reported-battle.ts'
import type { ReportDecision } from './schema.ts'

/**
 * Closes a report: nothing is done, or the answer or the query that it is about is held, so that no rater is given it any
 * more. Votes that were cast go on counting, or those that `leaveOut` names count no more, nor do those still to come on cards
 * that were handed out before; none is altered. Deciding again replaces the decision. Null opens the report again: its votes
 * count again, and what was held is released where it waits. Throws not-found.
 */
export async function decideReport(ctx: Context, id: string, decision: ReportDecision): Promise<void> {
  const battle = await getReportedBattle(ctx, id)
  const changed = await betweenVotes(ctx, battle.studyId, async (ctx) => {
    await hold(ctx, battle, decision.decision)
    const changed = await leaveOut(ctx, id, battle, decision)
    await ctx.sql`
      update reports set decision = ${decision.decision}, leave_out = ${decision.leaveOut ?? null},
        decided_at = case when ${decision.decision}::text is not null then now() end,
        decided_by = ${decision.decision === null ? null : actorId(ctx)}::uuid
      where id = ${id}`
    await recordAudit(ctx, 'report.decided', `report:${id}`, {
      study: battle.study,
      decision: decision.decision ?? 'open again',
      leaveOut: decision.leaveOut ?? 'none',
      battles: changed,
    })
    return changed
  })
  if (changed > 0) await announceDecision(ctx, battle.studyId)
}

async function hold(ctx: Context, battle: ReportedBattle, decision: ReportDecision['decision']): Promise<void> {
  const why = `a rater reported it: ${reasonWords[battle.reason]}`
  if (decision === 'answer_a') await holdAnswer(ctx, battle.responseA, why)
  if (decision === 'answer_b') await holdAnswer(ctx, battle.responseB, why)
  if (decision === 'query') {
    const change = { do: 'hold', reason: why } as const
    await changeQueries(ctx, battle.pool, { which: { ids: [battle.queryId] }, change }, poolUses)
  }
}

/** Leaves out what the decision names and nothing else that this report left out before. Returns how many battles changed. */
async function leaveOut(ctx: Context, id: string, battle: ReportedBattle, decision: ReportDecision): Promise<number> {
  const { sql } = ctx
  const named = leftOutBy(ctx, battle, decision)
  const rows = await rowsOf(ctx, { id: battles.id })`
    with standing as (select battle_id as id from battle_exclusions where report_id = ${id} and undone_at is null),
      named as (select t.id from battles t where ${named})
    (select id from standing except select id from named) union all (select id from named except select id from standing)`
  const ids = rows.map((row) => row.id)
  if (ids.length === 0) return 0
  await recounting(ctx, battle.studyId, sql`v.battle_id = any(${ids}::uuid[])`, async () => {
    // The clock, not now(): the decision falls after the counts that a snapshot read while this transaction waited.
    const undone = await rowsOf(ctx, { id: battles.id })`
      update battle_exclusions set undone_at = clock_timestamp()
      where report_id = ${id} and undone_at is null and battle_id = any(${ids}::uuid[]) returning battle_id as id`
    const before = undone.map((row) => row.id)
    await sql`
      insert into battle_exclusions (battle_id, report_id, at)
      select b.id, ${id}, clock_timestamp() from unnest(${ids}::uuid[]) as b (id) where not b.id = any(${before}::uuid[])`
  })
  await sql`
    update battles set released_at = now() where id = any(${ids}::uuid[]) and consumed_at is null and released_at is null`
  return ids.length
}

const reasonWords = {
  image: 'the picture is broken or wrong',
  unsafe: 'it is unsafe',
  private: 'it shows something private',
  leak: 'an answer names its model',
  other: 'another reason',
}
