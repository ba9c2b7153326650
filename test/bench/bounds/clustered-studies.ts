import { clusteredErrors } from '#server/ratings/bounds/clustered.ts'
import { differenceVariance, sandwichCovariance } from '#server/ratings/bounds/intervals.ts'
import { widestReach } from '#server/ratings/bounds/ways.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { pointsPerNatural, winChance } from '#server/ratings/scale.ts'
import { emptyComparisons } from '#server/ratings/votes/comparisons.ts'
import type { Votes } from '#server/ratings/votes/counts.ts'
import { compareVotes } from '#server/ratings/votes/vote-groups.ts'

/** How a study is drawn; effects are standard deviations of a rater's, and a question's, own liking of a model, natural units. */
export interface ClusteredStudy {
  models: number
  raters: number
  /** Votes of a rater: all alike, or log-normal with this standard deviation of their logarithm. */
  spread: number
  votesEach: number
  items: number
  raterEffect: number
  itemEffect: number
  /** Ties of an even pair. */
  ties: number
}

/** Shares of the differences, over studies, whose interval holds the population-averaged difference. */
export interface Coverage {
  clustered: number
  /** As boards took votes before: each on its own. */
  independent: number
  differences: number
}

/** Studies drawn from a seed, their intervals held against the truth. */
export function coverClustered(study: ClusteredStudy, studies: number, seed: number): Coverage {
  const found = { clustered: 0, independent: 0, differences: 0 }
  const strengths = Float64Array.from({ length: study.models }, (_, k) => (k / (study.models - 1) - 0.5) * 1.2)
  const truth = averagedStrengths(study, strengths)
  for (let k = 0; k < studies; k++) {
    const votes = drawStudy(study, strengths, new Random(seed, k))
    const comparisons = compareVotes(votes)
    const fit = fitBradleyTerry(comparisons)
    const { ofDifference } = widestReach(clusteredErrors(votes, 'half', comparisons, fit.strengths).ways)
    const plain = sandwichCovariance(comparisons, fit.strengths)
    for (let i = 0; i < study.models; i++) {
      for (let j = 0; j < i; j++) {
        const off = Math.abs(fit.strengths[i]! - fit.strengths[j]! - truth[i]! + truth[j]!)
        found.differences++
        if (off * pointsPerNatural <= ofDifference(i, j).reach) found.clustered++
        if (off <= 1.959964 * Math.sqrt(differenceVariance(plain, i, j))) found.independent++
      }
    }
  }
  return {
    clustered: found.clustered / found.differences,
    independent: found.independent / found.differences,
    differences: found.differences,
  }
}

function drawStudy(study: ClusteredStudy, strengths: Float64Array, random: Random): Votes {
  const { models, raters, items, votesEach, spread, raterEffect, itemEffect, ties } = study
  const effects = (count: number, size: number) =>
    Float64Array.from({ length: count * models }, () => size * random.normal())
  const [ofRater, ofItem] = [effects(raters, raterEffect), effects(items, itemEffect)]
  const lengths = Array.from({ length: raters }, () =>
    Math.max(1, Math.round(votesEach * Math.exp(spread * random.normal() - (spread * spread) / 2))),
  )
  const size = lengths.reduce((sum, length) => sum + length, 0)
  const column = () => new Int32Array(size)
  const votes = { models, a: column(), b: column(), verdict: new Uint8Array(size), rater: column(), item: column() }
  let t = 0
  for (let rater = 0; rater < raters; rater++) {
    for (let own = 0; own < lengths[rater]!; own++, t++) {
      const a = random.below(models)
      const b = (a + 1 + random.below(models - 1)) % models
      const item = random.below(items)
      const liking = (model: number) =>
        strengths[model]! + ofRater[rater * models + model]! + ofItem[item * models + model]!
      const p = winChance(liking(a) - liking(b))
      const tie = 2 * ties * Math.min(p, 1 - p)
      const place = random.unit()
      votes.a[t] = a
      votes.b[t] = b
      votes.rater[t] = rater
      votes.item[t] = item
      votes.verdict[t] = place < tie ? 2 : place < p + tie / 2 ? 0 : 1
    }
  }
  return votes
}

/**
 * What half-tie Bradley–Terry estimates of such a crowd: its fit to each pair's score averaged over all raters and
 * questions, which lies nearer together than the strengths that the votes were drawn from.
 */
function averagedStrengths({ models, raterEffect, itemEffect }: ClusteredStudy, strengths: Float64Array): Float64Array {
  const pairs = (models * (models - 1)) / 2
  const averaged = emptyComparisons(models, pairs)
  const spread = Math.hypot(raterEffect, itemEffect) * Math.SQRT2
  for (let i = 0, cell = 0; i < models; i++) {
    for (let j = i + 1; j < models; j++, cell++) {
      averaged.a[cell] = i
      averaged.b[cell] = j
      averaged.weight[cell] = 1
      averaged.score[cell] = averageChance(strengths[i]! - strengths[j]!, spread)
    }
  }
  return fitBradleyTerry(averaged).strengths
}

/** E σ(z + spread·Z) over a normal Z. */
function averageChance(z: number, spread: number): number {
  let sum = 0
  let mass = 0
  for (let x = -8; x <= 8; x += 0.02) {
    const density = Math.exp((-x * x) / 2)
    sum += density * winChance(z + spread * x)
    mass += density
  }
  return sum / mass
}
