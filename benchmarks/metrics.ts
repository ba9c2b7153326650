import type { Metric } from './benchmark.ts'

/** The mean of marks, in percent when shown. */
export function mean(name: string, of: { tag?: string; of?: string } = {}): Metric {
  return { name, kind: 'mean', ...of }
}

/** How many marks have a further value that is 1 or 0, shown as a whole number. */
export function count(name: string, of: { tag?: string; of: string }): Metric {
  return { name, kind: 'count', ...of }
}

/** A mean for each value of a kind of tag: `eachGroup('count')` over `count: 2`, `count: 3` … */
export function eachGroup(name: string): Metric {
  return { name, kind: 'groups', by: `${name}: ` }
}
