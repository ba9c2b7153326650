import type { PendingQuery, Row } from 'postgres'
import { plannedOverlaps } from '#drizzle/schema/battles.ts'
import { models } from '#drizzle/schema/models.ts'
import { queries } from '#drizzle/schema/queries.ts'
import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { orNull, rowsOf, whole, words, type RowOf } from '#server/core/postgres/rows.ts'
import { notFound } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import { standingOf } from './plan-overlap.ts'
import type { Overlap, OverlapList, OverlapQuery } from './schema.ts'

const overlapsAPage = 50

/** A page of a study's planned overlap, and how far each is. Throws not-found. */
export async function listOverlaps(ctx: Context, slug: string, { show, page }: OverlapQuery): Promise<OverlapList> {
  const study = await getStoredStudy(ctx, slug)
  const { sql } = ctx
  const chosen = show === 'all' ? sql`true` : sql`state = ${show}`
  const rows = await readOverlaps(ctx, study.id, chosen, (page - 1) * overlapsAPage)
  const [counted] = await rowsOf(ctx, { total: whole })`
    select count(*)::int as total from (${standing(ctx, study.id)}) o where ${chosen}`
  const { total } = counted!
  const pages = Math.max(1, Math.ceil(total / overlapsAPage))
  return { overlaps: rows.map(asOverlap), total, page, pages }
}

/**
 * Gives a planned battle to no further rater, or to further raters again. Votes on it stay and count, and cards that are
 * held may be judged. Returns how it is then. Throws not-found.
 */
export async function changeOverlap(ctx: Context, slug: string, id: string, cancelled: boolean): Promise<Overlap> {
  const study = await getStoredStudy(ctx, slug)
  return inTransaction(ctx, async (ctx) => {
    const { count } = await ctx.sql`
      update planned_overlaps set cancelled_at = ${cancelled ? ctx.sql`now()` : null}
      where id = ${id} and study_id = ${study.id} and (cancelled_at is null) = ${cancelled}`
    const [row] = await readOverlaps(ctx, study.id, ctx.sql`o.id = ${id}`, 0)
    if (!row) throw notFound('This study has no such planned battle')
    if (count > 0)
      await recordAudit(ctx, `overlap.${cancelled ? 'cancelled' : 'restored'}`, `study:${study.id}`, { id })
    return asOverlap(row)
  })
}

/** Gives whatever still waits for raters to nobody any more, as when a study is to end. Returns how many. Throws not-found. */
export async function cancelOverlaps(ctx: Context, slug: string): Promise<number> {
  const study = await getStoredStudy(ctx, slug)
  return inTransaction(ctx, async (ctx) => {
    const { count } = await ctx.sql`
      update planned_overlaps set cancelled_at = now()
      where id in (select id from (${standing(ctx, study.id)}) o where state in ('waiting', 'held'))`
    if (count > 0) await recordAudit(ctx, 'overlap.cancelled', `study:${study.id}`, { count })
    return count
  })
}

const overlapRow = {
  id: plannedOverlaps.id,
  key: queries.key,
  question: queries.question,
  modelA: models.name,
  modelB: models.name,
  raters: plannedOverlaps.raters,
  judged: whole,
  lent: whole,
  state: words,
  why: orNull(words),
  createdAt: plannedOverlaps.createdAt,
}

type Condition = PendingQuery<Row[]>

function readOverlaps(ctx: Context, studyId: string, chosen: Condition, skipped: number) {
  return rowsOf(ctx, overlapRow)`
    select o.id, o.key, o.question, a.name as "modelA", b.name as "modelB", o.raters, o.judged, o.lent, o.state, o.why,
      o.created_at as "createdAt"
    from (${standing(ctx, studyId)}) o join models a on a.id = o.low join models b on b.id = o.high
    where ${chosen} order by o.created_at desc, o.id offset ${skipped} limit ${overlapsAPage}`
}

/** Each planned battle of a study and how far it is. */
function standing(ctx: Context, studyId: string): Condition {
  const { judged, lent } = standingOf(ctx)
  return ctx.sql`
    select s.*, case
        when s.judged >= s.raters then 'done' when s.cancelled_at is not null then 'cancelled'
        when s.why is not null then 'held' else 'waiting' end as state
    from (
      select o.id, o.raters, o.created_at, o.cancelled_at, q.key, q.question, least(f.model_a, f.model_b) as low,
        greatest(f.model_a, f.model_b) as high, t.judged, t.lent, case
          when t.judged >= o.raters or o.cancelled_at is not null then null
          when q.held_at is not null then 'its query is held'
          when exists (select 1 from responses r where r.id in (f.response_a, f.response_b) and r.status <> 'ready')
            then 'an answer is held'
          when exists (select 1 from models m where m.id in (f.model_a, f.model_b) and m.withdrawn_at is not null)
            then 'a model is withdrawn' end as why
      from planned_overlaps o
      cross join lateral (select * from battles where overlap_id = o.id order by leased_at, id limit 1) f
      cross join lateral (
        select (count(*) filter (where ${judged}))::int as judged, (count(*) filter (where ${lent}))::int as lent
        from battles b left join votes v on v.battle_id = b.id where b.overlap_id = o.id
      ) t
      join queries q on q.id = f.query_id
      where o.study_id = ${studyId}
    ) s`
}

function asOverlap({ key, question, modelA, modelB, createdAt, state, ...rest }: RowOf<typeof overlapRow>): Overlap {
  const inOrder = modelA < modelB
  return {
    ...rest,
    query: { key, question },
    models: inOrder ? [modelA, modelB] : [modelB, modelA],
    state: state as Overlap['state'],
    plannedAt: createdAt.toISOString(),
  }
}
