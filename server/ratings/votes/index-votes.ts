import { verdictCode, type Votes } from './counts.ts'

/** A vote as people keep it: names and the field's spelling of who won. */
export interface NamedVote {
  model_a: string
  model_b: string
  winner: string
}

interface IndexedVotes {
  /** Names in the order of their numbers: sorted by code unit, the same whatever order votes come in. */
  names: string[]
  votes: Votes
  /** The row each vote came from. */
  rows: Int32Array
  /** Rows whose verdict was `unsure`: they say nothing of strength and are left out. */
  unsure: number
}

/** A row that cannot be read as a vote. */
class BadVote extends Error {
  override name = 'BadVote'
  readonly row: number

  constructor(row: number, reason: string) {
    super(reason)
    this.row = row
  }
}

const codes = new Map<string, number>([
  ...Object.entries(verdictCode),
  ['tie (bothbad)', verdictCode.both_bad],
  ['unsure', -1],
])

/**
 * Numbers models by name and puts votes in columns. Both spellings of a bad tie are read; `unsure` rows are counted and
 * left out. Throws BadVote with the row for an unknown outcome, a name that is empty or not text, or a model against itself.
 */
export function indexVotes(named: readonly NamedVote[]): IndexedVotes {
  const size = named.length
  const first = new Map<string, number>()
  const a = new Int32Array(size)
  const b = new Int32Array(size)
  const verdict = new Uint8Array(size)
  const rows = new Int32Array(size)
  const numberOf = (name: string, row: number) => {
    const known = first.get(name)
    if (known !== undefined) return known
    if (typeof name !== 'string' || name === '') throw new BadVote(row, 'a vote needs two models with names')
    // A replacement character is what is left of bytes that are not UTF-8: different names could become one.
    if (/[\0\uFFFD]/.test(name)) throw new BadVote(row, `the name ${JSON.stringify(name)} is not UTF-8 text`)
    first.set(name, first.size)
    return first.size - 1
  }
  let used = 0
  for (let row = 0; row < size; row++) {
    const vote = named[row]!
    const code = codes.get(vote.winner)
    if (code === undefined)
      throw new BadVote(row, vote.winner ? `unknown outcome ${JSON.stringify(vote.winner)}` : 'the vote has no winner')
    const left = numberOf(vote.model_a, row)
    const right = numberOf(vote.model_b, row)
    if (left === right) throw new BadVote(row, `${JSON.stringify(vote.model_a)} stands against itself`)
    if (code < 0) continue
    a[used] = left
    b[used] = right
    verdict[used] = code
    rows[used++] = row
  }
  const names = [...first.keys()].sort()
  const number = new Int32Array(names.length)
  names.forEach((name, sorted) => (number[first.get(name)!] = sorted))
  const sorted = (column: Int32Array) => {
    const cut = column.slice(0, used)
    for (let t = 0; t < used; t++) cut[t] = number[cut[t]!]!
    return cut
  }
  const votes = { models: names.length, a: sorted(a), b: sorted(b), verdict: verdict.slice(0, used) }
  return { names, votes, rows: rows.slice(0, used), unsure: size - used }
}

/** Numbers the distinct values of a column in their sorted order: raters, items. */
export function numberValues(values: readonly string[]): { names: string[]; numbers: Int32Array } {
  const names = [...new Set(values)].sort()
  const number = new Map(names.map((name, k) => [name, k]))
  return { names, numbers: Int32Array.from(values, (value) => number.get(value)!) }
}
