import { setImmediate as breathe } from 'node:timers/promises'
import type { Context } from '../core/context.ts'
import type { QueryCategory } from '../queries/schema.ts'
import { fitBradleyTerry } from '../ratings/bradley-terry.ts'
import { compareCounts, restrictTo, type Comparisons } from '../ratings/comparisons.ts'
import { graphReport } from '../ratings/graph.ts'
import { readCovered } from './covered-votes.ts'
import { countByRater } from './filter-votes.ts'
import { countColumns } from './fit-board.ts'
import { findBoardStudy, readModels, seesAll } from './read-boards.ts'
import type { Fragility } from './schema.ts'
import { fewestRaters, tooFewRaters } from './what-if.ts'

/** What one rater's absence would do; nobody is named. */
interface WidestChange {
  places: number
  modelId: string
  votes: number
}

interface Found {
  raters: number
  widest: WidestChange | null
}

/** By snapshot: they never change, so each is worked out once. */
const known = new Map<string, Promise<Found>>()
const mostKnown = 50

/**
 * The largest change of place that leaving out any one rater would bring to a board's newest snapshot: a fit for each
 * rater, from where the whole fit ended. Throws no-snapshot, too-few-raters, too-slow, and what getBoard throws.
 */
export async function readFragility(
  ctx: Context,
  slug: string,
  category: QueryCategory | null = null,
): Promise<Fragility> {
  const study = await findBoardStudy(ctx, slug)
  const models = await readModels(ctx, study)
  const covered = await readCovered(ctx, study.id, category)
  const found = known.get(covered.id) ?? leaveEachOut(ctx, covered)
  if (known.size >= mostKnown) known.delete(known.keys().next().value!)
  known.set(covered.id, found)
  found.catch(() => known.delete(covered.id))
  const { raters, widest } = await found
  if (raters < fewestRaters && !seesAll(ctx)) throw tooFewRaters()
  const model = models.find(({ id }) => id === widest?.modelId)
  return {
    snapshotId: covered.id,
    raters,
    places: widest?.places ?? 0,
    model: model?.name ?? null,
    votes: widest?.votes ?? 0,
  }
}

async function leaveEachOut(ctx: Context, covered: Awaited<ReturnType<typeof readCovered>>): Promise<Found> {
  const { ratings, counts } = covered
  const rated = Array.from(ratings.keys()).filter((model) => ratings[model]!.elo !== null)
  const byRater = await countByRater(ctx, covered)
  if (rated.length < 2) return { raters: byRater.length, widest: null }
  const columns = countColumns(
    ratings.map(({ modelId }) => ({ id: modelId })),
    counts,
  )
  const all = restrictTo(compareCounts(columns), rated)
  const { strengths } = fitBradleyTerry(all)
  const before = placesOf(strengths)
  let widest: WidestChange | null = null
  for (const [rater, own] of byRater.entries()) {
    if (rater % 16 === 15) await breathe() // votes being cast come first
    const rest = subtract(all, restrictTo(compareCounts(own), rated))
    // Whoever alone joins two groups leaves no ranking behind: every place may change.
    const after = graphReport(rest).connected ? placesOf(fitBradleyTerry(rest, { start: strengths }).strengths) : null
    const changes = Array.from(before, (place, model) => (after ? Math.abs(after[model]! - place) : rated.length - 1))
    const places = Math.max(...changes)
    if (places > (widest?.places ?? 0)) {
      const votes = own.winsA.reduce(
        (sum, _, cell) => sum + own.winsA[cell]! + own.winsB[cell]! + own.ties[cell]! + own.bothBad[cell]!,
        0,
      )
      widest = { places, modelId: ratings[rated[changes.indexOf(places)]!]!.modelId, votes }
    }
  }
  return { raters: byRater.length, widest }
}

function placesOf(strengths: Float64Array): Int32Array {
  const places = new Int32Array(strengths.length)
  const order = Array.from(strengths.keys()).sort((x, y) => strengths[y]! - strengths[x]! || x - y)
  order.forEach((model, place) => (places[model] = place))
  return places
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
