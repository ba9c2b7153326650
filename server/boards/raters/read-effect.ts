import { votes as table } from '#drizzle/schema/battles.ts'
import type { StoredPairCount } from '#drizzle/schema/snapshots.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf, whole } from '#server/core/postgres/rows.ts'
import { isExcluded } from '#server/raters/exclusions.ts'
import { fitBoard } from '#server/snapshots/fit-board.ts'
import { getStoredStudy, type StoredStudy } from '#server/studies/service.ts'
import { boardRows, readModels, type BoardModel } from '../read-boards.ts'
import { exclusionAlarm } from './rater-words.ts'
import type { EffectInput, ExclusionEffect } from './schema.ts'

/**
 * What excluding raters, or including them again, would do to the board of all categories by the votes as they stand now.
 * Nothing is changed. Throws not-found.
 */
export async function readEffect(ctx: Context, slug: string, input: EffectInput): Promise<ExclusionEffect> {
  const study = await getStoredStudy(ctx, slug)
  const models = await readModels(ctx, study)
  const { cells, raters, excluded } = await readCells(ctx, study, input)
  const before = cells.map(({ before: votes, ...cell }) => ({ ...cell, votes }))
  const after = cells.map(({ after: votes, ...cell }) => ({ ...cell, votes }))
  const [votesBefore, votesAfter] = [sumOf(before), sumOf(after)]
  const rows = compareBoards(models, before, after)
  const belowQuota = pairsBelow(models, study.quotaPerPair, before, after)
  const votes = Math.abs(votesAfter - votesBefore)
  const left = excluded + votesBefore - votesAfter
  const alarm = input.exclude && votes > 0 ? exclusionAlarm(left, votesBefore + excluded, { planned: true }) : null
  const effect = { raters, votes, votesBefore, votesAfter, rows, belowQuota, alarm }
  return { ...effect, sentences: sentencesOf(effect, input.exclude) }
}

const cell = { modelA: table.modelA, modelB: table.modelB, verdict: table.verdict, before: whole, after: whole }

/** The counts as they are and as they would be; votes left out by decisions that stand, and how many raters would change. */
async function readCells(ctx: Context, { id }: StoredStudy, { raters, exclude }: EffectInput) {
  const { sql } = ctx
  const sign = exclude ? -1 : 1
  const changing = sql`study_id = ${id} and rater_id = any(${raters}::uuid[])`
  const cells = await rowsOf(ctx, cell)`
    with own as (
      select model_a, model_b, verdict, ${sign}::int * count(*)::int as votes from votes v
      where ${changing} and counted and withdrawn_at is null and ${isExcluded(ctx, sql`v`)} = ${!exclude} group by 1, 2, 3
    )
    select p.model_a as "modelA", p.model_b as "modelB", p.verdict, sum(p.votes)::int as before,
      (sum(p.votes) + coalesce(min(o.votes), 0))::int as after
    from pair_counts p
    left join own o on o.model_a = p.model_a and o.model_b = p.model_b and o.verdict = p.verdict
    where p.study_id = ${id} group by 1, 2, 3 order by 1, 2, 3`
  const [row] = await rowsOf(ctx, { raters: whole, excluded: whole })`
    select (select count(*) from enrolments e where ${changing} and ${isExcluded(ctx, sql`e`)} = ${!exclude})::int as raters,
      (select coalesce(sum(excluded), 0) from pair_counts where study_id = ${id} and verdict <> 'unsure')::int as excluded`
  return { cells, ...row! }
}

const sumOf = (counts: StoredPairCount[]) =>
  counts.reduce((sum, { verdict, votes }) => sum + (verdict === 'unsure' ? 0 : votes), 0)

function compareBoards(models: BoardModel[], before: StoredPairCount[], after: StoredPairCount[]) {
  const places = new Map(placesOf(models, after).map(({ model, at }) => [model.slug, at]))
  return placesOf(models, before).map(({ model, at }) => ({ model, before: at, after: places.get(model.slug)! }))
}

function placesOf(models: BoardModel[], counts: StoredPairCount[]) {
  const { ratings } = fitBoard(
    models,
    counts.filter(({ votes }) => votes > 0),
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
): ExclusionEffect['belowQuota'] {
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

type Facts = Omit<ExclusionEffect, 'sentences'>

function sentencesOf({ raters, votes, votesAfter, rows, belowQuota }: Facts, exclude: boolean): string[] {
  if (raters === 0) return [exclude ? 'They are excluded already.' : 'They are not excluded.']
  const moved = rows.filter(({ before, after }) => before.place !== after.place)
  const lost = rows.filter(({ before, after }) => before.elo !== null && after.elo === null).length
  const widest = rows.reduce((most, { before, after }) => Math.max(most, change(before.elo, after.elo)), 0)
  return [
    exclude
      ? `${numbered(votes, 'vote')} of ${numbered(raters, 'rater')} would count no more; ${numbered(votesAfter, 'vote')} stay.`
      : `${numbered(votes, 'vote')} of ${numbered(raters, 'rater')} would count again; it is ${numbered(votesAfter, 'vote')} then.`,
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

const numbered = (count: number, noun: string) => `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`
const change = (one: number | null, other: number | null) =>
  one === null || other === null ? 0 : Math.abs(one - other)
const placeWords = ({ model, before, after }: ExclusionEffect['rows'][number]) =>
  `${model.name} from ${before.place ?? 'no place'} to ${after.place ?? 'no place'}`
