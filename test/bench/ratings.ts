import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { clusteredErrors } from '#server/ratings/bounds/clustered.ts'
import { bootstrap, summariseBootstrap } from '#server/ratings/bounds/bootstrap.ts'
import { rowsAmong } from '#server/ratings/votes/among.ts'
import { compareCounts, type Comparisons } from '#server/ratings/votes/comparisons.ts'
import { countVotes, type PairCounts, type Votes } from '#server/ratings/votes/counts.ts'
import { graphReport } from '#server/ratings/graph.ts'
import { indexVotes, type NamedVote } from '#server/ratings/votes/index-votes.ts'
import { intervalsOf, sandwichCovariance, standardErrors } from '#server/ratings/bounds/intervals.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { rankRanges } from '#server/ratings/bounds/ranks.ts'
import { pointsPerNatural, winChance } from '#server/ratings/scale.ts'
import { groupCounts } from '#server/ratings/votes/vote-groups.ts'

/** One figure beside the time it may take. */
interface Measure {
  name: string
  targetMs: number
  /** Passes whose median counts; the first pass is cold and counts where it is the only one. */
  passes: number
  /** Repeats in a pass, for work too short for the processor's own clock. */
  repeats?: number
  work: () => void
}

/** Times ratings at the sizes that matter and prints medians, targets and peak memory; 1 when a target is missed. */
export function run(): number {
  console.log('Medians by the clock and on one core; a target is held against the time on one core.')
  const met = [...measuresOfStudy(), ...measuresOfLarge(), ...measuresOfSparse()].map(report)
  printScales()
  console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`)
  return met.includes(false) ? 1 : 0
}

function measuresOfStudy(): Measure[] {
  const votes = drawVotes(27, 325_000, 1)
  const rows = nameVotes(votes)
  const counts = countVotes(votes)
  const groups = groupCounts(counts)
  const { strengths } = fitBradleyTerry(compareCounts(counts))
  // The bootstrap comes first: its target is for a cold start.
  return [
    {
      name: '27 models, 325,000 votes: 1,000 exact bootstrap rounds, cold',
      targetMs: 150,
      passes: 1,
      work: () => summariseBootstrap(bootstrap(groups, strengths, { seed: 1, rounds: 1000 })),
    },
    {
      name: '27 models, 325,000 votes: 1,000 Poisson bootstrap rounds',
      targetMs: 150,
      passes: 5,
      work: () => summariseBootstrap(bootstrap(groups, strengths, { seed: 1, rounds: 1000, scheme: 'poisson' })),
    },
    {
      name: '27 models, 325,000 votes: rows in memory to ratings',
      targetMs: 50,
      passes: 7,
      work: () => fitBradleyTerry(compareCounts(countVotes(indexVotes(rows).votes))),
    },
    {
      name: '27 models: counts to a board with intervals',
      targetMs: 1,
      passes: 9,
      repeats: 100,
      work: () => board(counts),
    },
    measureClusters(drawClustered(votes, 870, 15_000, 3), 300, 3),
  ]
}

/** Bounds by rater, by item and two ways from votes in memory. */
function measureClusters(
  votes: Votes & Required<Pick<Votes, 'rater' | 'item'>>,
  targetMs: number,
  passes: number,
): Measure {
  const comparisons = compareCounts(countVotes(votes))
  const { strengths } = fitBradleyTerry(comparisons)
  const size = (column: Int32Array) => (1 + column.reduce((most, one) => Math.max(most, one), 0)).toLocaleString('en')
  return {
    name:
      `${votes.models} models, ${votes.a.length.toLocaleString('en')} votes, ${size(votes.rater)} raters, ` +
      `${size(votes.item)} questions: two-way clustered bounds`,
    targetMs,
    passes,
    work: () => clusteredErrors(votes, 'half', comparisons, strengths),
  }
}

/** The votes with a rater and a question each, raters uneven: the most diligent cast some ten times as many as the median. */
function drawClustered(votes: Votes, raters: number, items: number, seed: number) {
  const random = new Random(seed, 1)
  const rater = Int32Array.from(votes.a, () => Math.floor(raters * random.unit() ** 1.6))
  return { ...votes, rater, item: Int32Array.from(votes.a, () => random.below(items)) }
}

/** What a page of the leaderboard needs from counts. */
function board(counts: PairCounts): void {
  const comparisons = compareCounts(counts)
  const { ratings, strengths } = fitBradleyTerry(comparisons)
  rankRanges(intervalsOf(ratings, standardErrors(sandwichCovariance(comparisons, strengths))))
}

function measuresOfLarge(): Measure[] {
  const votes = drawVotes(200, 10_000_000, 2)
  const counts = countVotes(votes)
  const groups = groupCounts(counts)
  const { strengths } = fitBradleyTerry(compareCounts(counts))
  return [
    {
      name: '200 models, 10,000,000 votes: typed arrays to ratings',
      targetMs: 500,
      passes: 3,
      work: () => fitBradleyTerry(compareCounts(countVotes(votes))),
    },
    {
      name: '200 models, 10,000,000 votes: 1,000 exact bootstrap rounds',
      targetMs: 5000,
      passes: 1,
      work: () => summariseBootstrap(bootstrap(groups, strengths, { seed: 1, rounds: 1000 })),
    },
    measureClusters(drawClustered(votes, 20_000, 1_000_000, 4), 8000, 1),
  ]
}

function measuresOfSparse(): Measure[] {
  const votes = drawVotes(3500, 190_000, 3, 3)
  return [
    {
      name: '3,500 competitors, 190,000 results: typed arrays to ratings',
      targetMs: 1000,
      passes: 3,
      work: () => {
        const fit = fitBradleyTerry(core(compareCounts(countVotes(votes))))
        if (!fit.converged || fit.lastStep > 1e-9) throw new Error(`The sparse fit stopped at ${fit.lastStep}`)
      },
    },
  ]
}

/** The largest group that wins both ways join. */
function core(comparisons: Comparisons): Comparisons {
  const { connected, strong } = graphReport(comparisons)
  return connected ? comparisons : rowsAmong(comparisons, strong[0]!)
}

function report({ name, targetMs, passes, repeats = 1, work }: Measure): boolean {
  const times = Array.from({ length: passes }, () => timeOf(work, repeats))
  const wall = median(times.map(({ wallMs }) => wallMs))
  const onCore = median(times.map(({ coreMs }) => coreMs))
  const met = onCore <= targetMs
  console.log(
    `${name}\n  ${wall.toFixed(2)} ms by the clock, ${onCore.toFixed(2)} ms on one core, ` +
      `target ${targetMs} ms: ${met ? 'met' : 'MISSED'}`,
  )
  return met
}

/** By the clock, and what this thread had of a core: the two part ways on a busy machine. */
function timeOf(work: () => void, repeats = 1): { wallMs: number; coreMs: number } {
  const start = performance.now()
  const before = process.threadCpuUsage()
  for (let repeat = 0; repeat < repeats; repeat++) work()
  const { user, system } = process.threadCpuUsage(before)
  return { wallMs: (performance.now() - start) / repeats, coreMs: (user + system) / 1000 / repeats }
}

function median(values: number[]): number {
  return values.sort((x, y) => x - y)[Math.floor(values.length / 2)]!
}

/** How the parts grow with models and votes, in milliseconds on one core. */
function printScales(): void {
  console.log('models     votes   aggregate ms  fit ms  sandwich ms  1,000 Poisson rounds ms  (one core)')
  for (const [models, size] of [
    [27, 325_000],
    [50, 1_000_000],
    [100, 3_000_000],
    [200, 10_000_000],
  ] as const) {
    const votes = drawVotes(models, size, models)
    let counts: PairCounts | null = null
    const aggregate = timeOf(() => (counts = countVotes(votes))).coreMs
    const comparisons = compareCounts(counts!)
    const fit = fitBradleyTerry(comparisons)
    const again = timeOf(() => fitBradleyTerry(comparisons)).coreMs
    const sandwich = timeOf(() => sandwichCovariance(comparisons, fit.strengths)).coreMs
    const groups = groupCounts(counts!)
    const rounds = timeOf(() => bootstrap(groups, fit.strengths, { seed: 1, rounds: 1000, scheme: 'poisson' })).coreMs
    const cells = [aggregate, again, sandwich, rounds].map((ms, k) => ms.toFixed(1).padStart([12, 8, 13, 25][k]!))
    console.log(`${String(models).padStart(6)} ${String(size).padStart(9)}${cells.join('')}`)
  }
}

/** Votes between models of spread strengths; `skew` above one makes few models meet often. */
function drawVotes(models: number, size: number, seed: number, skew = 1): Votes {
  const random = new Random(seed, 0)
  const ratings = Float64Array.from({ length: models }, () => 120 * random.normal())
  const votes = { models, a: new Int32Array(size), b: new Int32Array(size), verdict: new Uint8Array(size) }
  const pick = () => Math.floor(models * random.unit() ** skew)
  for (let t = 0; t < size; t++) {
    const i = pick()
    let j = pick()
    while (j === i) j = pick()
    const p = winChance((ratings[i]! - ratings[j]!) / pointsPerNatural)
    const tie = 0.8 * p * (1 - p)
    const place = random.unit()
    votes.a[t] = i
    votes.b[t] = j
    votes.verdict[t] = place < tie ? (place < 0.3 * tie ? 3 : 2) : place < p + tie / 2 ? 0 : 1
  }
  return votes
}

const winners = ['model_a', 'model_b', 'tie', 'tie (bothbad)']

/** The same votes as rows of names, every string a fresh one, as a reader would make them. */
function nameVotes({ a, b, verdict }: Votes): NamedVote[] {
  const rows = Array.from(a, (left, t) => [`model-${left}`, `model-${b[t]}`, winners[verdict[t]!]])
  return JSON.parse(
    JSON.stringify(rows.map(([model_a, model_b, winner]) => ({ model_a, model_b, winner }))),
  ) as NamedVote[]
}
