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
  const filled = (pair: number) =>
    table[pair * 4]! + table[pair * 4 + 1]! + table[pair * 4 + 2]! + table[pair * 4 + 3]! > 0
  let cells = 0
  for (let pair = 0; pair < models * models; pair++) if (filled(pair)) cells++
  const counts = emptyCounts(models, cells)
  for (let pair = 0, cell = 0; cell < cells; pair++) {
    if (!filled(pair)) continue
    placePair(counts, cell, pair)
    counts.winsA[cell] = table[pair * 4]!
    counts.winsB[cell] = table[pair * 4 + 1]!
    counts.ties[cell] = table[pair * 4 + 2]!
    counts.bothBad[cell++] = table[pair * 4 + 3]!
  }
  return counts
}

/** Sorts the votes by cell: for thousands of models that mostly never met. */
function countSorted(models: number, a: Int32Array, b: Int32Array, verdict: Uint8Array): PairCounts {
  const keys = new Float64Array(a.length)
  for (let t = 0; t < a.length; t++) keys[t] = (a[t]! * models + b[t]!) * 4 + verdict[t]!
  keys.sort()
  const pairOf = (key: number) => Math.floor(key / 4)
  let cells = 0
  for (let t = 0; t < keys.length; t++) if (t === 0 || pairOf(keys[t]!) !== pairOf(keys[t - 1]!)) cells++
  const counts = emptyCounts(models, cells)
  const columns = [counts.winsA, counts.winsB, counts.ties, counts.bothBad]
  let cell = -1
  for (let t = 0; t < keys.length; t++) {
    const pair = pairOf(keys[t]!)
    if (t === 0 || pair !== pairOf(keys[t - 1]!)) placePair(counts, ++cell, pair)
    columns[keys[t]! - pair * 4]![cell]!++
  }
  return counts
}

function emptyCounts(models: number, cells: number): PairCounts {
  const column = () => new Float64Array(cells)
  return {
    models,
    a: new Int32Array(cells),
    b: new Int32Array(cells),
    winsA: column(),
    winsB: column(),
    ties: column(),
    bothBad: column(),
  }
}

function placePair({ models, a, b }: PairCounts, cell: number, pair: number): void {
  a[cell] = Math.floor(pair / models)
  b[cell] = pair % models
}

/**
 * Counts added up per unordered pair: one cell a pair, `a` below `b`, sorted. No fit without a position effect changes.
 */
export function mergeSides(counts: PairCounts): PairCounts {
  const { models, a, b } = counts
  const { pairs, find } = distinctPairs(models, a, b)
  const merged = emptyCounts(models, pairs.length)
  for (let to = 0; to < pairs.length; to++) placePair(merged, to, pairs[to]!)
  for (let cell = 0; cell < a.length; cell++) {
    const turned = a[cell]! > b[cell]!
    const to = find(turned ? b[cell]! * models + a[cell]! : a[cell]! * models + b[cell]!)
    merged.winsA[to]! += turned ? counts.winsB[cell]! : counts.winsA[cell]!
    merged.winsB[to]! += turned ? counts.winsA[cell]! : counts.winsB[cell]!
    merged.ties[to]! += counts.ties[cell]!
    merged.bothBad[to]! += counts.bothBad[cell]!
  }
  return merged
}

/** The unordered pairs of two columns, as smaller·models + larger, ascending, and a way to find the place of one. */
export function distinctPairs(
  models: number,
  a: Int32Array,
  b: Int32Array,
): { pairs: Float64Array; find: (pair: number) => number } {
  const keys = new Float64Array(a.length)
  let ascending = true
  for (let k = 0; k < a.length; k++) {
    keys[k] = a[k]! < b[k]! ? a[k]! * models + b[k]! : b[k]! * models + a[k]!
    ascending &&= k === 0 || keys[k]! >= keys[k - 1]!
  }
  if (!ascending) keys.sort()
  let size = 0
  for (let k = 0; k < keys.length; k++) if (k === 0 || keys[k] !== keys[k - 1]) keys[size++] = keys[k]!
  const pairs = keys.slice(0, size)
  return { pairs, find: finder(pairs, models) }
}

/** Finds the position of a pair among the sorted ones: by a table while that is small, else by halving. */
function finder(pairs: Float64Array, models: number): (pair: number) => number {
  if (models <= 1500 && pairs.length > models) {
    const position = new Int32Array(models * models)
    for (let k = 0; k < pairs.length; k++) position[pairs[k]!] = k
    return (pair) => position[pair]!
  }
  return (pair) => {
    let low = 0
    let high = pairs.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (pairs[middle]! < pair) low = middle + 1
      else high = middle
    }
    return low
  }
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
