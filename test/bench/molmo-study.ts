import { fitBradleyTerry } from '#server/ratings/bradley-terry.ts'
import { compareCounts } from '#server/ratings/comparisons.ts'
import { countVotes, type Votes } from '#server/ratings/counts.ts'
import { intervalsOf, sandwichCovariance, standardErrors } from '#server/ratings/intervals.ts'
import { Random } from '#server/ratings/random.ts'
import { rankRanges } from '#server/ratings/ranks.ts'
import { pointsPerNatural, winChance } from '#server/ratings/scale.ts'

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

/**
 * The study again, as if its published ratings were the truth: 325,000 votes on pairs drawn uniformly, sides by a coin,
 * ties in proportion to p(1-p), a third of them both bad. Fixed by the seed.
 */
export function simulateStudy(seed: number): Votes {
  const random = new Random(seed, 27)
  const elo = Object.values(publishedElo)
  const votes = {
    models: elo.length,
    a: new Int32Array(votesOfStudy),
    b: new Int32Array(votesOfStudy),
    verdict: new Uint8Array(votesOfStudy),
  }
  for (let t = 0; t < votesOfStudy; t++) {
    const i = random.below(elo.length)
    const j = (i + 1 + random.below(elo.length - 1)) % elo.length
    const p = winChance((elo[i]! - elo[j]!) / pointsPerNatural)
    const tie = 0.8 * p * (1 - p)
    const place = random.unit()
    votes.a[t] = i
    votes.b[t] = j
    votes.verdict[t] = place < tie ? (place < tie / 3 ? 3 : 2) : place < p + tie / 2 ? 0 : 1
  }
  return votes
}

/** Ratings of a simulated study with 95% intervals, and the truth moved to the same mean of 1000. */
export function rateStudy(seed: number) {
  const elo = Object.values(publishedElo)
  const mean = elo.reduce((sum, rating) => sum + rating, 0) / elo.length
  const comparisons = compareCounts(countVotes(simulateStudy(seed)))
  const { ratings, strengths } = fitBradleyTerry(comparisons)
  const intervals = intervalsOf(ratings, standardErrors(sandwichCovariance(comparisons, strengths)))
  return { ratings, intervals, truth: elo.map((rating) => rating - mean + 1000) }
}

/** How often the intervals of studies hold the truth, and the mean square of error over standard error. */
export function coverageOf(seeds: number): { coverage: number; meanSquare: number } {
  let held = 0
  let squares = 0
  let count = 0
  for (let seed = 0; seed < seeds; seed++) {
    const { ratings, intervals, truth } = rateStudy(seed)
    truth.forEach((value, i) => {
      if (intervals.lower[i]! <= value && value <= intervals.upper[i]!) held++
      squares += ((ratings[i]! - value) / intervals.standardErrors[i]!) ** 2
      count++
    })
  }
  return { coverage: held / count, meanSquare: squares / count }
}

/** Prints one simulated study, then the coverage over 200; 1 when it leaves 93 to 97 %, or the mean square 0.9 to 1.1. */
export function run(): number {
  const { ratings, intervals, truth } = rateStudy(2024)
  const ranks = rankRanges(intervals)
  console.log('rank   model                     rating  95 % interval     published, mean 1000')
  Object.keys(publishedElo)
    .map((name, i) => ({ name, i }))
    .sort((x, y) => ratings[y.i]! - ratings[x.i]!)
    .forEach(({ name, i }) => {
      const range = `${ranks.best[i]}–${ranks.worst[i]}`.padEnd(6)
      const bounds = `${intervals.lower[i]!.toFixed(1)} to ${intervals.upper[i]!.toFixed(1)}`.padEnd(18)
      console.log(`${range} ${name.padEnd(24)} ${ratings[i]!.toFixed(1).padStart(7)}  ${bounds}${truth[i]!.toFixed(1)}`)
    })
  const { coverage, meanSquare } = coverageOf(200)
  console.log(
    `over 200 studies: 95 % intervals hold the truth ${(100 * coverage).toFixed(1)} % of the time, mean squared z ${meanSquare.toFixed(3)}`,
  )
  return coverage >= 0.93 && coverage <= 0.97 && meanSquare >= 0.9 && meanSquare <= 1.1 ? 0 : 1
}
