import type { PendingQuery, Row } from 'postgres'
import type { Context } from '#server/core/context.ts'
import { locks, studyLocks } from '#server/core/locks.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { isExcluded } from '#server/raters/exclusions.ts'
import { closeCount } from '../count-gate.ts'
import { reopenOverlaps } from '../overlap/plan-overlap.ts'
import { isReported } from './left-out.ts'

/**
 * Carries a decision on what counts out between votes, under the locks that the closing of a study takes. `act` must end
 * the leases of what it decides on: a vote that waits meanwhile was read under the state before; its lease has ended when it
 * goes on, so it is cast as a late one, which reads anew.
 */
export async function betweenVotes<Result>(
  ctx: Context,
  studyId: string,
  act: (ctx: Context) => Promise<Result>,
): Promise<Result> {
  return inTransaction(ctx, async (ctx) => {
    await ctx.sql`select pg_advisory_xact_lock(${locks.lateVotes})`
    await ctx.sql`select pg_advisory_xact_lock(hashtextextended(${studyId}, ${studyLocks.drawing}))`
    await closeCount(ctx, studyId)
    return act(ctx)
  })
}

/**
 * Takes votes out of the counts of their study as they stand now, lets a decision be written down, and counts the same
 * votes as they stand then. `chosen` is a condition on `votes v`. Only within `betweenVotes`.
 */
export async function recounting<Result>(
  ctx: Context,
  studyId: string,
  chosen: PendingQuery<Row[]>,
  decide: () => Promise<Result>,
): Promise<Result> {
  await addToCounts(ctx, studyId, chosen, -1)
  const result = await decide()
  await addToCounts(ctx, studyId, chosen, 1)
  await reopenOverlaps(ctx, studyId, chosen)
  return result
}

async function addToCounts(ctx: Context, studyId: string, chosen: PendingQuery<Row[]>, sign: 1 | -1): Promise<void> {
  const { sql } = ctx
  await sql`
    with own as (
      select rater_id, category, model_a, model_b, verdict, state, ${sign}::int * count(*)::int as votes from (
        select v.*, case when ${isExcluded(ctx, sql`v`)} then 'excluded' when ${isReported(ctx, sql`v.battle_id`)} then 'reported'
          else 'votes' end as state
        from votes v where v.study_id = ${studyId} and v.counted and v.withdrawn_at is null and ${chosen}
      ) standing group by 1, 2, 3, 4, 5, 6
    ), rated as (
      insert into rater_counts as n (study_id, rater_id, category, votes)
      select ${studyId}, rater_id, category, sum(votes) from own where state = 'votes' group by rater_id, category
      on conflict (study_id, rater_id, category) do update set votes = n.votes + excluded.votes
    )
    update pair_counts p set votes = p.votes + o.votes, excluded = p.excluded + o.excluded, reported = p.reported + o.reported
    from (
      select category, model_a, model_b, verdict, coalesce(sum(votes) filter (where state = 'votes'), 0)::int as votes,
        coalesce(sum(votes) filter (where state = 'excluded'), 0)::int as excluded,
        coalesce(sum(votes) filter (where state = 'reported'), 0)::int as reported
      from own group by 1, 2, 3, 4
    ) o
    where p.study_id = ${studyId} and p.category = o.category and p.model_a = o.model_a and p.model_b = o.model_b
      and p.verdict = o.verdict`
}
