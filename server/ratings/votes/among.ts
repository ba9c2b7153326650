/** Votes, groups of votes, counts or comparisons: in each row two models, in every column a number for each row. */
interface PairRows {
  models: number
  a: Int32Array
  b: Int32Array
}

type Column = Int32Array | Float64Array | Uint8Array

/** The rows that pass, all columns alike; models keep their numbers. */
export function pickRows<Rows extends PairRows>(rows: Rows, passes: (row: number) => boolean): Rows {
  const kept = Int32Array.from(rows.a.keys()).filter(passes)
  if (kept.length === rows.a.length) return rows
  return mapColumns(rows, (column) => {
    const picked = column.slice(0, kept.length)
    for (let to = 0; to < kept.length; to++) picked[to] = column[kept[to]!]!
    return picked
  })
}

/**
 * The rows between two of some models, which are numbered anew. Members ascend, so that rows keep their order and no pair
 * is turned round; throws RangeError where they do not.
 */
export function rowsAmong<Rows extends PairRows>(rows: Rows, members: ArrayLike<number>): Rows {
  const number = new Int32Array(rows.models).fill(-1)
  for (let k = 0; k < members.length; k++) {
    if (k > 0 && members[k]! <= members[k - 1]!) throw new RangeError('members must be in ascending order')
    number[members[k]!] = k
  }
  if (members.length === rows.models) return rows
  const own = pickRows(rows, (row) => number[rows.a[row]!]! >= 0 && number[rows.b[row]!]! >= 0)
  const renumber = (column: Int32Array) => column.map((model) => number[model]!)
  return { ...own, models: members.length, a: renumber(own.a), b: renumber(own.b) }
}

function mapColumns<Rows extends PairRows>(rows: Rows, change: (column: Column) => Column): Rows {
  const entries = Object.entries(rows) as [string, number | Column][]
  return Object.fromEntries(
    entries.map(([name, column]) => [name, typeof column === 'number' ? column : change(column)]),
  ) as unknown as Rows
}
