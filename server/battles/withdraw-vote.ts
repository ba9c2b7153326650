import { battles, votes } from '#drizzle/schema/battles.ts'
import { studies } from '#drizzle/schema/studies.ts'
import type { Context } from '../core/context.ts'
import { flag, orNull, rowsOf, type RowOf } from '../core/postgres/rows.ts'
import { defineProblem, notFound } from '../core/problem.ts'
import { inTransaction } from '../core/transaction.ts'
import { isExcluded } from '../raters/exclusions.ts'
import { studyOver } from '../studies/service.ts'
import { announceVotes } from './announce-votes.ts'
import { enterCount } from './count-gate.ts'
import { isReported } from './exclusions/left-out.ts'
import { requirePerson } from './page-owner.ts'
import type { Withdrawal } from './schema.ts'

export const tooLateToUndo = defineProblem('too-late-to-undo', 409, 'Only the last five votes can be taken back')
export const votePublished = defineProblem('vote-published', 409, 'A published board rests on this vote')

/** Whether a published board rests on a vote: handed in by a module that knows boards. */
export type IsPublished = (ctx: Context, voteId: number) => Promise<boolean>

const withdrawal = { studyId: battles.studyId, battleId: battles.id }
type WithdrawalRow = RowOf<typeof withdrawal>

/**
 * Takes back one of the rater's last five votes: it is marked withdrawn, its count moves back, and the same answers are
 * offered as a new battle, on the same sides, that comes first at the next lease; to a rater who was excluded it is not
 * reserved, and what a report leaves out stays so. Withdrawing twice returns the same
 * battle. Throws not-found, too-late-to-undo, vote-published, and study-over once the study is closed.
 */
export async function withdrawVote(ctx: Context, voteId: number, isPublished: IsPublished): Promise<Withdrawal> {
  const personId = requirePerson(ctx)
  const row = (await withdraw(ctx, personId, voteId, isPublished)) ?? (await withdrawnOrProblem(ctx, personId, voteId))
  announceVotes(ctx, row.studyId)
  return { battleId: row.battleId }
}

/** Enters the count before it looks at the study: one that closes meanwhile keeps its votes as they are. */
async function withdraw(
  ctx: Context,
  personId: string,
  voteId: number,
  isPublished: IsPublished,
): Promise<WithdrawalRow | undefined> {
  return inTransaction(ctx, async (ctx) => {
    await enterCount(ctx, ctx.sql`select id, study_id from votes where id = ${voteId}`)
    const row = await markWithdrawn(ctx, personId, voteId)
    if (row && (await isPublished(ctx, voteId))) throw votePublished('It stands as you gave it')
    return row
  })
}

async function markWithdrawn(ctx: Context, personId: string, voteId: number): Promise<WithdrawalRow | undefined> {
  const [row] = await rowsOf(ctx, withdrawal)`
    with latest as (
      select v.id from votes v join raters r on r.id = v.rater_id
      where r.person_id = ${personId} and v.study_id = (select study_id from votes where id = ${voteId})
      order by v.id desc limit 5
    ), withdrawn as (
      -- The clock, not now(): the vote leaves the count after whoever holds the gate has read it.
      update votes v set withdrawn_at = clock_timestamp() from studies s
      where v.id = ${voteId} and s.id = v.study_id and s.status = 'open' and v.id in (select id from latest) and v.withdrawn_at is null
      returning v.*, ${isExcluded(ctx, ctx.sql`v`)} as excluded, ${isReported(ctx, ctx.sql`v.battle_id`)} as reported
    ), moved as (
      update pair_counts p set votes = p.votes - (w.counted and not w.excluded and not w.reported)::int,
        withdrawn = p.withdrawn + 1, excluded = p.excluded - (w.counted and w.excluded)::int,
        reported = p.reported - (w.counted and w.reported and not w.excluded)::int,
        late = p.late - (w.left_out is not distinct from 'late')::int,
        duplicate = p.duplicate - (w.left_out is not distinct from 'duplicate')::int
      from withdrawn w
      where w.purpose <> 'gold' and p.study_id = w.study_id and p.category = w.category and p.model_a = w.model_a
        and p.model_b = w.model_b and p.verdict = w.verdict
    ), rated as (
      update rater_counts n set votes = n.votes - (w.counted and not w.excluded and not w.reported)::int, given = n.given - 1
      from withdrawn w where n.study_id = w.study_id and n.rater_id = w.rater_id and n.category = w.category
    ), reopened as (
      update planned_overlaps o set delivered_at = null from withdrawn w join battles b on b.id = w.battle_id where o.id = b.overlap_id
    ), offered as (
      insert into battles (study_id, rater_id, query_id, category, model_a, model_b, response_a, response_b, purpose,
        gold_item_id, overlap_id, points_shown, guidelines_version, draw_probability, leased_until, released_at)
      select b.study_id, b.rater_id, b.query_id, b.category, b.model_a, b.model_b, b.response_a, b.response_b, b.purpose,
        b.gold_item_id, b.overlap_id, s.points_shown, s.guidelines_version, b.draw_probability, now() + make_interval(secs => s.lease_seconds),
        case when w.excluded then now() end
      from withdrawn w join battles b on b.id = w.battle_id join studies s on s.id = b.study_id
      returning id, study_id
    ), kept as (
      insert into battle_exclusions (battle_id, report_id, at)
      select o.id, x.report_id, x.at
      from offered o, withdrawn w join battle_exclusions x on x.battle_id = w.battle_id and x.undone_at is null
    )
    select study_id as "studyId", id as "battleId" from offered`
  return row
}

async function withdrawnOrProblem(ctx: Context, personId: string, voteId: number): Promise<WithdrawalRow> {
  const shape = { studyId: votes.studyId, status: studies.status, withdrawn: flag, battleId: orNull(battles.id) }
  const [row] = await rowsOf(ctx, shape)`
    select v.study_id as "studyId", s.status, v.withdrawn_at is not null as withdrawn, (
        select b.id from battles b
        where b.study_id = v.study_id and b.rater_id = v.rater_id and b.query_id = v.query_id and b.leased_at > v.cast_at
        order by b.leased_at limit 1
      ) as "battleId"
    from votes v join raters r on r.id = v.rater_id join studies s on s.id = v.study_id
    where v.id = ${voteId} and r.person_id = ${personId}`
  if (!row) throw notFound('This vote is not one of yours')
  const { studyId, status, withdrawn, battleId } = row
  if (status === 'closed') throw studyOver('Its votes stand as they were given')
  if (!withdrawn || battleId === null) throw tooLateToUndo()
  return { studyId, battleId }
}
