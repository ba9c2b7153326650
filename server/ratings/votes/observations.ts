import { checkVotes, tiesKept, type PairCounts, type TieRule, type Votes } from './counts.ts'

/**
 * Votes with what else could have moved them: each row stands for `count` votes with the same pair, outcome, weight and
 * covariates. A covariate adds to the log-odds of a (the left model); a constant one is the pull of the left side.
 */
export interface Observations {
  models: number
  a: Int32Array
  b: Int32Array
  score: Float64Array
  weight: Float64Array
  count: Float64Array
  /** Row by row, one number for each covariate. */
  covariates: Float64Array
  names: string[]
}

/** The votes of counts with one covariate, the pull of the left side. */
export function observePosition(counts: PairCounts, ties: TieRule = 'half'): Observations {
  const rows: [a: number, b: number, score: number, count: number][] = []
  for (let cell = 0; cell < counts.a.length; cell++) {
    const put = (score: number, votes: number) => {
      if (votes > 0) rows.push([counts.a[cell]!, counts.b[cell]!, score, votes])
    }
    put(1, counts.winsA[cell]!)
    put(0, counts.winsB[cell]!)
    put(0.5, tiesKept(counts, cell, ties))
  }
  rows.sort((x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2])
  const ones = new Float64Array(rows.length).fill(1)
  return {
    models: counts.models,
    a: Int32Array.from(rows, (row) => row[0]),
    b: Int32Array.from(rows, (row) => row[1]),
    score: Float64Array.from(rows, (row) => row[2]),
    weight: ones,
    count: Float64Array.from(rows, (row) => row[3]),
    covariates: ones,
    names: ['position'],
  }
}

/**
 * Votes with covariates of their own, one column each, as long as the votes. Rows are put in an order of their own, so
 * the order of the votes does not matter.
 */
export function observeVotes(
  votes: Votes,
  columns: Record<string, Float64Array>,
  ties: TieRule = 'half',
): Observations {
  checkVotes(votes)
  const { a, b, verdict, weight } = votes
  const names = Object.keys(columns)
  const values = names.map((name) => columns[name]!)
  const order = Int32Array.from(verdict.keys()).filter(
    (t) => verdict[t]! < 2 || ties === 'half' || (ties === 'drop-bothbad' && verdict[t] === 2),
  )
  const key = Float64Array.from(a, (left, t) => (left * votes.models + b[t]!) * 3 + Math.min(verdict[t]!, 2))
  order.sort((s, t) => {
    let difference = key[s]! - key[t]! || (weight?.[s] ?? 1) - (weight?.[t] ?? 1)
    for (let k = 0; k < values.length && difference === 0; k++) difference = values[k]![s]! - values[k]![t]!
    return difference
  })
  const covariates = new Float64Array(order.length * names.length)
  order.forEach((t, row) => values.forEach((column, k) => (covariates[row * names.length + k] = column[t]!)))
  return {
    models: votes.models,
    a: order.map((t) => a[t]!),
    b: order.map((t) => b[t]!),
    score: Float64Array.from(order, (t) => [1, 0, 0.5, 0.5][verdict[t]!]!),
    weight: Float64Array.from(order, (t) => weight?.[t] ?? 1),
    count: new Float64Array(order.length).fill(1),
    covariates,
    names,
  }
}

/**
 * A style covariate from one count a side (tokens, headers, list items, bold spans): (a-b)/(a+b+offset), zero where both
 * are zero, then shifted and scaled to mean zero and (population) standard deviation one. Offset 0 is the later arena's
 * rule, 1 the earlier one's. A constant column stays zero.
 */
export function styleCovariate(left: Float64Array, right: Float64Array, offset: 0 | 1 = 0): Float64Array {
  const shares = left.map((count, t) => {
    const sum = count + right[t]! + offset
    return sum === 0 ? 0 : (count - right[t]!) / sum
  })
  // Sums in ascending order, so that the order of the votes cannot move a bit.
  const ascending = shares.toSorted()
  const mean = ascending.reduce((sum, share) => sum + share, 0) / shares.length
  const deviation = Math.sqrt(ascending.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length)
  return shares.map((share) => (deviation > 1e-12 ? (share - mean) / deviation : 0))
}

/** Counts of one style per vote, on the left and on the right. */
export interface StyleSides {
  a: Float64Array
  b: Float64Array
}

/**
 * Votes with one covariate for each style (`styleCovariate`). A style whose share is the same in every vote says nothing:
 * it is left out and named in `constant`.
 */
export function observeStyle(
  votes: Votes,
  sides: Record<string, StyleSides>,
  { ties = 'half', offset = 0 }: { ties?: TieRule; offset?: 0 | 1 } = {},
): { observations: Observations; constant: string[] } {
  const columns = Object.entries(sides).map(([name, { a, b }]) => [name, styleCovariate(a, b, offset)] as const)
  const varies = ([, column]: readonly [string, Float64Array]) => column.some((value) => value !== 0)
  return {
    observations: observeVotes(votes, Object.fromEntries(columns.filter(varies)), ties),
    constant: columns.filter((column) => !varies(column)).map(([name]) => name),
  }
}
