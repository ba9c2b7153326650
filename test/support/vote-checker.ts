import type { Context } from '#server/core/context.ts'

export interface Recount {
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
    with recounted as (
      select study_id, category, model_a, model_b, verdict, count(*)::int as votes
      from votes where counted and withdrawn_at is null group by 1, 2, 3, 4, 5
    )
    select * from recounted r full join (select * from pair_counts where votes <> 0) p
      using (study_id, category, model_a, model_b, verdict)
    where r.votes is distinct from p.votes`
  const strange = await sql`
    select v.id from votes v join battles b on b.id = v.battle_id
    where b.consumed_at is null or (v.rater_id, v.query_id, v.model_a, v.model_b) <> (b.rater_id, b.query_id, b.model_a, b.model_b)`
  const [sums] = await sql<{ votes: number; counted: number }[]>`
    select count(*)::int as votes, (count(*) filter (where counted))::int as counted from votes where withdrawn_at is null`
  return { ...sums!, differences: [...differences], strange: [...strange] }
}
