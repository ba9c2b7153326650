import { votes } from '#drizzle/schema/battles.ts'
import { people } from '#drizzle/schema/accounts.ts'
import { enrolments, raterExclusions } from '#drizzle/schema/raters.ts'
import { isReported } from '#server/battles/exclusions/left-out.ts'
import { isNotKept } from '#server/battles/gold/draw-gold.ts'
import type { Context } from '#server/core/context.ts'
import type { StoredStudy } from '#server/studies/service.ts'
import { flag, fraction, orNull, rowsOf, whole, type RowOf } from '#server/core/postgres/rows.ts'

const person = {
  number: whole,
  id: enrolments.raterId,
  cohort: enrolments.cohort,
  joinedAt: enrolments.createdAt,
  lastVoteAt: orNull(votes.castAt),
  sawAll: flag,
  votes: whole,
  counted: whole,
  unsure: whole,
  /** On cards, each for the lease at most. */
  seconds: fraction,
  repeats: whole,
  sameAgain: whole,
  reports: whole,
  excludedAt: orNull(raterExclusions.at),
  excludedBy: orNull(people.name),
  reason: orNull(raterExclusions.reason),
  note: orNull(raterExclusions.note),
}

/** A rater of a study with what is counted of their votes. */
export type StudyPerson = RowOf<typeof person>

/** The raters of a study in the order in which they joined. */
export async function readPeople(
  ctx: Context,
  study: Pick<StoredStudy, 'id' | 'poolId' | 'leaseSeconds' | 'goldShare' | 'trainingItems'>,
): Promise<StudyPerson[]> {
  const { sql } = ctx
  const { id, poolId, leaseSeconds } = study
  return rowsOf(ctx, person)`
    with given as (
      select rater_id, count(*)::int as votes, 
        count(*) filter (where counted and not ${isReported(ctx, ctx.sql`v.battle_id`)})::int as counted,
        count(*) filter (where verdict = 'unsure')::int as unsure, max(cast_at) as last, 
        count(distinct query_id) filter (where purpose <> 'gold') as queries,
        coalesce(sum(least(dwell_ms / 1000.0, ${leaseSeconds}::int)), 0)::float8 as seconds
      from votes v where study_id = ${id} and withdrawn_at is null group by 1
    ), repeated as (
      select d.rater_id, count(*)::int as repeats, count(*) filter (
          where case d.verdict when 'model_a' then d.model_a when 'model_b' then d.model_b end
            is not distinct from case f.verdict when 'model_a' then f.model_a when 'model_b' then f.model_b end
        )::int as same
      from votes d join lateral (
        select o.* from votes o
        where o.rater_id = d.rater_id and o.study_id = d.study_id and o.query_id = d.query_id and o.id < d.id
          and o.withdrawn_at is null and least(o.model_a, o.model_b) = least(d.model_a, d.model_b)
          and greatest(o.model_a, o.model_b) = greatest(d.model_a, d.model_b)
        order by o.id limit 1
      ) f on true
      where d.study_id = ${id} and d.left_out = 'duplicate' and d.withdrawn_at is null group by 1
    ), said as (
      select p.rater_id, count(*)::int as reports from reports p join battles t on t.id = p.battle_id
      where t.study_id = ${id} group by 1
    )
    select (row_number() over (order by e.created_at, e.rater_id))::int as number, e.rater_id as id, e.cohort,
      e.created_at as "joinedAt", g.last as "lastVoteAt",
      coalesce(g.queries, 0) >= (select greatest(count(*), 1) from queries q
        where q.pool_id = ${poolId} and q.held_at is null ${isNotKept(ctx, study, sql`q.id`)}
      ) as "sawAll",
      coalesce(g.votes, 0) as votes, case when x.id is null then coalesce(g.counted, 0) else 0 end as counted,
      coalesce(g.unsure, 0) as unsure, coalesce(g.seconds, 0) as seconds, coalesce(r.repeats, 0) as repeats,
      coalesce(r.same, 0) as "sameAgain", coalesce(s.reports, 0) as reports, x.at as "excludedAt", d.name as "excludedBy",
      x.reason, x.note
    from enrolments e
    left join given g on g.rater_id = e.rater_id
    left join repeated r on r.rater_id = e.rater_id
    left join said s on s.rater_id = e.rater_id
    left join rater_exclusions x on x.study_id = e.study_id and x.rater_id = e.rater_id and x.undone_at is null
    left join people d on d.id = x.by
    where e.study_id = ${id} order by 1`
}
