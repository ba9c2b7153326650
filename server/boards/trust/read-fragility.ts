import { LRUCache } from 'lru-cache'
import { randomBytes } from 'node:crypto'
import { setImmediate as yieldToEventLoop } from 'node:timers/promises'
import type { Context } from '#server/core/context.ts'
import { maySeeUnreleased } from '#server/core/policy.ts'
import type { QueryCategory } from '#server/queries/categories/schema.ts'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { rowsAmong } from '#server/ratings/votes/among.ts'
import { compareCounts, type Comparisons } from '#server/ratings/votes/comparisons.ts'
import { totalVotes } from '#server/ratings/votes/counts.ts'
import { graphReport } from '#server/ratings/graph.ts'
import { pseudonymOf, readCovered, type CoveredVotes } from '#server/snapshots/covered-votes.ts'
import { countByRater } from '#server/snapshots/filter-votes.ts'
import { countColumns } from '#server/snapshots/count-columns.ts'
import { requireVotes } from '../charts/read-battles.ts'
import { getBoardStudy, readModels } from '../read-boards.ts'
import type { Fragility } from './schema.ts'
import { fewestRaters } from './what-if.ts'

/** A board without one rater, its models by id. */
interface Without {
  rater: string
  votes: number
  rated: boolean
  first: string | null
  firstChanges: boolean
  lead: number | null
  moved: number
  furthest: { model: string; from: number; to: number } | null
}

interface Found extends Pick<Fragility, 'raters' | 'models' | 'lead' | 'ratersHoldingFirst' | 'ratersMovingPlaces'> {
  first: string | null
  without: Without[]
}

/** By snapshot: they never change, so each is worked out once. */
const findings = new LRUCache<string, Found, { ctx: Context; covered: CoveredVotes }>({
  max: 50,
  ignoreFetchAbort: true,
  fetchMethod: (_id, _before, { context: { ctx, covered } }) => leaveEachOut(ctx, covered),
})
const mostListed = 10

/**
 * What leaving out each one rater would do to a board's newest snapshot, and the ten whose absence moves it most: a fit
 * for each rater, starting where the full fit ended. Throws no-snapshot, too-slow, battles-closed to visitors of an open
 * study, and what getBoard throws.
 */
export async function readFragility(
  ctx: Context,
  slug: string,
  category: QueryCategory | null = null,
): Promise<Fragility> {
  const study = await getBoardStudy(ctx, slug)
  requireVotes(ctx, study)
  const models = await readModels(ctx, study)
  const covered = await readCovered(ctx, study.id, category)
  const { first, ...found } = await findings.forceFetch(covered.id, { context: { ctx, covered } })
  const named = new Map(models.map(({ id, slug: own, name }) => [id, { slug: own, name }]))
  const nameOf = (id: string | null) => (id === null ? null : (named.get(id) ?? null))
  const told = { snapshotId: covered.id, ...found, first: nameOf(first) }
  if (found.raters < fewestRaters && !maySeeUnreleased(ctx.actor))
    return { ...told, ratersHoldingFirst: null, ratersMovingPlaces: null, without: [] }
  return {
    ...told,
    without: found.without.map((one) => ({
      ...one,
      first: nameOf(one.first),
      furthest: one.furthest && { ...one.furthest, model: nameOf(one.furthest.model) },
    })),
  }
}

