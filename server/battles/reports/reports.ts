import { reports } from '#drizzle/schema/battles.ts'
import { models } from '#drizzle/schema/models.ts'
import { images } from '#drizzle/schema/images.ts'
import { pools, queries } from '#drizzle/schema/queries.ts'
import type { Context } from '#server/core/context.ts'
import { flag, orNull, rowsOf, whole, words, type RowOf } from '#server/core/postgres/rows.ts'
import { madeUpName } from '#server/responses/made-up-answers.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import { isLeftOut } from '../exclusions/left-out.ts'
import type { Report, ReportPage, ReportPageRequest, Waiting } from './schema.ts'

const reportRow = {
  id: reports.id,
  reason: reports.reason,
  note: reports.note,
  at: reports.at,
  queryId: queries.id,
  pool: pools.slug,
  key: queries.key,
  question: queries.question,
  sha256: images.sha256,
  held: flag,
  slugA: orNull(models.slug),
  nameA: words,
  textA: words,
  shownA: flag,
  slugB: orNull(models.slug),
  nameB: words,
  textB: words,
  shownB: flag,
  votesOfBattle: whole,
  votesOnA: whole,
  votesOnB: whole,
  votesOnQuery: whole,
  decision: reports.decision,
  leaveOut: reports.leaveOut,
  leftOut: whole,
  decidedAt: reports.decidedAt,
  decidedBy: orNull(words),
}

/** What raters reported of a study's battles, open or decided. Throws not-found. */
export async function listReports(
  ctx: Context,
  slug: string,
  { state, after, limit }: ReportPageRequest,
): Promise<ReportPage> {
  const { id: studyId } = await getStoredStudy(ctx, slug)
  const { sql } = ctx
  const since = after ? sql`and (p.at, p.id) > (select at, id from reports where id = ${after})` : sql``
  const rows = await rowsOf(ctx, reportRow)`
    select p.id, p.reason, p.note, p.at, q.id as "queryId", l.slug as pool, q.key, q.question, i.sha256,
      q.held_at is not null as held, a.slug as "slugA", coalesce(a.name, ${madeUpName}) as "nameA", coalesce(x.text, '') as "textA",
      x.status = 'ready' as "shownA", b.slug as "slugB", coalesce(b.name, ${madeUpName}) as "nameB", coalesce(y.text, '') as "textB",
      y.status = 'ready' as "shownB", n.battle as "votesOfBattle", n.a as "votesOnA", n.b as "votesOnB", n.query as "votesOnQuery",
      p.leave_out as "leaveOut", (
        select count(*) from battle_exclusions o join votes v on v.battle_id = o.battle_id
        where o.report_id = p.id and o.undone_at is null and v.withdrawn_at is null
      )::int as "leftOut", p.decision, p.decided_at as "decidedAt", d.name as "decidedBy"
    from reports p join battles t on t.id = p.battle_id
    join queries q on q.id = t.query_id join pools l on l.id = q.pool_id join images i on i.sha256 = q.image_sha256
    join responses x on x.id = t.response_a join responses y on y.id = t.response_b
    left join models a on a.id = x.model_id left join models b on b.id = y.model_id
    left join people d on d.id = p.decided_by
    cross join lateral (
      select count(*)::int as query, (count(*) filter (where x.id in (o.response_a, o.response_b)))::int as a,
        (count(*) filter (where y.id in (o.response_a, o.response_b)))::int as b,
        (count(*) filter (where o.rater_id = t.rater_id and x.id in (o.response_a, o.response_b)
          and y.id in (o.response_a, o.response_b)))::int as battle
      from battles o join votes v on v.battle_id = o.id
      where o.response_a in (select id from responses where study_id = t.study_id and query_id = t.query_id)
        and v.counted and v.withdrawn_at is null and not ${isLeftOut(ctx, sql`v`)}
    ) n
    where t.study_id = ${studyId} and (p.decision is null) = ${state === 'open'} ${since}
    order by p.at, p.id limit ${limit + 1}`
  const [count] = await rowsOf(ctx, { total: whole })`
    select count(*)::int as total from reports p join battles t on t.id = p.battle_id
    where t.study_id = ${studyId} and (p.decision is null) = ${state === 'open'}`
  const shown = rows.slice(0, limit)
  return { reports: shown.map(asReport), total: count!.total, next: rows.length > limit ? shown.at(-1)!.id : null }
}

function asReport(row: RowOf<typeof reportRow>): Report {
  const { id, reason, note, at, queryId, pool, key, question, sha256, held, decision, leaveOut, leftOut, decidedAt } =
    row
  return {
    ...{ id, reason, note, decision, leaveOut, leftOut },
    votes: { battle: row.votesOfBattle, answerA: row.votesOnA, answerB: row.votesOnB, query: row.votesOnQuery },
    at: at.toISOString(),
    query: { id: queryId, pool, key, question, image: `/api/v1/images/${sha256}?w=640`, held },
    answerA: { model: { slug: row.slugA, name: row.nameA }, text: row.textA, shown: row.shownA },
    answerB: { model: { slug: row.slugB, name: row.nameB }, text: row.textB, shown: row.shownB },
    decidedAt: decidedAt?.toISOString() ?? null,
    decidedBy: row.decidedBy,
  }
}

/** How many answers and reports of a study wait for a person. Throws not-found. */
export async function readWaiting(ctx: Context, slug: string): Promise<Waiting> {
  const { id } = await getStoredStudy(ctx, slug)
  const [row] = await rowsOf(ctx, { held: whole, reports: whole })`
    select (select count(*) from responses where study_id = ${id} and status = 'held')::int as held,
      (select count(*) from reports p join battles t on t.id = p.battle_id
        where t.study_id = ${id} and p.decision is null)::int as reports`
  return row!
}
