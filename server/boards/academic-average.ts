import { paperTable } from './paper-table.ts'
import type { BoardRow } from './schema.ts'

/**
 * The unweighted mean of the headline scores of the paper's eleven benchmarks, each a share; null when one is missing,
 * never a mean over fewer. The benchmarks have different questions, so their errors are independent and the 95 % limits
 * are `mean − √Σ(score − low)² / 11` and `mean + √Σ(high − score)² / 11`, the rule of Zou and Donner (2008) for sums of
 * estimates whose intervals may be uneven. Without the interval of one there is none.
 */
export function academicAverage(scores: Record<string, NonNullable<BoardRow['average']>>): BoardRow['average'] {
  const parts = paperTable.benchmarks.map(({ id }) => scores[id]).filter((score) => score !== undefined)
  const count = paperTable.benchmarks.length
  if (parts.length < count) return null
  const value = parts.reduce((sum, part) => sum + part.value, 0) / count
  const limit = (side: 'low' | 'high') => {
    if (parts.some((part) => part[side] === null)) return null
    const reach = Math.hypot(...parts.map((part) => part[side]! - part.value)) / count
    return side === 'low' ? value - reach : value + reach
  }
  return { value, low: limit('low'), high: limit('high') }
}
