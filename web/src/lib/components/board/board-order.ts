import type { BoardRow } from '#server/boards/schema.ts'

/** A column that rows can stand in the order of; any other word is a benchmark's id. */
export type SortColumn = 'rank' | 'model' | 'elo' | 'rate' | 'votes' | 'average' | (string & {})

export interface BoardOrder {
  by: SortColumn
  /** Whether the largest stands first, and names from Z. */
  down: boolean
}

/** What a column is sorted by at the first press: numbers from the best, ranks and names from the first. */
export const firstOrder = (by: SortColumn): BoardOrder => ({ by, down: by !== 'rank' && by !== 'model' })

/** Rows in an order; those without a value stand last either way, and equals keep the order of the board. */
export function inOrder(rows: BoardRow[], { by, down }: BoardOrder): BoardRow[] {
  const turn = down ? -1 : 1
  return rows.toSorted((one, other) => {
    const [left, right] = [valueOf(one, by), valueOf(other, by)]
    if (left === null || right === null) return Number(left === null) - Number(right === null)
    if (typeof left === 'string') return turn * left.localeCompare(String(right), 'en', { numeric: true })
    return turn * (left - Number(right))
  })
}

function valueOf(row: BoardRow, by: SortColumn): number | string | null {
  switch (by) {
    case 'rank':
      return row.standing === 'rated' ? row.rankBest * 10_000 + row.rankWorst : null
    case 'model':
      return row.model.name
    case 'elo':
      return row.elo
    case 'rate':
      return row.averageWinRate
    case 'votes':
      return row.votes
    case 'average':
      return row.average?.value ?? null
    default:
      return row.scores[by]?.value ?? null
  }
}

/** Whether a row's model or its maker is named by all words of a search; case does not matter. */
export function isFound({ model }: BoardRow, search: string): boolean {
  const named = `${model.name} ${model.organisation} ${model.slug}`.toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => named.includes(word))
}
