/** Codes of the verdicts that say something about strength, as stored in `Votes.verdict`. */
export const verdictCode = { model_a: 0, model_b: 1, tie: 2, both_bad: 3 } as const

/** What a tie is worth: half a win to each side, nothing at all, or half unless both were bad. */
export type TieRule = 'half' | 'drop' | 'drop-bothbad'

/**
 * Votes in columns. Models are numbers below `models`; number them in the order of their names, so that the same votes
 * give the same bits whatever order they arrive in. `a` stood on the left. Raters and items, where present, are numbers
 * from zero; weights are positive.
 */
export interface Votes {
  models: number
  a: Int32Array
  b: Int32Array
  verdict: Uint8Array
  weight?: Float64Array
  rater?: Int32Array
  item?: Int32Array
}

/** Votes added up per ordered pair (a left, b right) and verdict; a pair may come twice. */
export interface PairCounts {
  models: number
  a: Int32Array
  b: Int32Array
  winsA: Float64Array
  winsB: Float64Array
  ties: Float64Array
  bothBad: Float64Array
}

/** Checks votes once, where they enter: equal columns, known models and verdicts, two different models, positive weights. */
export function checkVotes({ models, a, b, verdict, weight }: Votes): void {
  if (b.length !== a.length || verdict.length !== a.length || (weight && weight.length !== a.length))
    throw new RangeError('the columns of the votes differ in length')
  for (let t = 0; t < a.length; t++) {
    if (!(a[t]! >= 0 && a[t]! < models && b[t]! >= 0 && b[t]! < models))
      throw new RangeError(`vote ${t} names a model that is not in the list`)
    if (a[t] === b[t]) throw new RangeError(`vote ${t} puts a model against itself`)
    if (verdict[t]! > 3) throw new RangeError(`vote ${t} has an unknown verdict`)
    if (weight && !(weight[t]! > 0 && weight[t]! < Infinity))
      throw new RangeError(`vote ${t} has a weight that is not a positive number`)
  }
}

/**
 * Adds votes up per ordered pair, sorted by left and right model. Weights are ignored: counts are what the bootstrap
 * and the tie models read, `compareVotes` is for weighted votes.
 */
export function countVotes(votes: Votes): PairCounts {
  const { models, a, b, verdict } = votes
  checkVotes(votes)
  return models <= 1500 ? countInTable(models, a, b, verdict) : countSorted(models, a, b, verdict)
}

/** One counter for each cell that could exist: the fastest way while the table is small. */
function countInTable(models: number, a: Int32Array, b: Int32Array, verdict: Uint8Array): PairCounts {
  const table = new Int32Array(models * models * 4)
  for (let t = 0; t < a.length; t++) table[(a[t]! * models + b[t]!) * 4 + verdict[t]!]!++
  const pairs: number[] = []
  for (let pair = 0; pair < models * models; pair++) {
    const cell = pair * 4
    if (table[cell]! + table[cell + 1]! + table[cell + 2]! + table[cell + 3]! > 0) pairs.push(pair)
  }
  return columnsOf(models, pairs, (pair, code) => table[pair * 4 + code]!)
}

/** Sorts the cells that do exist: for thousands of models that mostly never met. */
function countSorted(models: number, a: Int32Array, b: Int32Array, verdict: Uint8Array): PairCounts {
  const keys = Float64Array.from(a, (left, t) => (left * models + b[t]!) * 4 + verdict[t]!).sort()
  const cells = new Map<number, number>()
  const pairs: number[] = []
  for (const key of keys) {
    const pair = Math.floor(key / 4)
    if (pairs.at(-1) !== pair) pairs.push(pair)
    cells.set(key, (cells.get(key) ?? 0) + 1)
  }
  return columnsOf(models, pairs, (pair, code) => cells.get(pair * 4 + code) ?? 0)
}

function columnsOf(models: number, pairs: number[], count: (pair: number, code: number) => number): PairCounts {
  const column = (code: number) => Float64Array.from(pairs, (pair) => count(pair, code))
  return {
    models,
    a: Int32Array.from(pairs, (pair) => Math.floor(pair / models)),
    b: Int32Array.from(pairs, (pair) => pair % models),
    winsA: column(verdictCode.model_a),
    winsB: column(verdictCode.model_b),
    ties: column(verdictCode.tie),
    bothBad: column(verdictCode.both_bad),
  }
}

/** The same counts per unordered pair: one cell a pair, `a` below `b`, sorted. No fit without a position effect changes. */
export function mergeSides(counts: PairCounts): PairCounts {
  const { models, a, b } = counts
  const order = sortedPairs(models, a, b)
  const pairs: number[] = []
  const cellOf = new Int32Array(a.length)
  for (const cell of order) {
    const pair = Math.min(a[cell]!, b[cell]!) * models + Math.max(a[cell]!, b[cell]!)
    if (pairs.at(-1) !== pair) pairs.push(pair)
    cellOf[cell] = pairs.length - 1
  }
  const merged = columnsOf(models, pairs, () => 0)
  for (let cell = 0; cell < a.length; cell++) {
    const to = cellOf[cell]!
    const turned = a[cell]! > b[cell]!
    merged.winsA[to]! += turned ? counts.winsB[cell]! : counts.winsA[cell]!
    merged.winsB[to]! += turned ? counts.winsA[cell]! : counts.winsB[cell]!
    merged.ties[to]! += counts.ties[cell]!
    merged.bothBad[to]! += counts.bothBad[cell]!
  }
  return merged
}

/** Positions of the cells in the order of their unordered pair. */
export function sortedPairs(models: number, a: Int32Array, b: Int32Array): Int32Array {
  const key = Float64Array.from(a, (left, cell) => Math.min(left, b[cell]!) * models + Math.max(left, b[cell]!))
  return Int32Array.from(a.keys()).sort((x, y) => key[x]! - key[y]! || a[x]! - a[y]!)
}

/** All votes in the counts, the dropped ties of a rule left out. */
export function totalVotes(counts: PairCounts, ties: TieRule = 'half'): number {
  let total = 0
  for (let cell = 0; cell < counts.a.length; cell++) {
    total += counts.winsA[cell]! + counts.winsB[cell]! + tiesKept(counts, cell, ties)
  }
  return total
}

/** The ties of a cell that a rule lets into a fit. */
export function tiesKept(counts: PairCounts, cell: number, rule: TieRule): number {
  switch (rule) {
    case 'half':
      return counts.ties[cell]! + counts.bothBad[cell]!
    case 'drop-bothbad':
      return counts.ties[cell]!
    case 'drop':
      return 0
  }
}
