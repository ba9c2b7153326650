import type { MarkMetric, RatioMetric } from './benchmark.ts'

/** The mean of marks, in percent when shown. */
export function mean(name: string, of: { tag?: string; of?: string } = {}): MarkMetric {
  return { name, kind: 'mean', ...of }
}

/** How many marks have a further value that is 1 or 0, shown as a whole number. */
export function count(name: string, of: { tag?: string; of: string }): MarkMetric {
  return { name, kind: 'count', ...of }
}

/**
 * The sum of some further values over the sum of others, each with its weight:
 * `ratio('F1', { 'right yes': 2 }, { 'said yes': 1, 'is yes': 1 })`. Has no value where the lower sum is 0.
 */
export function ratio(
  name: string,
  over: RatioMetric['over'],
  under: RatioMetric['under'],
  of: { tag?: string } = {},
): RatioMetric {
  return { name, kind: 'ratio', over, under, ...of }
}

/** A mean for each value of a kind of tag: `eachGroup('count')` over `count: 2`, `count: 3` … */
export function eachGroup(name: string): MarkMetric {
  return { name, kind: 'groups', by: `${name}: ` }
}