async function leaveEachOut(ctx: Context, covered: CoveredVotes): Promise<Found> {
  const { ratings, counts } = covered
  const rated = Array.from(ratings.keys()).filter((model) => ratings[model]!.elo !== null)
  const idOf = (model: number) => ratings[rated[model]!]!.modelId
  const byRater = await countByRater(ctx, covered)
  const nothing = { raters: byRater.length, models: rated.length, ratersHoldingFirst: 0, ratersMovingPlaces: 0 }
  if (rated.length < 2) return { ...nothing, first: null, lead: null, without: [] }
  const columns = countColumns(
    ratings.map(({ modelId }) => ({ id: modelId })),
    counts,
  )
  const all = rowsAmong(compareCounts(columns), rated)
  const { strengths, ratings: elos } = fitBradleyTerry(all)
  const before = standingsOf(elos)
  const salt = randomBytes(32)
  const without: Without[] = []
  for (const [k, { rater, counts: own }] of byRater.entries()) {
    if (k % 16 === 15) await yieldToEventLoop() // votes being cast come first
    const rest = subtract(all, rowsAmong(compareCounts(own), rated))
    const named = { rater: pseudonymOf(rater, salt), votes: totalVotes(own) }
    // Without a rater who alone joins two groups there is no ranking.
    const after = graphReport(rest).connected ? standingsOf(fitBradleyTerry(rest, { start: strengths }).ratings) : null
    without.push({ ...named, ...compareStandings(before, after, idOf) })
  }
  return {
    ...nothing,
    first: idOf(before.first),
    lead: before.lead,
    ratersHoldingFirst: without.filter(({ firstChanges, rated: still }) => firstChanges || !still).length,
    ratersMovingPlaces: without.filter(({ moved }) => moved > 0).length,
    without: without.sort((one, other) => widestFirst(before.lead, one, other)).slice(0, mostListed),
  }
}

/** Places by rating, from zero, and how far the first is ahead. */
interface Standings {
  places: Int32Array
  first: number
  lead: number
}

function standingsOf(elos: Float64Array): Standings {
  const places = new Int32Array(elos.length)
  const order = Array.from(elos.keys()).sort((x, y) => elos[y]! - elos[x]! || x - y)
  order.forEach((model, place) => (places[model] = place))
  return { places, first: order[0]!, lead: elos[order[0]!]! - elos[order[1]!]! }
}

function compareStandings(
  before: Standings,
  after: Standings | null,
  idOf: (model: number) => string,
): Omit<Without, 'rater' | 'votes'> {
  if (!after) {
    const moved = before.places.length
    return { rated: false, first: null, firstChanges: false, lead: null, moved, furthest: null }
  }
  const changes = Array.from(before.places, (place, model) => Math.abs(after.places[model]! - place))
  const model = changes.indexOf(Math.max(...changes))
  const furthest = { model: idOf(model), from: before.places[model]! + 1, to: after.places[model]! + 1 }
  return {
    rated: true,
    first: idOf(after.first),
    firstChanges: after.first !== before.first,
    lead: after.lead,
    moved: changes.filter((change) => change > 0).length,
    furthest: changes[model]! > 0 ? furthest : null,
  }
}

/**
 * Nothing left to rank, then another first model, then the furthest move of one model, then the most that move, then
 * the lead.
 */
function widestFirst(lead: number, one: Without, other: Without): number {
  const way = ({ furthest }: Without) => (furthest ? Math.abs(furthest.to - furthest.from) : 0)
  const drift = (without: Without) => Math.abs((without.lead ?? lead) - lead)
  return (
    Number(one.rated) - Number(other.rated) ||
    Number(other.firstChanges) - Number(one.firstChanges) ||
    way(other) - way(one) ||
    other.moved - one.moved ||
    drift(other) - drift(one)
  )
}

/** Comparisons without some of their votes; pairs left without any go. */
function subtract(all: Comparisons, part: Comparisons): Comparisons {
  const cells = new Map(Array.from(part.a, (a, cell) => [a * all.models + part.b[cell]!, cell]))
  const minus = (column: 'weight' | 'score' | 'squares0' | 'squares1' | 'squares2') =>
    all[column].map((value, at) => {
      const cell = cells.get(all.a[at]! * all.models + all.b[at]!)
      return cell === undefined ? value : value - part[column][cell]!
    })
  const weight = minus('weight')
  const kept = (_: number, at: number) => weight[at]! > 0
  return {
    models: all.models,
    a: all.a.filter(kept),
    b: all.b.filter(kept),
    weight: weight.filter(kept),
    score: minus('score').filter(kept),
    squares0: minus('squares0').filter(kept),
    squares1: minus('squares1').filter(kept),
    squares2: minus('squares2').filter(kept),
  }
}
