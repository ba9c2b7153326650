import { LRUCache } from 'lru-cache'
import type { Context } from '#server/core/context.ts'
import { orNull, rowsOf, whole, words } from '#server/core/postgres/rows.ts'
import { krippendorffAlpha, labelVotes, percentAgreement, unitTable } from '#server/ratings/evidence/agreement.ts'
import type { OverlapProgress } from '#server/studies/schema.ts'
import { isLeftOut } from '../exclusions/left-out.ts'
import { standingOf } from './plan-overlap.ts'

const kept = new LRUCache<string, { state: string; found: OverlapProgress }>({ max: 50 })

/** How far a study's planned overlap is, and how far its raters agree there; of what stands now. */
export async function readOverlap(ctx: Context, studyId: string): Promise<OverlapProgress> {
  const key = `${ctx.config.dataDir} ${studyId}`
  const state = await readState(ctx, studyId)
  const before = kept.get(key)
  if (before?.state === state) return before.found
  const found = { ...(await readDelivery(ctx, studyId)), ...(await readAgreement(ctx, studyId)) }
  kept.set(key, { state, found })
  return found
}

/** What the figures depend on, as cheaply as it can be told. */
async function readState(ctx: Context, studyId: string): Promise<string> {
  const [row] = await rowsOf(ctx, { state: words })`
    select concat_ws(' ', (select concat_ws(' ', count(*), max(id), count(withdrawn_at)) from votes
        where study_id = ${studyId} and purpose = 'overlap'), (
        select concat_ws(' ', count(*), count(delivered_at), count(cancelled_at)) from planned_overlaps where study_id = ${studyId}), (
        select concat_ws(' ', sum(excluded), sum(reported)) from pair_counts where study_id = ${studyId})) as state`
  return row!.state
}

async function readDelivery(ctx: Context, studyId: string) {
  const { judged } = standingOf(ctx)
  const [row] = await rowsOf(ctx, { planned: whole, delivered: whole, cancelled: whole })`
    select count(*)::int as planned, (count(*) filter (where standing >= raters))::int as delivered,
      (count(*) filter (where standing < raters and cancelled_at is not null))::int as cancelled from (
      select o.id, o.raters, o.cancelled_at, count(*) filter (where ${judged}) as standing
      from planned_overlaps o join battles b on b.overlap_id = o.id left join votes v on v.battle_id = b.id
      where o.study_id = ${studyId} group by o.id
    ) each_one`
  return row!
}

const columns = 5

/** Agreement on what several raters were planned to judge: of pairs of labels, and Krippendorff's α on nominal labels. */
async function readAgreement(ctx: Context, studyId: string) {
  const [row] = await rowsOf(ctx, { models: whole, votes: orNull(words) })`
    with entered as materialized (
      select model_id as id, row_number() over (order by model_id) - 1 as number from study_models where study_id = ${studyId}
    ), cast_votes as (
      select v.id, dense_rank() over (order by v.rater_id) - 1 as rater, ma.number as a, mb.number as b,
        array_position(array['model_a', 'model_b', 'tie', 'both_bad'], v.verdict::text) - 1 as verdict,
        dense_rank() over (order by v.query_id) - 1 as item
      from votes v join entered ma on ma.id = v.model_a join entered mb on mb.id = v.model_b
      where v.study_id = ${studyId} and v.purpose = 'overlap' and v.counted and v.withdrawn_at is null
        and v.verdict <> 'unsure' and not ${isLeftOut(ctx, ctx.sql`v`)}
    )
    select (select count(*) from entered)::int as models,
      (select string_agg(concat_ws(' ', rater, a, b, verdict, item), ' ' order by id) from cast_votes) as votes`
  const numbers = Int32Array.from(row!.votes?.split(' ') ?? [], Number)
  const column = (offset: number) => numbers.filter((_, k) => k % columns === offset)
  const votes = { models: row!.models, a: column(1), b: column(2), verdict: Uint8Array.from(column(3)) }
  const units = unitTable(labelVotes({ ...votes, rater: column(0), item: column(4) }))
  const { pairs, agreement } = percentAgreement(units)
  if (pairs === 0) return { pairs, agreement: null, alpha: null }
  const alpha = krippendorffAlpha(units, 'nominal')
  return { pairs, agreement, alpha: Number.isNaN(alpha) ? null : alpha }
}
