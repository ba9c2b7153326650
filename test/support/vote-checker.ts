import type { Context } from '#server/core/context.ts'

interface Recount {
  votes: number
  counted: number
  /** Cells in which the kept counts and the votes do not agree. */
  differences: unknown[]
  /** Battles with more than one vote, or whose sides, rater or query are not those of the lease. */
  strange: unknown[]
}

/** Counts the votes anew and compares the result with the counts that were kept as they came. */
export async function recount({ sql }: Pick<Context, 'sql'>): Promise<Recount> {
  const differences = await sql`
    with judged as (
      select v.*, counted and withdrawn_at is null and x.id is null and not b.out as counts,
        counted and withdrawn_at is null and x.id is not null as excluded,
        counted and withdrawn_at is null and x.id is null and b.out as reported
      from votes v
      cross join lateral (
        select exists (select 1 from battle_exclusions e where e.battle_id = v.battle_id and e.undone_at is null) as out
      ) b
      left join rater_exclusions x
        on x.study_id = v.study_id and x.rater_id = v.rater_id and x.undone_at is null
      where v.purpose <> 'gold'
    ), recounted as (
      select study_id, category, model_a, model_b, verdict, count(*) filter (where counts)::int as votes,
        count(*) filter (where excluded)::int as excluded, count(*) filter (where reported)::int as reported,
        count(*) filter (where left_out = 'late' and withdrawn_at is null)::int as late,
        count(*) filter (where left_out = 'duplicate' and withdrawn_at is null)::int as duplicate,
        count(*) filter (where withdrawn_at is not null)::int as withdrawn, max(id) as last_vote_id
      from judged group by 1, 2, 3, 4, 5
    ), totals as (
      select study_id, least(model_a, model_b) as low, greatest(model_a, model_b) as high, count(*)::int as votes,
        sum(case when model_a < model_b then 1 else -1 end)::int as lean
      from judged where counts and verdict <> 'unsure' group by 1, 2, 3
    ), by_rater as (
      select study_id, rater_id, category, count(*)::int as votes
      from judged where counts group by 1, 2, 3
    )
    select verdict::text as cell, r.votes, p.votes as kept from recounted r
    full join pair_counts p using (study_id, category, model_a, model_b, verdict)
    where (r.votes, r.late, r.duplicate, r.withdrawn, r.excluded, r.reported, r.last_vote_id)
      is distinct from (p.votes, p.late, p.duplicate, p.withdrawn, p.excluded, p.reported, p.last_vote_id)
    union all
    select rater_id::text, r.votes, n.votes from by_rater r
    full join (select * from rater_counts where votes <> 0) n using (study_id, rater_id, category)
    where r.votes is distinct from n.votes
    union all
    select rater_id::text, r.votes, n.given from (
      select study_id, rater_id, category, count(*)::int as votes from votes where withdrawn_at is null group by 1, 2, 3
    ) r
    full join (select * from rater_counts where given <> 0) n using (study_id, rater_id, category)
    where r.votes is distinct from n.given
    union all
    select low::text, r.votes, t.votes from totals r
    full join (select * from pair_totals where votes <> 0) t using (study_id, low, high)
    where (r.votes, r.lean) is distinct from (t.votes, t.lean)`
  const strange = await sql`
    select v.id from votes v join battles b on b.id = v.battle_id
    where b.consumed_at is null or (v.rater_id, v.query_id, v.model_a, v.model_b, v.purpose)
      is distinct from (b.rater_id, b.query_id, b.model_a, b.model_b, b.purpose)`
  const [sums] = await sql<{ votes: number; counted: number }[]>`
    select count(*)::int as votes, (count(*) filter (where counted))::int as counted from votes where withdrawn_at is null`
  return { ...sums!, differences: [...differences], strange: [...strange] }
}
