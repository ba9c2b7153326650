import type { PendingQuery, Row } from 'postgres'
import { battles, plannedOverlaps } from '#drizzle/schema/battles.ts'
import type { Context } from '#server/core/context.ts'
import { present, rowsOf, whole } from '#server/core/postgres/rows.ts'
import { isExcluded } from '#server/raters/exclusions.ts'
import type { Enrolment } from '#server/raters/service.ts'
import { isLeftOut } from '../exclusions/left-out.ts'
import { notGiven } from '../served.ts'

/** A battle that is planned for several raters, and how many of them are still to be given it. */
export interface Outstanding {
  id: string
  low: string
  high: string
  missing: number
}

/** Of `battles b` and a left joined vote `v`: whether a rater has judged it and that counts, and whether one holds it. */
export function standingOf(ctx: Context) {
  const { sql } = ctx
  return {
    judged: sql`(v.id is not null and v.counted and v.withdrawn_at is null and not ${isLeftOut(ctx, sql`v`)})`,
    lent: sql`(b.consumed_at is null and b.released_at is null and b.leased_until > now())`,
  }
}

/**
 * The planned overlap of a study that can be given to further raters, the oldest first; what has had all of them is
 * marked. Left out is what nobody can be given now: it is cancelled, its query or an answer is held, or a model is withdrawn.
 */
export async function readOutstanding(ctx: Context, studyId: string): Promise<Outstanding[]> {
  const { judged, lent } = standingOf(ctx)
  const shape = { id: plannedOverlaps.id, low: present(battles.modelA), high: present(battles.modelB), missing: whole }
  return rowsOf(ctx, shape)`
    with standing as materialized (
      select o.id, o.raters, o.created_at, (array_agg(b.id))[1] as battle_id,
        count(*) filter (where ${judged}) as judged, count(*) filter (where ${lent}) as lent
      from planned_overlaps o join battles b on b.overlap_id = o.id left join votes v on v.battle_id = b.id
      where o.study_id = ${studyId} and o.delivered_at is null and o.cancelled_at is null group by o.id
    ), marked as (
      update planned_overlaps o set delivered_at = clock_timestamp() from standing s where o.id = s.id and s.judged >= s.raters
    )
    select s.id, least(b.model_a, b.model_b) as low, greatest(b.model_a, b.model_b) as high,
      (s.raters - s.judged - s.lent)::int as missing
    from standing s join battles b on b.id = s.battle_id join queries q on q.id = b.query_id and q.held_at is null
    where s.raters > s.judged + s.lent
      and not exists (select 1 from responses r where r.id in (b.response_a, b.response_b) and r.status <> 'ready')
      and not exists (select 1 from models m where m.id in (b.model_a, b.model_b) and m.withdrawn_at is not null)
    order by s.created_at, s.id`
}

/** Whoever has voted lately is at work: among so many newest votes, within this hour. */
const votesLookedAt = 2_000

/** Of planned battles, those that somebody who is at work in the study has not seen: they are worth waiting for. */
export async function readAwaited(ctx: Context, studyId: string, planned: { id: string }[]): Promise<Set<string>> {
  const { sql } = ctx
  const rows = await rowsOf(ctx, { id: plannedOverlaps.id })`
    with at_work as materialized (
      select rater_id from (
        select rater_id, cast_at from votes where study_id = ${studyId} order by id desc limit ${votesLookedAt}
      ) v where cast_at > now() - interval '1 hour'
      union
      select rater_id from battles
      where study_id = ${studyId} and consumed_at is null and released_at is null and leased_until > now()
    ), fit as materialized (
      select w.rater_id from at_work w join enrolments e on e.study_id = ${studyId} and e.rater_id = w.rater_id
      where e.paused_at is null and not ${isExcluded(ctx, sql`e`)}
    )
    select o.id from unnest(${planned.map(({ id }) => id)}::uuid[]) as o (id)
    cross join lateral (select query_id from battles where overlap_id = o.id limit 1) f
    where exists (
      select 1 from fit where not exists (
        select 1 from battles s where s.study_id = ${studyId} and s.rater_id = fit.rater_id and s.query_id = f.query_id
          and (s.released_at is null or s.consumed_at is not null)
      )
    )`
  return new Set(rows.map(({ id }) => id))
}

/** The most that are looked at for one rater: who has seen the queries of so many is drawn other battles. */
const mostOffered = 200

/**
 * Leases the first of these planned battles whose query this rater has not seen, its sides as asked. Its draw is that of
 * the first rater's. Undefined: there is none for this rater.
 */
export async function leaseOverlap(
  ctx: Context,
  { raterId, study }: Enrolment,
  offered: { id: string; lowFirst: boolean }[],
  holder: string | null,
): Promise<{ id: string; overlapId: string } | undefined> {
  const asked = offered.slice(0, mostOffered)
  const [leased] = await rowsOf(ctx, { id: battles.id, overlapId: present(battles.overlapId) })`
    with chosen as (
      select f.*, w.low_first from unnest(${asked.map(({ id }) => id)}::uuid[], ${asked.map(({ lowFirst }) => Number(lowFirst))}::int[])
        with ordinality as w (id, low_first, place)
      cross join lateral (select * from battles where overlap_id = w.id order by leased_at, id limit 1) f
      where ${notGiven(ctx, study.id, raterId, ctx.sql`f.query_id`)}
      order by w.place limit 1
    ), sided as (
      select c.*, (c.model_a < c.model_b) = (c.low_first = 1) as same from chosen c
    )
    insert into battles (study_id, rater_id, query_id, category, model_a, model_b, response_a, response_b, purpose,
      overlap_id, points_shown, guidelines_version, draw_probability, holders, leased_at, leased_until)
    select ${study.id}, ${raterId}, c.query_id, q.category, case when c.same then c.model_a else c.model_b end,
      case when c.same then c.model_b else c.model_a end, case when c.same then c.response_a else c.response_b end,
      case when c.same then c.response_b else c.response_a end, 'overlap', c.overlap_id, ${study.pointsShown},
      ${study.guidelinesVersion}, c.draw_probability, array_remove(array[${holder}::uuid], null), clock_timestamp(),
      now() + make_interval(secs => ${study.leaseSeconds})
    from sided c join queries q on q.id = c.query_id
    returning id, overlap_id as "overlapId"`
  return leased
}

/** Has planned overlap looked at anew whose votes are decided on: `chosen` is a condition on `votes v`. */
export async function reopenOverlaps(ctx: Context, studyId: string, chosen: PendingQuery<Row[]>): Promise<void> {
  await ctx.sql`
    update planned_overlaps set delivered_at = null
    where study_id = ${studyId} and delivered_at is not null and id in (
      select b.overlap_id from votes v join battles b on b.id = v.battle_id
      where v.study_id = ${studyId} and v.purpose = 'overlap' and ${chosen}
    )`
}
