import type { PendingQuery, Row } from 'postgres'
import { pairCounts } from '#drizzle/schema/battles.ts'
import { snapshots, type StoredPairCount } from '#drizzle/schema/snapshots.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf, whole } from '#server/core/postgres/rows.ts'
import { designEffectOf, fitBoard, type FitRules } from '#server/snapshots/fit-board.ts'
import type { StoredStudy } from '#server/studies/service.ts'
import { boardRows, readModels, type BoardModel } from '../read-boards.ts'
import type { BoardEffect } from './schema.ts'

const cell = {
  modelA: pairCounts.modelA,
  modelB: pairCounts.modelB,
  verdict: pairCounts.verdict,
  before: whole,
  after: whole,
}

/**
 * What leaving votes out, or counting them again, would do to the board of all categories as it stands now. Nothing is
 * changed. `leaving` and `returning` are conditions on `votes v`: which of those that count would not, and the other way.
 */
export async function boardEffect(
  ctx: Context,
  study: StoredStudy,
  { leaving, returning }: { leaving: PendingQuery<Row[]>; returning: PendingQuery<Row[]> },
): Promise<Omit<BoardEffect, 'sentences'>> {
  const models = await readModels(ctx, study)
  const [newest] = await rowsOf(ctx, { parameters: snapshots.parameters })`
    select parameters from snapshots where study_id = ${study.id} and category is null
    order by created_at desc, id desc limit 1`
  const rules = designEffectOf(newest?.parameters ?? {})
  const cells = await rowsOf(ctx, cell)`
    with own as (
      select v.model_a, v.model_b, v.verdict, sum(case when ${leaving} then -1 else 1 end)::int as votes from votes v
      where v.study_id = ${study.id} and v.counted and v.withdrawn_at is null and (${leaving} or ${returning}) group by 1, 2, 3
    )
    select p.model_a as "modelA", p.model_b as "modelB", p.verdict, sum(p.votes)::int as before,
      (sum(p.votes) + coalesce(min(o.votes), 0))::int as after
    from pair_counts p
    left join own o on o.model_a = p.model_a and o.model_b = p.model_b and o.verdict = p.verdict
    where p.study_id = ${study.id} group by 1, 2, 3 order by 1, 2, 3`
  const before = cells.map(({ before: votes, ...cell }) => ({ ...cell, votes }))
  const after = cells.map(({ after: votes, ...cell }) => ({ ...cell, votes }))
  const [votesBefore, votesAfter] = [sumOf(before), sumOf(after)]
  return {
    votes: Math.abs(votesAfter - votesBefore),
    votesBefore,
    votesAfter,
    rows: compareBoards(models, before, after, rules),
    belowQuota: pairsBelow(models, study.quotaPerPair, before, after),
  }
}

const sumOf = (counts: StoredPairCount[]) =>
  counts.reduce((sum, { verdict, votes }) => sum + (verdict === 'unsure' ? 0 : votes), 0)

function compareBoards(
  models: BoardModel[],
  before: StoredPairCount[],
  after: StoredPairCount[],
  rules: Partial<FitRules>,
) {
  const places = new Map(placesOf(models, after, rules).map(({ model, at }) => [model.slug, at]))
  return placesOf(models, before, rules).map(({ model, at }) => ({ model, before: at, after: places.get(model.slug)! }))
}

function placesOf(models: BoardModel[], counts: StoredPairCount[], rules: Partial<FitRules>) {
  const { ratings } = fitBoard(
    models,
    counts.filter(({ votes }) => votes > 0),
    rules,
  )
  return boardRows(models, ratings).map(({ model: { slug, name }, elo, rankBest, rankWorst }, index) => ({
    model: { slug, name },
    at: { elo, rankBest, rankWorst, place: elo === null ? null : index + 1 },
  }))
}

function pairsBelow(
  models: BoardModel[],
  quota: number,
  before: StoredPairCount[],
  after: StoredPairCount[],
): BoardEffect['belowQuota'] {
  const [old, next] = [totals(before), totals(after)]
  const named = new Map(models.map(({ id, slug, name }) => [id, { slug, name }]))
  return [...old].flatMap(([key, votes]) => {
    const rest = next.get(key) ?? 0
    if (votes < quota || rest >= quota) return []
    const [a, b] = key.split(' ').map((id) => named.get(id))
    return a && b ? [{ modelA: a, modelB: b, before: votes, after: rest, quota }] : []
  })
}

function totals(counts: StoredPairCount[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { modelA, modelB, verdict, votes } of counts) {
    if (verdict === 'unsure') continue
    const key = modelA < modelB ? `${modelA} ${modelB}` : `${modelB} ${modelA}`
    sums.set(key, (sums.get(key) ?? 0) + votes)
  }
  return sums
}

/** Places that change, ratings that move and pairs that fall below their quota, in words. */
export function effectSentences({ rows, belowQuota }: Pick<BoardEffect, 'rows' | 'belowQuota'>): string[] {
  const moved = rows.filter(({ before, after }) => before.place !== after.place)
  const lost = rows.filter(({ before, after }) => before.elo !== null && after.elo === null).length
  const widest = rows.reduce((most, { before, after }) => Math.max(most, change(before.elo, after.elo)), 0)
  return [
    moved.length > 0
      ? `${numbered(moved.length, 'model')} would change places: ${moved.slice(0, 5).map(placeWords).join(', ')}${moved.length > 5 ? ' and more' : ''}.`
      : 'No model would change its place.',
    ...(lost < rows.length ? [`No rating would move by more than ${widest.toFixed(1)} points.`] : []),
    ...(lost > 0 ? [`${numbered(lost, 'model')} would have no finite rating any more.`] : []),
    ...(belowQuota.length > 0
      ? [`${numbered(belowQuota.length, 'pair')} would fall below the quota and go to other raters again.`]
      : []),
  ]
}

/** A number with its noun, in the plural where it is not one. */
export const numbered = (count: number, noun: string) =>
  `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`
const change = (one: number | null, other: number | null) =>
  one === null || other === null ? 0 : Math.abs(one - other)
const placeWords = ({ model, before, after }: BoardEffect['rows'][number]) =>
  `${model.name} from ${before.place ?? 'no place'} to ${after.place ?? 'no place'}`
