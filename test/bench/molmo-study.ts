import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { compareCounts } from '#server/ratings/votes/comparisons.ts'
import type { PairCounts } from '#server/ratings/votes/counts.ts'
import { intervalsOf, sandwichErrors } from '#server/ratings/bounds/intervals.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { rankRanges } from '#server/ratings/bounds/ranks.ts'
import { CategoryTable } from '#server/ratings/chance/sampling.ts'
import { pointsPerNatural, winChance } from '#server/ratings/scale.ts'
import { drawStudy, studyPicture, type StudyRow } from '../support/study-picture.ts'

/** Elo ratings of the 27 models as published in Table 1 of arXiv 2409.17146. */
export const publishedElo: Record<string, number> = {
  'GPT-4o-0513': 1079,
  'Molmo-72B': 1077,
  'Gemini 1.5 Pro': 1074,
  'Claude-3.5 Sonnet': 1069,
  'Llama-3.2V-90B-Instruct': 1063,
  'Molmo-7B-D': 1056,
  'Gemini 1.5 Flash': 1054,
  'LLaVA OneVision-72B': 1051,
  'Molmo-7B-O': 1051,
  'GPT-4V': 1041,
  'Llama-3.2V-11B-Instruct': 1040,
  'Qwen2-VL-72B': 1037,
  'MolmoE-1B': 1032,
  'Qwen2-VL-7B': 1025,
  'LLaVA OneVision-7B': 1024,
  'InternVL2-Llama-3-76B': 1018,
  'Pixtral-12B': 1016,
  'Claude-3 Haiku': 999,
  'Phi3.5-Vision-4B': 982,
  'xGen-MM-interleave-4B': 979,
  'Claude-3 Opus': 971,
  'LLaVA-1.5-13B': 960,
  'InternVL2-8B': 953,
  'Cambrian-1-34B': 953,
  'Cambrian-1-8B': 952,
  'LLaVA-1.5-7B': 951,
  'PaliGemma-mix-3B': 937,
}

const votesOfStudy = 325_000

/** The study's plot in the docs is of this seed. */
export const plottedSeed = 2024

/**
 * The chance of everything a vote can be: an ordered pair of two of the 27 (left, right), all alike, and a verdict, by
 * the published ratings; ties in proportion to p(1-p), a third of them both bad.
 */
function chancesOfVotes(): { pairs: [left: number, right: number][]; chances: Float64Array } {
  const elo = Object.values(publishedElo)
  const pairs = elo.flatMap((_, i) => elo.flatMap((__, j): [number, number][] => (i === j ? [] : [[i, j]])))
  const chances = pairs.flatMap(([i, j]) => {
    const p = winChance((elo[i]! - elo[j]!) / pointsPerNatural)
    const tie = 0.8 * p * (1 - p)
    return [p - tie / 2, 1 - p - tie / 2, (2 * tie) / 3, tie / 3]
  })
  return { pairs, chances: Float64Array.from(chances) }
}

/**
 * Studies again, as if the published ratings were the truth: 325,000 votes on pairs drawn uniformly, sides by a coin,
 * each vote on its own. Fixed by the seed.
 */
function studySimulator(): (seed: number) => PairCounts {
  const { pairs, chances } = chancesOfVotes()
  const table = new CategoryTable(chances)
  const drawn = new Int32Array(chances.length)
  return (seed) => {
    drawn.fill(0)
    table.add(new Random(seed, 27), votesOfStudy, drawn)
    const verdict = (code: number) => Float64Array.from(pairs, (_, pair) => drawn[4 * pair + code]!)
    return {
      models: Object.keys(publishedElo).length,
      a: Int32Array.from(pairs, ([left]) => left),
      b: Int32Array.from(pairs, ([, right]) => right),
      winsA: verdict(0),
      winsB: verdict(1),
      ties: verdict(2),
      bothBad: verdict(3),
    }
  }
}

/** Ratings of a simulated study with 95% intervals, and the truth moved to the same mean of 1000. */
function rateStudy(counts: PairCounts) {
  const elo = Object.values(publishedElo)
  const mean = elo.reduce((sum, rating) => sum + rating, 0) / elo.length
  const comparisons = compareCounts(counts)
  const { ratings, strengths } = fitBradleyTerry(comparisons)
  const intervals = intervalsOf(ratings, sandwichErrors(comparisons, strengths))
  return { ratings, intervals, truth: elo.map((rating) => rating - mean + 1000) }
}

/** How often the intervals of studies hold the truth, and the mean square of error over standard error. */
export function coverageOf(seeds: number): { coverage: number; meanSquare: number } {
  const simulate = studySimulator()
  let held = 0
  let squares = 0
  let count = 0
  for (let seed = 0; seed < seeds; seed++) {
    const { ratings, intervals, truth } = rateStudy(simulate(seed))
    truth.forEach((value, i) => {
      if (intervals.lower[i]! <= value && value <= intervals.upper[i]!) held++
      squares += ((ratings[i]! - value) / intervals.standardErrors[i]!) ** 2
      count++
    })
  }
  return { coverage: held / count, meanSquare: squares / count }
}

/** The plotted study, best first. */
export function plottedStudy(): StudyRow[] {
  const { ratings, intervals, truth } = rateStudy(studySimulator()(plottedSeed))
  const ranks = rankRanges(intervals)
  return Object.keys(publishedElo)
    .map((name, i) => ({
      name,
      rating: ratings[i]!,
      lower: intervals.lower[i]!,
      upper: intervals.upper[i]!,
      truth: truth[i]!,
      rank: ranks.best[i] === ranks.worst[i] ? `${ranks.best[i]}` : `${ranks.best[i]}–${ranks.worst[i]}`,
    }))
    .sort((x, y) => y.rating - x.rating)
}

/**
 * Prints one simulated study, draws it into the docs, then prints the coverage over 200 studies; 1 when it leaves 93 to
 * 97 %, or the mean square 0.9 to 1.1.
 */
export function run(): number {
  const rows = plottedStudy()
  console.log('rank   model                     rating  95 % interval     published, mean 1000')
  for (const { name, rating, lower, upper, truth, rank } of rows) {
    const bounds = `${lower.toFixed(1)} to ${upper.toFixed(1)}`.padEnd(18)
    console.log(`${rank.padEnd(6)} ${name.padEnd(24)} ${rating.toFixed(1).padStart(7)}  ${bounds}${truth.toFixed(1)}`)
  }
  writeFileSync(studyPicture, drawStudy(rows))
  console.log(`drawn in ${relative(process.cwd(), studyPicture)}`)
  const { coverage, meanSquare } = coverageOf(200)
  console.log(
    `over 200 studies: 95 % intervals hold the truth ${(100 * coverage).toFixed(1)} % of the time, mean squared z ${meanSquare.toFixed(3)}`,
  )
  return coverage >= 0.93 && coverage <= 0.97 && meanSquare >= 0.9 && meanSquare <= 1.1 ? 0 : 1
}
