import { binomialTail, binomialTwoSided, quantile } from '../chance/distributions.ts'
import type { Votes } from '../votes/counts.ts'
import { labelVotes, majorityCounts } from './agreement.ts'
import { judgeRaters, type JudgedRater, type RaterTest } from './flag-raters.ts'
import { votesByRater } from './raters.ts'

/** Votes with what is known of how they were given. */
export interface WatchedVotes extends Votes {
  rater: Int32Array
  item: Int32Array
  /** Time on the card; NaN where it was not measured. */
  seconds: Float64Array
  /** As `judgeRaters` takes it. */
  longer: Int8Array
}

/** So many of so many. */
interface Share {
  count: number
  of: number
}

/** What the votes of one rater look like, and what the tests make of it. */
export interface RaterFigures {
  rater: number
  votes: number
  /** NaN where no time was measured. */
  medianSeconds: number
  hasty: Share
  /** Of the decided verdicts, those for the left side, and how likely a fair coin is to be as far off. */
  left: Share
  leftP: number
  ties: Share
  /** Of the decided verdicts on answers of unlike length, those for the longer one. */
  longer: Share
  /** Of the verdicts on what others judged too, those that match the most frequent one of theirs. */
  agreement: Share
  /** Of the gold items judged, those judged right. */
  gold: Share
  /** Null for a rater with too few votes to be judged. */
  judged: JudgedRater | null
}

/**
 * The rules by which a rater is proposed to be excluded. Each figure's source stands beside it; `docs/figures.md` has what
 * they find in simulated studies.
 */
export const raterRules = {
  /** Raters with fewer votes are not judged. */
  leastVotes: 20,
  /** Of those proposed, the share that may be honest on average (Benjamini and Hochberg 1995). */
  falseDiscovery: 0.05,
  /** A card is hasty below two seconds (Huang and others 2012 take that for one item of a questionnaire) … */
  floorSeconds: 2,
  /** … or below this part of the study's median card (Greszki, Meyer and Schoen 2015 test 0.3 to 0.5). */
  floorOfMedian: 0.3,
  /** Whoever is hasty on more than this share of their cards is not merely quick. */
  hastyAllowed: 0.5,
  /** Nobody is without a lean: so much to a side, or to length beyond the others, in mean score, is no carelessness. */
  leanAllowed: 0.05,
  /** A diligent rater judges this share of gold items right; whoever does is proposed for fewer at this level at most. */
  goldAccuracy: 0.92,
  goldLevel: 0.001,
  /** Gold says something from so many items on. */
  leastGold: 5,
  /** Agreement with others says something from so many shared items on. */
  leastShared: 10,
  /** Careless people expected among raters by any one rule, and by all (Meade and Craig 2012: 10 to 12 %). */
  expectedByRule: 0.1,
  expectedByAll: 0.15,
  /** A rule that proposes more, and that would do so by chance less often than this, raises the alarm. */
  alarmLevel: 0.05,
}

/**
 * A study's raters by number, and the bound below which a card was hasty, in seconds. `outside` as in `judgeRaters`; `gold`:
 * by rater, the gold items judged and those judged right.
 */
export function studyRaters(
  votes: WatchedVotes,
  outside: ReadonlySet<number> = new Set(),
  gold: readonly Share[] = [],
): { floor: number; agreement: number; raters: RaterFigures[] } {
  const floor = hastyBelow(votes.seconds)
  const shared = majorityCounts(labelVotes(votes))
  const agreement = commonAgreement(shared, outside)
  const figures = votesByRater(votes).map((own, rater) => ({
    ...describe(votes, own, rater, floor),
    agreement: { count: shared.same[rater] ?? 0, of: shared.judged[rater] ?? 0 },
    gold: gold[rater] ?? { count: 0, of: 0 },
  }))
  const judged = judgeRaters(votes, {
    falseDiscovery: raterRules.falseDiscovery,
    leastVotes: raterRules.leastVotes,
    longer: votes.longer,
    leanAllowed: raterRules.leanAllowed,
    further: figures.map((one) => furtherTests(one, agreement)),
    outside,
  })
  const verdicts = new Map(judged.map((one) => [one.rater, one]))
  return { floor, agreement, raters: figures.map((one) => ({ ...one, judged: verdicts.get(one.rater) ?? null })) }
}

