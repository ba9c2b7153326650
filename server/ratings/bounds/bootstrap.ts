import { fitBradleyTerry } from '../fits/bradley-terry.ts'
import type { Comparisons } from '../votes/comparisons.ts'
import { quantile } from '../chance/distributions.ts'
import { graphReport } from '../graph.ts'
import { fisherCovariance } from './intervals.ts'
import { Random } from '../chance/random.ts'
import { CategoryTable, PoissonTables } from '../chance/sampling.ts'
import { meanRating, pointsPerNatural } from '../scale.ts'
import { compareGroups, type VoteGroups } from '../votes/vote-groups.ts'

interface BootstrapOptions {
  seed: number
  rounds: number
  /** The first round to draw: rounds 0–499 and 500–999 drawn apart equal 0–999. */
  firstRound?: number
  /** `multinomial` resamples exactly as many votes as there are; `poisson` lets their number vary, to no first-order effect. */
  scheme?: 'multinomial' | 'poisson'
}

/** Ratings of the rounds that have finite ones, one row of `models` numbers a round, in the order of the rounds. */
interface BootstrapRounds {
  models: number
  rounds: number
  ratings: Float64Array
  /** Rounds whose votes no longer join all models by wins both ways: no finite ratings, left out. */
  nonFinite: number
}

/**
 * Resamples votes and fits each round anew. Drawing the counts of identical votes equals resampling the votes one by
 * one (Efron 1979) at a cost that does not grow with them; with clusters whole raters or items are drawn. A round is
 * fixed by the seed and its number alone.
 */
export function bootstrap(groups: VoteGroups, strengths: Float64Array, options: BootstrapOptions): BootstrapRounds {
  const { seed, rounds, firstRound = 0 } = options
  const { comparisons, cell } = compareGroups(groups)
  const models = groups.models
  const pairs = comparisons.a.length
  const sample = { ...comparisons, weight: new Float64Array(pairs), score: new Float64Array(pairs) }
  const draw = groups.cluster
    ? drawClusters(groups, cell, groups.cluster)
    : drawVotes(groups, cell, options.scheme ?? 'multinomial')
  const refit = refitter(comparisons, strengths)
  const ratings = new Float64Array(rounds * models)
  let finite = 0
  for (let round = firstRound; round < firstRound + rounds; round++) {
    draw(new Random(seed, round), sample)
    const fitted = refit(sample)
    if (!fitted) continue
    const row = finite++ * models
    for (let i = 0; i < models; i++) ratings[row + i] = meanRating + pointsPerNatural * fitted[i]!
  }
  return { models, rounds, ratings: ratings.slice(0, finite * models), nonFinite: rounds - finite }
}

type Draw = (random: Random, sample: Comparisons) => void

/**
 * Independent votes. For exactly N votes: Poisson counts whose sum stays a little below N, then single draws up to N;
 * given its total, a set of Poisson counts is multinomial, so the law is exact.
 */
function drawVotes({ score, weight, count }: VoteGroups, cell: Int32Array, scheme: 'multinomial' | 'poisson'): Draw {
  const total = count.reduce((sum, votes) => sum + votes, 0)
  const share = scheme === 'poisson' ? 1 : Math.max(0, 1 - 2.5 / Math.sqrt(total))
  const tables = share > 0 ? new PoissonTables(count.map((votes) => votes * share)) : null
  const categories = scheme === 'multinomial' ? new CategoryTable(count) : null
  const drawn = new Int32Array(count.length)
  return (random, sample) => {
    let sum = tables ? tables.draw(random, drawn) : 0
    while (tables && categories && sum > total) sum = tables.draw(random, drawn)
    if (!tables) drawn.fill(0)
    if (categories) categories.add(random, total - sum, drawn)
    sample.weight.fill(0)
    sample.score.fill(0)
    for (let k = 0; k < drawn.length; k++) {
      const mass = weight[k]! * drawn[k]!
      sample.weight[cell[k]!]! += mass
      sample.score[cell[k]!]! += mass * score[k]!
    }
  }
}

/** Whole clusters, as many as there are, each as often as it is drawn. */
function drawClusters({ score, weight, count }: VoteGroups, cell: Int32Array, cluster: Int32Array): Draw {
  const clusters = cluster.length === 0 ? 0 : cluster.at(-1)! + 1
  const times = new Int32Array(clusters)
  return (random, sample) => {
    times.fill(0)
    for (let k = 0; k < clusters; k++) times[random.below(clusters)]!++
    sample.weight.fill(0)
    sample.score.fill(0)
    for (let k = 0; k < cell.length; k++) {
      const mass = weight[k]! * count[k]! * times[cluster[k]!]!
      sample.weight[cell[k]!]! += mass
      sample.score[cell[k]!]! += mass * score[k]!
    }
  }
}

/** A last step below this many natural units, a six-thousandth of a point, leaves an error far below itself. */
const roundStep = 1e-6
const mostSteps = 12
/** Above this the inverse information is too large to be worth holding. */
const mostHeld = 400

/**
 * Fits the votes of a round, starting from the strengths of all votes and stepping with their inverse information: the
 * rounds differ little, so a few slopes are enough. A round that does not settle at once is fitted from scratch; one
 * without finite ratings gives null.
 */
