import { fitBradleyTerry } from '../fits/bradley-terry.ts'
import { checkVotes, type Votes } from '../votes/counts.ts'
import { normalTail, twoSided } from '../chance/distributions.ts'
import { scoreAt, votesByRater } from './raters.ts'
import { winChance } from '../scale.ts'
import { compareVotes } from '../votes/vote-groups.ts'

/** A rater whose votes do not look like the others'. A proposal with its evidence; removal is for a person to decide. */
interface FlaggedRater {
  rater: number
  votes: number
  /**
   * Which test flagged the rater: a side preferred, votes that fit the others badly, or one model favoured or punished.
   */
  reason: 'side' | 'fit' | 'model'
  z: number
  /** After correction for the three tests. */
  pValue: number
  /** The model in question where the reason is `model`. */
  model: number | null
}

interface FlagOptions {
  /** The share of flagged raters that may be honest, on average. */
  falseDiscovery?: number
  /** Raters with fewer votes are not judged. */
  leastVotes?: number
}

/** How many times flagged raters are left out of the fit and all are judged again by it. */
const passes = 3

/**
 * Finds raters whose votes do not fit those of the others, with false discoveries held at a share by the procedure of
 * Benjamini and Hochberg (1995). Each rater is judged by the ratings of all raters not flagged before, with three
 * tests: the score of the left side, how far the rater follows the odds of the others (too little only), and the score
 * of any one model; the smallest p-value is multiplied by three.
 */
export function flagRaters(votes: Votes, options: FlagOptions = {}): FlaggedRater[] {
  const { falseDiscovery = 0.05, leastVotes = 5 } = options
  checkVotes(votes)
  const byRater = votesByRater(votes)
  let flagged: FlaggedRater[] = []
  for (let pass = 0; pass < passes; pass++) {
    const out = new Set(flagged.map(({ rater }) => rater))
    const outcomes = outcomeModel(keepVotes(votes, (t) => !out.has(votes.rater![t]!)))
    const judged = byRater
      .map((own, rater) => ({ own, rater }))
      .filter(({ own }) => own.length >= leastVotes)
      .map(({ own, rater }) => judge(votes, own, rater, outcomes))
    const next = underFalseDiscovery(judged, falseDiscovery)
    const same = next.length === flagged.length && next.every(({ rater }) => out.has(rater))
    flagged = next
    if (same) break
  }
  return flagged.sort((x, y) => x.pValue - y.pValue || x.rater - y.rater)
}

function keepVotes(votes: Votes, keep: (t: number) => boolean): Votes {
  const filter = (_: number, t: number) => keep(t)
  return {
    models: votes.models,
    a: votes.a.filter(filter),
    b: votes.b.filter(filter),
    verdict: votes.verdict.filter(filter),
  }
}

/** Chances of the left model's win and of a tie. */
type Outcomes = (a: number, b: number) => { win: number; tie: number }

/**
 * Chances of the three outcomes from votes: Bradley–Terry with a faint prior, so that it always exists, and ties in
 * proportion to p(1-p), which keeps the expected score at p.
 */
function outcomeModel(votes: Votes): Outcomes {
  const comparisons = compareVotes(votes)
  const { strengths } = fitBradleyTerry(comparisons, { penalty: 0.05 })
  const evenness = comparisons.weight.reduce((sum, count, cell) => {
    const p = winChance(strengths[comparisons.a[cell]!]! - strengths[comparisons.b[cell]!]!)
    return sum + count * p * (1 - p)
  }, 0)
  const ties = votes.verdict.reduce((sum, verdict) => sum + (verdict >= 2 ? 1 : 0), 0)
  const rate = evenness > 0 ? ties / evenness : 0
  return (a, b) => {
    const p = winChance(strengths[a]! - strengths[b]!)
    const tie = Math.min(rate * p * (1 - p), 1.98 * Math.min(p, 1 - p))
    return { win: p - tie / 2, tie }
  }
}

function judge(votes: Votes, own: Int32Array, rater: number, outcomes: Outcomes): FlaggedRater {
  const side = { sum: 0, variance: 0 }
  const fit = { sum: 0, variance: 0 }
  const models = new Map<number, { sum: number; variance: number }>()
  for (const t of own) {
    const { win, tie } = outcomes(votes.a[t]!, votes.b[t]!)
    const expected = win + tie / 2
    const score = scoreAt(votes, t)
    const surplus = score - expected
    const variance = win + tie / 4 - expected ** 2
    side.sum += surplus
    side.variance += variance
    for (const [model, sign] of [[votes.a[t]!, 1] as const, [votes.b[t]!, -1] as const]) {
      const entry = models.get(model) ?? { sum: 0, variance: 0 }
      entry.sum += sign * surplus
      entry.variance += variance
      models.set(model, entry)
    }
    const odds = Math.log(expected / (1 - expected))
    fit.sum += odds * surplus
    fit.variance += odds * odds * variance
  }
  const standardise = ({ sum, variance }: { sum: number; variance: number }) =>
    sum / Math.sqrt(Math.max(variance, 1e-12))
  const sideZ = standardise(side)
  const fitZ = standardise(fit)
  let [model, modelZ] = [-1, 0]
  for (const [candidate, entry] of models) {
    const z = standardise(entry)
    if (Math.abs(z) > Math.abs(modelZ)) [model, modelZ] = [candidate, z]
  }
  const tests = [
    { reason: 'side' as const, z: sideZ, pValue: twoSided(sideZ), model: null },
    { reason: 'fit' as const, z: fitZ, pValue: normalTail(-fitZ), model: null },
    { reason: 'model' as const, z: modelZ, pValue: Math.min(1, twoSided(modelZ) * models.size), model },
  ]
  const strongest = tests.reduce((best, test) => (test.pValue < best.pValue ? test : best))
  return { rater, votes: own.length, ...strongest, pValue: Math.min(1, 3 * strongest.pValue) }
}

/** Benjamini and Hochberg 1995: the largest k whose k-th smallest p-value is at most k/m of the level. */
function underFalseDiscovery(judged: FlaggedRater[], level: number): FlaggedRater[] {
  const ascending = judged.toSorted((x, y) => x.pValue - y.pValue || x.rater - y.rater)
  const last = ascending.findLastIndex(({ pValue }, k) => pValue <= (level * (k + 1)) / ascending.length)
  return ascending.slice(0, last + 1)
}
