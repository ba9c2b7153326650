import type { PendingQuery, Row } from 'postgres'
import type { Sql } from '#server/core/postgres/database.ts'
import type { Arena } from './arena.ts'

/** A vote as a rater would have cast it; models, queries and raters by number. */
export interface GivenVote {
  a: number
  b: number
  verdict: string
  rater?: number
  query?: number
  cohort?: string
  dwellMs?: number
  castAt?: string
}

/** A rater's id from their number, with the digits of a random one. */
const raterId = (sql: Sql, number: PendingQuery<Row[]>) =>
  sql`overlay(overlay(md5('rater' || ${number}) placing '4' from 13) placing '8' from 17)::uuid`

/** The id of a rater of `giveVotes`. */
export async function givenRater({ ctx: { sql } }: Pick<Arena, 'ctx'>, number: number): Promise<string> {
  const [row] = await sql<{ id: string }[]>`select ${raterId(sql, sql`${number}::int`)} as id`
  return row!.id
}

/** Stores votes with their battles, raters and counts, as `castVote` leaves them; many at once. */
export async function giveVotes(
  { ctx: { sql }, study, modelIds }: Pick<Arena, 'ctx' | 'study' | 'modelIds'>,
  votes: GivenVote[],
): Promise<void> {
  const raters = Math.max(...votes.map(({ rater = 0 }) => rater)) + 1
  await sql`
    insert into people (id, role, name) select md5('person' || n)::uuid, 'rater', 'Rater' from generate_series(0, ${raters - 1}) n
    on conflict do nothing`
  await sql`
    insert into raters (id, person_id) select ${raterId(sql, sql`n`)}, md5('person' || n)::uuid
    from generate_series(0, ${raters - 1}) n on conflict do nothing`
  const rows = votes.map(({ a, b, ...vote }, n) => ({ ...vote, n, a: modelIds[a], b: modelIds[b] }))
  await sql`
    with given as materialized (
      select g.*, gen_random_uuid() as battle, ${raterId(sql, sql`coalesce(g.rater, 0)`)} as rater_id
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as g
        (a uuid, b uuid, verdict verdict, rater int, query int, cohort text, "dwellMs" int, "castAt" timestamptz, n bigint)
    ), asked as materialized (
      select g.*, q.id as query_id, q.category from given g
      join (select id, category, row_number() over (order by key) - 1 as n from queries) q on q.n = coalesce(g.query, 0)
    ), enrolled as (
      insert into enrolments (study_id, rater_id, cohort, consent_version, consented_at)
      select ${study.id}, rater_id, coalesce(min(cohort), 'test'), 1, now() from given group by rater_id
      on conflict do nothing
    ), fought as (
      insert into battles (id, study_id, rater_id, query_id, category, model_a, model_b, response_a, response_b,
        points_shown, guidelines_version, draw_probability, leased_until, consumed_at)
      select battle, ${study.id}, rater_id, g.query_id, g.category, a, b, x.id, y.id, true, 1, 0.1, now(), now()
      from asked g
      join responses x on x.study_id = ${study.id} and x.query_id = g.query_id and x.model_id = a
      join responses y on y.study_id = ${study.id} and y.query_id = g.query_id and y.model_id = b
      returning id
    ), cast_votes as (
      insert into votes (battle_id, study_id, rater_id, query_id, category, model_a, model_b, verdict, purpose,
        points_shown, guidelines_version, draw_probability, leased_at, leased_until, dwell_ms, late, counted, cast_at)
      select battle, ${study.id}, rater_id, query_id, category, a, b, verdict, 'regular', true, 1, 0.1, now(), now(),
        "dwellMs", false, true, coalesce("castAt", now())
      from asked join fought on fought.id = battle order by n
      returning *
    ), rated as (
      insert into rater_counts as n (study_id, rater_id, category, votes, given)
      select study_id, rater_id, category, count(*), count(*) from cast_votes group by 1, 2, 3
      on conflict (study_id, rater_id, category) do update set votes = n.votes + excluded.votes, given = n.given + excluded.given
    )
    insert into pair_counts as p (study_id, category, model_a, model_b, verdict, votes, last_vote_id)
    select study_id, category, model_a, model_b, verdict, count(*), max(id) from cast_votes group by 1, 2, 3, 4, 5
    on conflict (study_id, category, model_a, model_b, verdict) do update
      set votes = p.votes + excluded.votes, last_vote_id = excluded.last_vote_id`
}
