import type { StoredPairCount } from '#drizzle/schema/snapshots.ts'
import type { PairCounts } from '../ratings/votes/counts.ts'

/** Votes of one ordered pair. */
interface Cell {
  a: number
  b: number
  winsA: number
  winsB: number
  ties: number
  bothBad: number
}

const verdictColumns = new Map<string, 'winsA' | 'winsB' | 'ties' | 'bothBad'>([
  ['model_a', 'winsA'],
  ['model_b', 'winsB'],
  ['tie', 'ties'],
  ['both_bad', 'bothBad'],
])

/**
 * Counts that name models by id in columns, sorted by pair, models numbered in the order given. `unsure` is left out, and
 * what names a model that is not in the list.
 */
export function countColumns(models: { id: string }[], counts: StoredPairCount[]): PairCounts {
  const position = new Map(models.map(({ id }, index) => [id, index]))
  const cells = new Map<number, Cell>()
  for (const { modelA, modelB, verdict, votes } of counts) {
    const column = verdictColumns.get(verdict)
    const [a, b] = [position.get(modelA), position.get(modelB)]
    if (!column || a === undefined || b === undefined) continue
    const none = () => ({ a, b, winsA: 0, winsB: 0, ties: 0, bothBad: 0 })
    cells.getOrInsertComputed(a * models.length + b, none)[column] += votes
  }
  const sorted = [...cells.values()].sort((one, other) => one.a - other.a || one.b - other.b)
  return {
    models: models.length,
    a: Int32Array.from(sorted, ({ a }) => a),
    b: Int32Array.from(sorted, ({ b }) => b),
    winsA: Float64Array.from(sorted, ({ winsA }) => winsA),
    winsB: Float64Array.from(sorted, ({ winsB }) => winsB),
    ties: Float64Array.from(sorted, ({ ties }) => ties),
    bothBad: Float64Array.from(sorted, ({ bothBad }) => bothBad),
  }
}
