import { fitBradleyTerry } from './bradley-terry.ts'
import type { Comparisons } from './comparisons.ts'
import { checkVotes, verdictCode, type Votes } from './counts.ts'
import { binomialTwoSided, normalTail, twoSided } from './distributions.ts'
import { winChance } from './scale.ts'
import { compareVotes } from './vote-groups.ts'

/** What one rater's votes look like beside a fit. */
export interface RaterDiagnostics {
  rater: number
  votes: number
  decisive: number
  /** Decisive votes for the left side, and how likely a fair coin is to be as far off (exact, two-sided). */
  left: number
  leftP: number
  /** Mean of o·ln p + (1-o)·ln(1-p), p the fit's chance of the left model. */
  meanLogLikelihood: number
  /** Share of decisive votes for the model that the fit favours; NaN without decisive votes. */
  favouriteAgreement: number
  /** Repeats and alternations of the side chosen (`runsZ`); NaN where the rater chose one side only. */
  runs: number
}

/** A rater whose votes do not look like the others'. A proposal with its evidence; removal is for a person to decide. */
export interface FlaggedRater {
  rater: number
  votes: number
  /** Which test spoke: a side preferred, votes that fit the others badly, or one model favoured or punished. */
  reason: 'side' | 'fit' | 'model'
  z: number
  /** After correction for the three tests. */
  pValue: number
  /** The model in question where the reason is `model`. */
  model: number | null
}

/** The positions of each rater's votes, in the order of the votes. */
function votesByRater(votes: Votes): Int32Array[] {
  if (!votes.rater) throw new RangeError('rater diagnostics need the rater of every vote')
  const lists: number[][] = []
  votes.rater.forEach((rater, t) => (lists[rater] ??= []).push(t))
  return Array.from(lists, (list) => Int32Array.from(list ?? []))
}

/** The score of the left model in vote t. */
function scoreAt({ verdict }: Votes, t: number): number {
  return verdict[t] === verdictCode.model_a ? 1 : verdict[t] === verdictCode.model_b ? 0 : 0.5
}

/** Describes every rater beside natural strengths, usually those fitted to all votes. */
export function diagnoseRaters(votes: Votes, strengths: Float64Array): RaterDiagnostics[] {
  return votesByRater(votes).map((own, rater) => {
    let logLikelihood = 0
    let favourite = 0
    const decisive = own.filter((t) => votes.verdict[t]! < 2)
    for (const t of own) {
      const z = strengths[votes.a[t]!]! - strengths[votes.b[t]!]!
      const score = scoreAt(votes, t)
      logLikelihood += score * Math.log(winChance(z)) + (1 - score) * Math.log(winChance(-z))
      if (score !== 0.5 && z > 0 === (score === 1)) favourite++
    }
    const sides = decisive.map((t) => votes.verdict[t]!)
    const left = sides.filter((side) => side === verdictCode.model_a).length
    return {
      rater,
      votes: own.length,
      decisive: decisive.length,
      left,
      leftP: binomialTwoSided(left, decisive.length),
      meanLogLikelihood: logLikelihood / own.length,
      favouriteAgreement: favourite / decisive.length,
      runs: runsZ(sides),
    }
  })
}

/**
 * The runs test (Wald and Wolfowitz 1940) on a row of two choices: far below zero, the same choice comes in long rows; far
 * above, choices alternate. NaN where only one was made.
 */
export function runsZ(choices: ArrayLike<number>): number {
  const total = choices.length
  let ones = 0
  let runs = 0
  for (let k = 0; k < total; k++) {
    if (choices[k] === choices[0]) ones++
    if (k === 0 || choices[k] !== choices[k - 1]) runs++
  }
  const product = 2 * ones * (total - ones)
  const variance = (product * (product - total)) / (total * total * (total - 1))
  return ones === total ? NaN : (runs - 1 - product / total) / Math.sqrt(variance)
}

export interface FlagOptions {
  /** The share of flagged raters that may be honest, on average. */
  falseDiscovery?: number
  /** Raters with fewer votes are not judged. */
  leastVotes?: number
}

/** Flagged raters are left out of the fit that judges, and the rest judged anew, this often. */
const passes = 3

/**
 * Finds raters whose votes do not fit those of the others, with false discoveries held at a share by the procedure of
 * Benjamini and Hochberg (1995). Each rater is judged by the ratings of all raters not flagged before, with three tests:
 * the score of the left side, how far the rater follows the odds of the others (too little only), and the score of any one
 * model; the smallest
 * p-value counts three times.
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
  const comparisons: Comparisons = compareVotes(votes)
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

/** Marks (1) the votes that repeat an earlier one of the same rater on the same item and unordered pair. */
export function markRepeats({ models, a, b, rater, item }: Votes): Uint8Array {
  if (!rater || !item) throw new RangeError('repeats need the rater and the item of every vote')
  const seen = new Set<string>()
  return Uint8Array.from(a, (left, t) => {
    const pair = Math.min(left, b[t]!) * models + Math.max(left, b[t]!)
    const key = `${rater[t]},${item[t]},${pair}`
    if (seen.has(key)) return 1
    seen.add(key)
    return 0
  })
}

/** Marks (1) the votes beyond a rater's first `limit` of a UTC day; times in Unix seconds, votes in the order of time. */
export function markBeyondDailyLimit(rater: Int32Array, unixSeconds: ArrayLike<number>, limit: number): Uint8Array {
  const cast = new Map<string, number>()
  return Uint8Array.from(rater, (one, t) => {
    const key = `${one},${Math.floor(unixSeconds[t]! / 86_400)}`
    const before = cast.get(key) ?? 0
    cast.set(key, before + 1)
    return before >= limit ? 1 : 0
  })
}
