import { votes } from '#drizzle/schema/battles.ts'
import { studies } from '#drizzle/schema/studies.ts'
import type { Context } from '../core/context.ts'
import { gathering } from '../core/postgres/gathering.ts'
import { locks } from '../core/locks.ts'
import { isOutage } from '../core/postgres/outage.ts'
import { flag, rowsOf, whole, type RowOf } from '../core/postgres/rows.ts'
import { defineProblem, notFound } from '../core/problem.ts'
import { inTransaction } from '../core/transaction.ts'
import { isExcluded } from '../raters/exclusions.ts'
import { announceVotes } from './announce-votes.ts'
import { enterCount } from './count-gate.ts'
import { isLeftOut, isReported } from './exclusions/left-out.ts'
import { requirePageOwner } from './page-owner.ts'
import type { Vote, VoteInput } from './schema.ts'
import { votesGiven } from './served.ts'

export const alreadyVoted = defineProblem('already-voted', 409, 'This battle already has another verdict')
export const voteWithdrawn = defineProblem('vote-withdrawn', 409, 'This verdict was taken back')

const voteRow = {
  id: votes.id,
  battleId: votes.battleId,
  studyId: votes.studyId,
  verdict: votes.verdict,
  late: votes.late,
  counted: votes.counted,
  castAt: votes.castAt,
  votes: whole,
  goal: studies.sessionGoal,
}
type VoteRow = RowOf<typeof voteRow>

/** What a person says of a battle. */
interface Ballot {
  personId: string
  battleId: string
  input: VoteInput
}

/**
 * Stores a rater's verdict: one statement consumes the lease, inserts the vote and moves the pair's count; votes that come
 * while others are being stored share the next one. A vote after
 * its lease is kept, and counted if the pair still lacks it and the study is not closed. A second vote of a rater on the same query and pair is kept
 * and not counted; nor is, as long as that decision stands, any vote of a rater who was excluded or on a battle that a report leaves out. One on a gold item counts
 * for nothing, and its reply says what that of any other vote says. The same verdict again returns the vote that stands; throws already-voted for another one, vote-withdrawn
 * where that vote was taken back meanwhile, not-found for a battle that is not this rater's, and what requirePageOwner throws.
 */
export async function castVote(ctx: Context, battleId: string, input: VoteInput): Promise<Vote> {
  const personId = requirePageOwner(ctx, input.rater)
  const ballot = { personId, battleId, input }
  const cast =
    (await castInTime(ctx, ballot)) ??
    (await inTransaction(ctx, async (ctx) => {
      // Late votes come one after another: each must see what the one before it left of the pair's quota.
      await ctx.sql`select pg_advisory_xact_lock(${locks.lateVotes})`
      return (await consumeLeases(ctx, [ballot], { late: true }))[0]
    }))
  if (cast) announceVotes(ctx, cast.studyId)
  return asVote(cast ?? (await firstVoteOrProblem(ctx, personId, battleId, input)))
}

/** One statement takes so many votes at most, and one of a person: the next of theirs is counted after it. */
const castInTime = gathering(
  async (ctx, ballots: Ballot[]): Promise<(VoteRow | undefined | Promise<VoteRow | undefined>)[]> => {
    try {
      return await consumeLeases(ctx, ballots, { late: false })
    } catch (error) {
      if (ballots.length === 1 || isOutage(error)) throw error
      // Nothing of them is stored, and a vote that cannot be must not take others with it.
      return ballots.map(async (ballot) => (await consumeLeases(ctx, [ballot], { late: false }))[0])
    }
  },
  { most: 32, keyOf: ({ personId }) => personId },
)

/**
 * The votes in the order of the ballots: undefined where the lease was consumed before, is not this person's, or is over
 * and `late` does not allow that. Rows of counts are locked in one order by everybody, so that no two wait for each other.
 */
