import type { RunMetric } from '../../runs/schema.ts'
import type { Comparison, ScoreDifference } from '../schema.ts'
import type { Policy } from './policy.ts'

/** What became of one line of a policy. `open`: the examples do not settle it. */
interface GateLine {
  rule: string
  verdict: 'holds' | 'fails' | 'open'
  words: string
}

export interface GateDecision {
  policy: string
  /** Runs: B is the candidate, A what it would replace. */
  baseline: number
  candidate: number
  result: 'GO' | 'NO-GO' | 'INCONCLUSIVE'
  lines: GateLine[]
}

/**
 * Whether B may replace A. A score that may be lower by m points holds where the lower 95 % bound of B less A is at least −m,
 * fails where the upper one is below it, and is open between. Every line has to hold, so none needs a correction for the
 * others (an intersection-union test: Berger 1982). A floor is held against the bounds of B's own score.
 */
export function decide(policy: Policy, comparison: Comparison, metricsOfB: RunMetric[]): GateDecision {
  const { a, b, overall, why } = comparison
  const comparable: GateLine[] = overall
    ? [leftOutLine(policy, comparison)]
    : [{ rule: 'The runs can be compared', verdict: 'open', words: why ?? '' }]
  const lines = [
    ...comparable,
    ...(overall ? marginLines(policy, comparison, overall) : []),
    ...Object.entries(policy.atLeast).map(([name, floor]) => floorLine(name, floor, metricsOfB)),
  ]
  const has = (verdict: GateLine['verdict']) => lines.some((line) => line.verdict === verdict)
  const result = has('fails') ? 'NO-GO' : has('open') ? 'INCONCLUSIVE' : 'GO'
  return { policy: policy.name, baseline: a.id, candidate: b.id, result, lines }
}

function leftOutLine({ leftOutAtMost }: Policy, { a, leftOut }: Comparison): GateLine {
  const { onlyA, unscored, otherPrompt } = leftOut!
  const missing = onlyA + unscored + otherPrompt
  const share = (100 * missing) / a.examples
  return {
    rule: `At most ${leftOutAtMost} % of the baseline's examples are left out`,
    verdict: share <= leftOutAtMost ? 'holds' : 'open',
    words: `${missing} of ${a.examples} (${share.toFixed(1)} %)`,
  }
}

function marginLines({ notWorseBy }: Policy, { subScores }: Comparison, overall: ScoreDifference): GateLine[] {
  return Object.entries(notWorseBy).flatMap(([name, margin]) => {
    if (name === 'score') return [marginLine(name, margin, overall)]
    if (name === 'sub-scores')
      return subScores
        .filter((subScore) => !Object.hasOwn(notWorseBy, subScore.name))
        .map((subScore) => marginLine(subScore.name, margin, subScore))
    const named = subScores.find((subScore) => subScore.name === name)
    return [named ? marginLine(name, margin, named) : unknownLine(name)]
  })
}

function marginLine(name: string, margin: number, { n, difference, bounds }: ScoreDifference): GateLine {
  const rule = `${name}: not worse by more than ${margin}`
  const change = -100 * difference
  if (!bounds || bounds.standardError === 0) {
    const words = `${signed(change)} on ${n} examples${bounds ? ', each by the same' : ' on one picture'}: no bound can be given`
    return { rule, verdict: change === 0 && bounds ? 'holds' : 'open', words }
  }
  const [low, high] = [-100 * bounds.high, -100 * bounds.low]
  const words = `${signed(change)}, ${signed(low)} to ${signed(high)} on ${n} examples`
  if (low >= -margin) return { rule, verdict: 'holds', words }
  if (high < -margin) return { rule, verdict: 'fails', words }
  // The bounds narrow with the root of the examples.
  const room = change + margin
  const more = Math.ceil((n * ((change - low) / room) ** 2 - n) / 10) * 10
  const settled = room > 0 && more < 1e7 ? `; about ${more.toLocaleString('en-GB')} more examples would settle it` : ''
  return { rule, verdict: 'open', words: words + settled }
}

function floorLine(name: string, floor: number, metrics: RunMetric[]): GateLine {
  const rule = `${name}: at least ${floor}`
  const metric = name === 'score' ? metrics[0] : metrics.find((one) => one.name === name)
  if (!metric || metric.value === null || metric.unit) return { ...unknownLine(name), rule }
  const [value, low, high] = [metric.value, metric.low ?? metric.value, metric.high ?? metric.value].map(
    (share) => 100 * share,
  ) as [number, number, number]
  const words = `${value.toFixed(1)}, ${low.toFixed(1)} to ${high.toFixed(1)} on ${metric.n} examples`
  return { rule, verdict: low >= floor ? 'holds' : high < floor ? 'fails' : 'open', words }
}

function unknownLine(name: string): GateLine {
  return { rule: name, verdict: 'open', words: 'the runs have no score of this name' }
}

const signed = (points: number) => `${points < 0 ? '-' : '+'}${Math.abs(points).toFixed(1)}`
