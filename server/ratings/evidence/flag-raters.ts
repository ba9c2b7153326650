import { fitBradleyTerry } from '../fits/bradley-terry.ts'
import { checkVotes, type Votes } from '../votes/counts.ts'
import { normalTail, twoSided } from '../chance/distributions.ts'
import { scoreAt, votesByRater } from './raters.ts'
import { winChance } from '../scale.ts'
import { compareVotes } from '../votes/vote-groups.ts'

/**
 * What a test found of a rater: a side preferred, votes that fit the others badly, one model favoured or punished, the
 * longer or the shorter answer preferred; haste, disagreement on shared items and missed gold are judged elsewhere.
 */
export interface RaterTest {
  reason: 'side' | 'fit' | 'model' | 'length' | 'speed' | 'agreement' | 'gold'
  /** How far from what the others' votes would give, in standard errors; NaN where the test has none. */
  z: number
  pValue: number
  /** The model in question where the reason is `model`. */
  model: number | null
}

/** A rater whose votes do not look like the others'. A proposal with its evidence; removal is for a person to decide. */
interface FlaggedRater extends RaterTest {
  rater: number
  votes: number
}

/** A rater with the strongest test, its `pValue` after correction for the number of tests, and all of them. */
export interface JudgedRater extends FlaggedRater {
  flagged: boolean
  tests: RaterTest[]
}

interface FlagOptions {
  /** The share of flagged raters that may be honest, on average. */
  falseDiscovery?: number
  /** Raters with fewer votes are not judged. */
  leastVotes?: number
}

interface JudgeOptions extends FlagOptions {
  /** By vote: 1 where the left answer is the longer one, -1 where the right one is, 0 where they are alike. */
  longer?: Int8Array
  /** By rater: tests made elsewhere, which share the correction and the false discoveries. */
  further?: readonly (readonly RaterTest[])[]
  /** How far anybody may lean to a side, or to length beyond the others, in mean score: only what is beyond it counts. */
  leanAllowed?: number
  /** Raters who are judged, but whose votes the others are never judged by. */
  outside?: ReadonlySet<number>
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
  return judgeRaters(votes, options)
    .filter(({ flagged }) => flagged)
    .map(({ rater, votes, reason, z, pValue, model }) => ({ rater, votes, reason, z, pValue, model }))
    .sort((x, y) => x.pValue - y.pValue || x.rater - y.rater)
}

/**
 * Judges every rater as `flagRaters` does, whether flagged or not, by number. Where the lengths of the answers are known
 * a fourth test asks for a preference of the longer or shorter one beyond that of the others.
 */
export function judgeRaters(votes: Votes, options: JudgeOptions = {}): JudgedRater[] {
  const { falseDiscovery = 0.05, leastVotes = 5, longer, leanAllowed = 0, further = [], outside } = options
  checkVotes(votes)
  const byRater = votesByRater(votes)
  let flagged = new Set<number>()
  for (let pass = 1; ; pass++) {
    const belongs = (rater: number) => !flagged.has(rater) && !outside?.has(rater)
    const crowd = { ...crowdOf(votes, belongs, longer), leanAllowed }
    const judged = byRater
      .map((own, rater) => ({ own, rater }))
      .filter(({ own }) => own.length >= leastVotes)
      .map(({ own, rater }) => judge(votes, own, rater, crowd, further[rater] ?? []))
    const next = underFalseDiscovery(judged, falseDiscovery)
    const same = next.size === flagged.size && [...next].every((rater) => flagged.has(rater))
    flagged = next
    if (same || pass === passes) return judged.map((one) => ({ ...one, flagged: flagged.has(one.rater) }))
  }
}

/** What a rater is judged by: the chances of the outcomes, and how far the longer answer scores beyond them. */
interface Crowd {
  outcomes: Outcomes
  longer: Int8Array | undefined
  /** Mean score of the longer answer beyond what the ratings give. */
  lengthEffect: number
  leanAllowed: number
}

function crowdOf(
  votes: Votes,
  belongs: (rater: number) => boolean,
  longer: Int8Array | undefined,
): Omit<Crowd, 'leanAllowed'> {
  const outcomes = outcomeModel(keepVotes(votes, (t) => belongs(votes.rater![t]!)))
  let sum = 0
  let unlike = 0
  for (let t = 0; longer && t < longer.length; t++) {
    if (longer[t] === 0 || !belongs(votes.rater![t]!)) continue
    const { win, tie } = outcomes(votes.a[t]!, votes.b[t]!)
    sum += longer[t]! * (scoreAt(votes, t) - win - tie / 2)
    unlike++
  }
  return { outcomes, longer, lengthEffect: unlike > 0 ? sum / unlike : 0 }
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

interface Surplus {
  sum: number
  variance: number
}

const standardise = ({ sum, variance }: Surplus) => sum / Math.sqrt(Math.max(variance, 1e-12))

/** What is left of a sum beyond what is allowed in either direction. */
const beyond = ({ sum, variance }: Surplus, allowed: number): Surplus => ({
  sum: Math.sign(sum) * Math.max(0, Math.abs(sum) - allowed),
  variance,
})

function judge(
  votes: Votes,
  own: Int32Array,
  rater: number,
  { outcomes, longer, lengthEffect, leanAllowed }: Crowd,
  further: readonly RaterTest[],
): Omit<JudgedRater, 'flagged'> {
  const side = { sum: 0, variance: 0 }
  const fit = { sum: 0, variance: 0 }
  const length = { sum: 0, variance: 0 }
  let unlike = 0
  const models = new Map<number, Surplus>()
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
    const towards = longer?.[t] ?? 0
    if (towards === 0) continue
    length.sum += towards * surplus - lengthEffect
    length.variance += variance
    unlike++
  }
  const fitZ = standardise(fit)
  const tests: RaterTest[] = [
    twoSidedTest('side', standardise(beyond(side, leanAllowed * own.length))),
    { reason: 'fit', z: fitZ, pValue: normalTail(-fitZ), model: null },
    modelTest(models),
    ...(longer ? [twoSidedTest('length', standardise(beyond(length, leanAllowed * unlike)))] : []),
    ...further,
  ]
  const strongest = tests.reduce((best, test) => (test.pValue < best.pValue ? test : best))
  return { rater, votes: own.length, ...strongest, pValue: Math.min(1, tests.length * strongest.pValue), tests }
}

function twoSidedTest(reason: RaterTest['reason'], z: number): RaterTest {
  return { reason, z, pValue: twoSided(z), model: null }
}

/** The model whose score is furthest off, its p-value corrected for the number of models. */
function modelTest(models: Map<number, Surplus>): RaterTest {
  let [model, z] = [-1, 0]
  for (const [candidate, entry] of models) {
    const own = standardise(entry)
    if (Math.abs(own) > Math.abs(z)) [model, z] = [candidate, own]
  }
  return { reason: 'model', z, pValue: Math.min(1, twoSided(z) * models.size), model }
}

/** Benjamini and Hochberg 1995: the largest k whose k-th smallest p-value is at most k/m of the level. */
function underFalseDiscovery(judged: { rater: number; pValue: number }[], level: number): Set<number> {
  const ascending = judged.toSorted((x, y) => x.pValue - y.pValue || x.rater - y.rater)
  const last = ascending.findLastIndex(({ pValue }, k) => pValue <= (level * (k + 1)) / ascending.length)
  return new Set(ascending.slice(0, last + 1).map(({ rater }) => rater))
}