async function consumeLeases(
  ctx: Context,
  ballots: Ballot[],
  { late }: { late: boolean },
): Promise<(VoteRow | undefined)[]> {
  const asked = ballots.map(({ personId, battleId, input }, place) => {
    const { verdict, strength, reasons, dwellMs, clientVersion } = input
    return { place, personId, battleId, verdict, strength, reasons: [...new Set(reasons)], dwellMs, clientVersion }
  })
  const rows = await rowsOf(ctx, { ...voteRow, place: whole })`
    with asked as materialized (
      select * from json_to_recordset(${JSON.stringify(asked)}::text::json) as a (place int, "personId" uuid, "battleId" uuid,
        verdict verdict, strength text, reasons text[], "dwellMs" int, "clientVersion" text)
    ), gate as materialized (
      ${enterCount(ctx, ctx.sql`select b.id, b.study_id from asked a join battles b on b.id = a."battleId"`)}
    ), consumed as (
      -- num_nulls: asked for nulls by name, the planner would read every open lease of the study for the few that are asked.
      update battles b set consumed_at = now()
      from gate, asked a, raters r, studies s
      where b.id = gate.id and a."battleId" = b.id and r.id = b.rater_id and r.person_id = a."personId" and s.id = gate.study_id
        and num_nulls(b.consumed_at) = 1 ${late ? ctx.sql`` : ctx.sql`and b.leased_until >= now() and num_nulls(b.released_at) = 1`}
      returning b.*, a.place, a.verdict, a.strength, a.reasons, a."dwellMs", a."clientVersion", s.status as study_status, s.quota_per_pair, s.session_goal,
        (b.leased_until < now() or b.released_at is not null) as late, ${isExcluded(ctx, ctx.sql`b`)} as excluded, ${isReported(ctx, ctx.sql`b.id`)} as reported
    ), cells as (
      -- Only a late vote asks what its pair lacks, and it comes alone; the rows are locked against votes in time that come meanwhile.
      select p.votes from consumed c
      join pair_counts p on c.late and p.study_id = c.study_id and p.verdict <> 'unsure'
        and ((p.model_a = c.model_a and p.model_b = c.model_b) or (p.model_a = c.model_b and p.model_b = c.model_a))
      order by p.category, p.model_a, p.verdict
      for update of p
    ), judged as (
      select c.*, case
        when exists (
          select 1 from votes o
          where o.study_id = c.study_id and o.rater_id = c.rater_id and o.query_id = c.query_id and o.counted
            and o.withdrawn_at is null and least(o.model_a, o.model_b) = least(c.model_a, c.model_b)
            and greatest(o.model_a, o.model_b) = greatest(c.model_a, c.model_b)
        ) then 'duplicate'
        when c.study_status = 'closed' then 'late'
        when c.purpose = 'gold' then 'gold'
        when c.late and (select coalesce(sum(votes), 0) from cells) >= c.quota_per_pair then 'late'
      end as left_out from consumed c
    ), vote as (
      insert into votes (battle_id, study_id, rater_id, query_id, category, model_a, model_b, verdict, strength, reasons, purpose,
        points_shown, guidelines_version, draw_probability, leased_at, leased_until, dwell_ms, client_version, late, counted,
        left_out)
      select id, study_id, rater_id, query_id, category, model_a, model_b, verdict, strength, reasons, purpose,
        points_shown, guidelines_version, draw_probability, leased_at, leased_until, "dwellMs", "clientVersion", late, left_out is null,
        left_out
      from judged
      returning *
    ), moved as (
      insert into pair_counts as p (study_id, category, model_a, model_b, verdict, votes, late, duplicate, excluded, reported, last_vote_id)
      select v.study_id, v.category, v.model_a, v.model_b, v.verdict, count(*) filter (where v.counted and not c.excluded and not c.reported),
        count(*) filter (where v.left_out = 'late'), count(*) filter (where v.left_out = 'duplicate'),
        count(*) filter (where v.counted and c.excluded), count(*) filter (where v.counted and c.reported and not c.excluded), max(v.id)
      from vote v join consumed c on c.id = v.battle_id where c.purpose <> 'gold'
      group by 1, 2, 3, 4, 5
      order by v.study_id, least(v.model_a, v.model_b), greatest(v.model_a, v.model_b), v.category, v.model_a, v.verdict
      on conflict (study_id, category, model_a, model_b, verdict) do update set votes = p.votes + excluded.votes,
        late = p.late + excluded.late, duplicate = p.duplicate + excluded.duplicate, excluded = p.excluded + excluded.excluded,
        reported = p.reported + excluded.reported, last_vote_id = greatest(p.last_vote_id, excluded.last_vote_id)
    ), rated as (
      insert into rater_counts as n (study_id, rater_id, category, votes, given)
      select v.study_id, v.rater_id, v.category, (v.counted and not c.excluded and not c.reported)::int, 1
      from vote v join consumed c on c.id = v.battle_id
      order by v.study_id, v.rater_id
      on conflict (study_id, rater_id, category) do update set votes = n.votes + excluded.votes, given = n.given + 1
    )
    select c.place, v.id, v.battle_id as "battleId", v.study_id as "studyId", v.verdict, v.late, ${toldAsCounted(ctx)} and not c.excluded and not c.reported as counted, v.cast_at as "castAt",
      c.session_goal as goal, 1 + ${votesGiven(ctx, ctx.sql`v`)} as votes
    from vote v join consumed c on c.id = v.battle_id`
  const byPlace = new Map(rows.map(({ place, ...row }) => [place, row]))
  return ballots.map((_, place) => byPlace.get(place))
}

/**
 * Another vote on the battle was first: the same verdict returns that vote, a different one is refused with the verdict
 * that stands, any at all where it was taken back.
 */
async function firstVoteOrProblem(
  ctx: Context,
  personId: string,
  battleId: string,
  input: VoteInput,
): Promise<VoteRow> {
  const [row] = await rowsOf(ctx, { ...voteRow, withdrawn: flag })`
    select v.id, v.battle_id as "battleId", v.study_id as "studyId", v.verdict, v.late, ${toldAsCounted(ctx)} and not ${isLeftOut(ctx, ctx.sql`v`)} as counted, v.cast_at as "castAt",
      v.withdrawn_at is not null as withdrawn, s.session_goal as goal, ${votesGiven(ctx, ctx.sql`v`)} as votes
    from votes v join raters r on r.id = v.rater_id join studies s on s.id = v.study_id
    where v.battle_id = ${battleId} and r.person_id = ${personId}`
  if (!row) throw notFound('This battle is not one of yours')
  if (row.withdrawn) throw voteWithdrawn('The item was opened again after it: it is judged there')
  if (row.verdict !== input.verdict)
    throw alreadyVoted('The first one stands', { verdict: row.verdict, voteId: row.id })
  return row
}

/** Of `v`: whether its rater is told that it counts. Nothing in a reply may set gold apart. */
const toldAsCounted = ({ sql }: Context) => sql`(v.counted or v.left_out is not distinct from 'gold')`

function asVote({ id, battleId, verdict, late, counted, castAt, votes, goal }: VoteRow): Vote {
  return { id, battleId, verdict, late, counted, castAt: castAt.toISOString(), progress: { votes, goal } }
}
