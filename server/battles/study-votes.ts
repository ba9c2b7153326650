import { pairCounts } from '#drizzle/schema/battles.ts'
import { models } from '#drizzle/schema/models.ts'
import type { Context } from '../core/context.ts'
import { fraction, rowsOf, whole } from '../core/postgres/rows.ts'
import type { Pace } from '../studies/outlook.ts'
import type { PairCoverage } from '../studies/schema.ts'

/** Votes that count, by study id; studies without any are left out. */
export async function countVotes(ctx: Context, studyIds: string[]): Promise<Map<string, number>> {
  const rows = await rowsOf(ctx, { id: pairCounts.studyId, votes: whole })`
    select study_id as id, sum(votes)::int as votes from pair_counts
    where study_id = any(${studyIds}::uuid[]) group by 1`
  return new Map(rows.map(({ id, votes }) => [id, votes]))
}

/** Votes of each unordered pair of a study's models towards its quota; `unsure` says nothing and fills none. */
export async function readCoverage(
  ctx: Context,
  { id, quotaPerPair: quota }: { id: string; quotaPerPair: number },
): Promise<PairCoverage[]> {
  const rows = await rowsOf(ctx, { modelA: models.slug, modelB: models.slug, votes: whole })`
    select least(a.slug, b.slug) as "modelA", greatest(a.slug, b.slug) as "modelB", coalesce(t.votes, 0)::int as votes
    from study_models x
    join study_models y on y.study_id = x.study_id and y.model_id > x.model_id
    join models a on a.id = x.model_id
    join models b on b.id = y.model_id
    left join pair_totals t on t.study_id = ${id} and t.low = x.model_id and t.high = y.model_id
    where x.study_id = ${id} order by 1, 2`
  return rows.map((pair) => ({ ...pair, quota }))
}

const hoursLookedAt = 6
/** Enough to tell a pace; a busy study has more within its last minutes. */
const votesLookedAt = 2_000
/** A pace of a few minutes says little. */
const leastHours = 1

/** How many votes that fill a quota came in the last hours, six at most: since the oldest of them, an hour at least. */
export async function readPace(ctx: Context, studyId: string): Promise<Pace> {
  const [row] = await rowsOf(ctx, { votes: whole, hours: fraction })`
    select count(*) filter (where v.counted and v.withdrawn_at is null and v.verdict <> 'unsure')::int as votes,
      coalesce(extract(epoch from now() - min(v.cast_at)) / 3600, ${hoursLookedAt})::float8 as hours
    from (
      select counted, withdrawn_at, verdict, cast_at from votes where study_id = ${studyId} order by id desc limit ${votesLookedAt}
    ) v where v.cast_at > now() - make_interval(hours => ${hoursLookedAt})`
  const { votes, hours } = row!
  return { votes, hours: votes < votesLookedAt ? Math.max(leastHours, hours) : hours }
}
