import { wilson } from '../runs/scoring/mean-interval.ts'
import { paperTable } from './paper-table.ts'
import type { BoardRow } from './schema.ts'

type Part = NonNullable<BoardRow['average']> & { n: number }

/**
 * The unweighted mean of the headline scores of the paper's eleven benchmarks, each a share; null when one is missing,
 * never a mean over fewer. The benchmarks have different questions, so their errors are independent and the 95 % limits
 * are `mean − √Σ(score − low)² / 11` and `mean + √Σ(high − score)² / 11`, the rule of Zou and Donner (2008) for sums of
 * estimates whose intervals may be uneven. Of a score that a server returned only n is known: it takes Wilson's interval,
 * since n independent marks between 0 and 1 with one mean spread most when each is 0 or 1.
 */
export function academicAverage(scores: Record<string, Part>): BoardRow['average'] {
  const count = paperTable.benchmarks.length
  const parts = paperTable.benchmarks.map(({ id }) => scores[id]).filter((score) => score !== undefined)
  if (parts.length < count) return null
  const value = parts.reduce((sum, part) => sum + part.value, 0) / count
  const limits = parts.map(limitsOf)
  const below = Math.hypot(...parts.map((part, index) => part.value - limits[index]!.low))
  const above = Math.hypot(...parts.map((part, index) => limits[index]!.high - part.value))
  return { value, low: value - below / count, high: value + above / count }
}

function limitsOf({ value, low, high, n }: Part): { low: number; high: number } {
  return low === null || high === null ? wilson(value, n) : { low, high }
}
