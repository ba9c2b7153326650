import type { Comparison, ScoreDifference } from '#server/comparisons/schema.ts'
import { integer, percent, signed } from '#lib/format.ts'

/** What a difference says, in a sentence: "B is 1.8 points better, 0.5 to 3.1." */
export function verdictOf({ difference, bounds }: ScoreDifference): string {
  const points = `${signed(difference * 100)} points`
  if (!bounds) return `A less B is ${points}. All examples are on one picture, so chance cannot be told apart.`
  if (bounds.p > 0.05)
    return `No difference is shown: A less B is ${points}, ${signed(bounds.low * 100)} to ${signed(bounds.high * 100)}.`
  const [better, low, high] = difference > 0 ? ['A', bounds.low, bounds.high] : ['B', -bounds.high, -bounds.low]
  return `${better} is ${percent(Math.abs(difference))} points better, ${percent(low)} to ${percent(high)}.`
}

/** What stands behind the verdict: how sure, and what so many examples could have shown. */
export function reasonOf({ difference, bounds, n, pictures }: ScoreDifference): string {
  const counted = `${integer(n)} examples on ${integer(pictures)} pictures`
  if (!bounds) return `${counted}.`
  if (bounds.standardError === 0) return `${counted}; each differs by the same, so there is nothing to judge chance by.`
  const shown = Math.abs(difference) >= bounds.detectable
  const detectable = `${percent(bounds.detectable)} points is the smallest difference that ${counted} find four times in five`
  return shown
    ? `${detectable}.`
    : `${detectable}: this one is smaller${bounds.p > 0.05 ? ', so it may be there and not seen' : ''}.`
}

/** "12 only in A, 3 sent in other words", or "none left out". */
export function leftOutWords(leftOut: Comparison['leftOut']): string {
  if (!leftOut) return ''
  const { onlyA, onlyB, unscored, otherPrompt } = leftOut
  const parts = [
    onlyA > 0 && `${integer(onlyA)} only in A`,
    onlyB > 0 && `${integer(onlyB)} only in B`,
    unscored > 0 && `${integer(unscored)} without a score in one`,
    otherPrompt > 0 && `${integer(otherPrompt)} sent in other words`,
  ].filter((part) => part !== false)
  return parts.length > 0 ? `left out: ${parts.join(', ')}` : 'none left out'
}