function hastyBelow(seconds: Float64Array): number {
  const median = medianOf(seconds)
  return Math.max(raterRules.floorSeconds, Number.isNaN(median) ? 0 : raterRules.floorOfMedian * median)
}

function medianOf(seconds: Float64Array): number {
  return quantile(seconds.filter((one) => !Number.isNaN(one)).sort(), 0.5)
}

/** The share of matching labels among all raters but those outside. */
function commonAgreement({ judged, same }: ReturnType<typeof majorityCounts>, outside: ReadonlySet<number>): number {
  const inside = (counts: Int32Array) => counts.reduce((sum, count, rater) => sum + (outside.has(rater) ? 0 : count), 0)
  return inside(same) / inside(judged)
}

function describe({ verdict, seconds, longer }: WatchedVotes, own: Int32Array, rater: number, floor: number) {
  const timed = Float64Array.from(own, (t) => seconds[t]!).filter((one) => !Number.isNaN(one))
  const decided = own.filter((t) => verdict[t]! < 2)
  const unlike = decided.filter((t) => longer[t] !== 0)
  const left = decided.filter((t) => verdict[t] === 0).length
  return {
    rater,
    votes: own.length,
    medianSeconds: medianOf(timed),
    hasty: { count: timed.filter((one) => one < floor).length, of: timed.length },
    left: { count: left, of: decided.length },
    leftP: binomialTwoSided(left, decided.length),
    ties: { count: own.length - decided.length, of: own.length },
    longer: { count: unlike.filter((t) => (verdict[t] === 0) === longer[t]! > 0).length, of: unlike.length },
  }
}

type Further = Pick<RaterFigures, 'hasty' | 'agreement' | 'gold'>

function furtherTests({ hasty, agreement, gold }: Further, common: number): RaterTest[] {
  const tests: RaterTest[] = []
  const none = { z: NaN, model: null }
  if (hasty.of > 0)
    tests.push({ reason: 'speed', ...none, pValue: binomialTail(hasty.count, hasty.of, raterRules.hastyAllowed) })
  if (agreement.of >= raterRules.leastShared && common > 0 && common < 1)
    tests.push({
      reason: 'agreement',
      ...none,
      pValue: binomialTail(agreement.of - agreement.count, agreement.of, 1 - common),
    })
  if (gold.of >= raterRules.leastGold) tests.push({ reason: 'gold', ...none, pValue: goldP(gold) })
  return tests
}

/**
 * How likely a diligent rater is to miss as many; above the level of the rule 1, which says nothing. So whoever is diligent
 * is proposed by gold with that chance at most, however many others are proposed.
 */
function goldP({ count, of }: Share): number {
  const chance = binomialTail(of - count, of, 1 - raterRules.goldAccuracy)
  return chance <= raterRules.goldLevel ? chance : 1
}

/** One rule, or all together (null), and how many raters it proposes. */
export interface Gate {
  reason: RaterTest['reason'] | null
  proposed: number
  judged: number
  expected: number
  /** It proposes more than expected, and not by chance: the rule or the study may be at fault, not the people. */
  alarm: boolean
}

/** What every rule proposes, beside the share of careless people that is to be expected. */
export function judgeGates(raters: Pick<RaterFigures, 'judged'>[]): Gate[] {
  const judged = raters.flatMap((one) => (one.judged ? [one.judged] : []))
  const flagged = judged.filter((one) => one.flagged)
  const reasons = new Set(judged.flatMap(({ tests }) => tests.map(({ reason }) => reason)))
  const gate = (reason: Gate['reason'], expected: number): Gate => {
    const proposed = flagged.filter((one) => reason === null || one.reason === reason).length
    const chance = binomialTail(proposed, judged.length, expected)
    return { reason, proposed, judged: judged.length, expected, alarm: proposed > 0 && chance < raterRules.alarmLevel }
  }
  return [gate(null, raterRules.expectedByAll), ...[...reasons].map((one) => gate(one, raterRules.expectedByRule))]
}
