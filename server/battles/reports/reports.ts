import { battles, reports } from '#drizzle/schema/battles.ts'
import { models } from '#drizzle/schema/models.ts'
import { images } from '#drizzle/schema/images.ts'
import { pools, queries } from '#drizzle/schema/queries.ts'
import { actorId, recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { flag, orNull, rowsOf, whole, words, type RowOf } from '#server/core/postgres/rows.ts'
import { notFound } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { changeQueries } from '#server/queries/change-queries.ts'
import { isExcluded } from '#server/raters/exclusions.ts'
import { holdAnswer } from '#server/responses/held-answers.ts'
import { poolUses } from '#server/responses/pool-uses.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import type { Report, ReportOutcome, ReportPage, ReportPageRequest, Waiting } from './schema.ts'

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
  slugA: models.slug,
  nameA: models.name,
  textA: words,
  shownA: flag,
  slugB: models.slug,
  nameB: models.name,
  textB: words,
  shownB: flag,
  votes: whole,
  decision: reports.decision,
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
      q.held_at is not null as held, a.slug as "slugA", a.name as "nameA", coalesce(x.text, '') as "textA",
      x.status = 'ready' as "shownA", b.slug as "slugB", b.name as "nameB", coalesce(y.text, '') as "textB",
      y.status = 'ready' as "shownB", (
        select count(*) from votes v
        where v.study_id = t.study_id and v.query_id = t.query_id and v.counted and v.withdrawn_at is null
          and not ${isExcluded(ctx, sql`v`)}
      )::int as votes, p.decision, p.decided_at as "decidedAt", d.name as "decidedBy"
    from reports p join battles t on t.id = p.battle_id
    join queries q on q.id = t.query_id join pools l on l.id = q.pool_id join images i on i.sha256 = q.image_sha256
    join models a on a.id = t.model_a join models b on b.id = t.model_b
    join responses x on x.id = t.response_a join responses y on y.id = t.response_b
    left join people d on d.id = p.decided_by
    where t.study_id = ${studyId} and (p.decision is null) = ${state === 'open'} ${since}
    order by p.at, p.id limit ${limit + 1}`
  const [count] = await rowsOf(ctx, { total: whole })`
    select count(*)::int as total from reports p join battles t on t.id = p.battle_id
    where t.study_id = ${studyId} and (p.decision is null) = ${state === 'open'}`
  const shown = rows.slice(0, limit)
  return { reports: shown.map(asReport), total: count!.total, next: rows.length > limit ? shown.at(-1)!.id : null }
}

function asReport(row: RowOf<typeof reportRow>): Report {
  const { id, reason, note, at, queryId, pool, key, question, sha256, held, votes, decision, decidedAt } = row
  return {
    ...{ id, reason, note, votes, decision },
    at: at.toISOString(),
    query: { id: queryId, pool, key, question, image: `/api/v1/images/${sha256}?w=640`, held },
    answerA: { model: { slug: row.slugA, name: row.nameA }, text: row.textA, shown: row.shownA },
    answerB: { model: { slug: row.slugB, name: row.nameB }, text: row.textB, shown: row.shownB },
    decidedAt: decidedAt?.toISOString() ?? null,
    decidedBy: row.decidedBy,
  }
}

const reported = {
  responseA: battles.responseA,
  responseB: battles.responseB,
  queryId: battles.queryId,
  pool: pools.slug,
  study: words,
  reason: reports.reason,
}

/**
 * Closes a report: nothing is done, or the answer or the query that it is about is held, so that no rater is given it any
 * more. Votes that were cast stand. Null opens the report again and leaves what was held to be released where it waits.
 * Throws not-found.
 */
export async function decideReport(ctx: Context, id: string, decision: ReportOutcome | null): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const [row] = await rowsOf(ctx, reported)`
      select t.response_a as "responseA", t.response_b as "responseB", t.query_id as "queryId", l.slug as pool,
        s.slug as study, p.reason
      from reports p join battles t on t.id = p.battle_id join studies s on s.id = t.study_id
      join queries q on q.id = t.query_id join pools l on l.id = q.pool_id
      where p.id = ${id} for update of p`
    if (!row) throw notFound('No report has this id')
    const why = `a rater reported it: ${reasonWords[row.reason]}`
    if (decision === 'answer_a') await holdAnswer(ctx, row.responseA, why)
    if (decision === 'answer_b') await holdAnswer(ctx, row.responseB, why)
    if (decision === 'query') {
      const change = { do: 'hold', reason: why } as const
      await changeQueries(ctx, row.pool, { which: { ids: [row.queryId] }, change }, poolUses)
    }
    await ctx.sql`
      update reports set decision = ${decision}, decided_at = case when ${decision}::text is not null then now() end,
        decided_by = ${decision === null ? null : actorId(ctx)}::uuid
      where id = ${id}`
    await recordAudit(ctx, 'report.decided', `report:${id}`, { study: row.study, decision: decision ?? 'open again' })
  })
}

const reasonWords = {
  image: 'the picture is broken or wrong',
  unsafe: 'it is unsafe',
  private: 'it shows something private',
  leak: 'an answer names its model',
  other: 'another reason',
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