function refitter(comparisons: Comparisons, start: Float64Array): (sample: Comparisons) => Float64Array | null {
  const n = comparisons.models
  const joined = joinedBy(comparisons)
  const inverse = n <= mostHeld ? fisherCovariance(comparisons, start).matrix : null
  const usable = inverse !== null && start.every((strength) => Math.abs(strength) < 100)
  const theta = new Float64Array(n)
  const odds = new Float64Array(n)
  const gradient = new Float64Array(n)
  return (sample) => {
    if (!joined(sample) && !graphReport(onlyMet(sample)).connected) return null
    if (usable && settle(sample, inverse)) return theta
    return fitBradleyTerry(onlyMet(sample), { start }).strengths
  }

  function settle({ a, b, weight, score }: Comparisons, matrix: Float64Array): boolean {
    theta.set(start)
    let before = Infinity
    for (let round = 0; round < mostSteps; round++) {
      gradient.fill(0)
      for (let i = 0; i < n; i++) odds[i] = Math.exp(theta[i]!)
      for (let cell = 0; cell < a.length; cell++) {
        const i = a[cell]!
        const j = b[cell]!
        const surplus = score[cell]! - (weight[cell]! * odds[i]!) / (odds[i]! + odds[j]!)
        gradient[i]! += surplus
        gradient[j]! -= surplus
      }
      const moved = advance(matrix)
      if (moved < roundStep) return true
      if (moved > 1 || moved > 0.6 * before) return false
      before = moved
    }
    return false
  }

  function advance(matrix: Float64Array): number {
    let largest = 0
    for (let i = 0; i < n; i++) {
      let step = 0
      for (let j = 0, entry = i * n; j < n; j++, entry++) step += matrix[entry]! * gradient[j]!
      theta[i]! += step
      largest = Math.max(largest, Math.abs(step))
    }
    return largest
  }
}

/** The sample without the pairs that were not drawn. */
function onlyMet(sample: Comparisons): Comparisons {
  const met = sample.a.map((_, cell) => cell).filter((cell) => sample.weight[cell]! > 0)
  const pick = <Column extends Int32Array | Float64Array>(column: Column): Column => {
    return met.length === column.length ? column : (column.filter((_, cell) => sample.weight[cell]! > 0) as Column)
  }
  return {
    ...sample,
    a: pick(sample.a),
    b: pick(sample.b),
    weight: pick(sample.weight),
    score: pick(sample.score),
  }
}

/**
 * A quick proof that wins both ways join all models: the pairs of a spanning tree, taken where most votes go both ways,
 * still have both. Failing it proves nothing.
 */
function joinedBy({ models, a, b, weight, score }: Comparisons): (sample: Comparisons) => boolean {
  const weaker = (cell: number) => Math.min(score[cell]!, weight[cell]! - score[cell]!)
  const order = a.map((_, cell) => cell).sort((x, y) => weaker(y) - weaker(x) || x - y)
  const parent = Int32Array.from({ length: models }, (_, model) => model)
  const root = (model: number): number => {
    while (parent[model] !== model) model = parent[model] = parent[parent[model]!]!
    return model
  }
  const tree: number[] = []
  for (const cell of order) {
    if (root(a[cell]!) === root(b[cell]!)) continue
    parent[root(a[cell]!)] = root(b[cell]!)
    tree.push(cell)
  }
  return (sample) =>
    tree.length === models - 1 &&
    tree.every((cell) => {
      const lost = sample.weight[cell]! - sample.score[cell]!
      return sample.score[cell]! > 1e-9 * sample.weight[cell]! && lost > 1e-9 * sample.weight[cell]!
    })
}

/** Percentile bounds per model, Elo points. */
interface BootstrapSummary {
  lower: Float64Array
  median: Float64Array
  upper: Float64Array
  standardDeviations: Float64Array
  nonFinite: number
  /**
   * More than one round in a hundred had no finite ratings: the bounds leave out exactly the rounds that would widen
   * them.
   */
  unreliable: boolean
}

/** Quantiles over the finite rounds by linear interpolation, and standard deviations with n-1. */
export function summariseBootstrap(bootstrapped: BootstrapRounds, level = 0.95): BootstrapSummary {
  const { models, rounds, ratings, nonFinite } = bootstrapped
  const finite = rounds - nonFinite
  const column = () => new Float64Array(models)
  const summary = { lower: column(), median: column(), upper: column(), standardDeviations: column() }
  const values = new Float64Array(finite)
  for (let i = 0; i < models; i++) {
    for (let round = 0; round < finite; round++) values[round] = ratings[round * models + i]!
    values.sort()
    summary.lower[i] = quantile(values, (1 - level) / 2)
    summary.median[i] = quantile(values, 0.5)
    summary.upper[i] = quantile(values, (1 + level) / 2)
    const mean = values.reduce((sum, value) => sum + value, 0) / finite
    summary.standardDeviations[i] = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (finite - 1))
  }
  return { ...summary, nonFinite, unreliable: nonFinite > rounds / 100 }
}
