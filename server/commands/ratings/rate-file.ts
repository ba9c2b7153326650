import { basename } from 'node:path'
import { InputError } from '#server/core/problem.ts'
import { VoteCollector, type RatedVotes } from './vote-files/collect-votes.ts'
import { BadRow, readVote } from './vote-files/read-vote.ts'
import { findColumns, namesRead, type NamedColumns, type VoteColumns } from './vote-files/vote-columns.ts'
import { readVoteRows } from './vote-files/vote-rows.ts'

export interface ReadingOptions {
  /** A column whose values get a board each. */
  splitBy?: string | undefined
  /** Whether every vote must have a weight. */
  weights?: boolean
  /** Whether a vote that repeats an earlier one of its rater, item and pair counts. */
  repeats?: 'once' | 'all'
  /** What columns are called here. */
  columns?: NamedColumns
  /** Whether rows that are no votes are left out and told of; else the first is the end. */
  skipBad?: boolean
}

/** Bad rows that are told one by one. */
const mostBadRows = 20
const mostColumns = 2000

/**
 * Reads votes from a file as other tools write it: CSV, JSON Lines, JSON or Parquet, packed or not, told by content. Needs
 * columns model_a, model_b and winner, or others that `columns` names. Throws an InputError with the line for anything
 * that is not a vote.
 */
export async function readVoteFile(path: string, options: ReadingOptions = {}): Promise<RatedVotes> {
  const name = basename(path)
  const { splitBy, weights = false, repeats = 'once', columns: named = {}, skipBad = false } = options
  const collector = new VoteCollector(repeats)
  const bad: string[] = []
  let badRows = 0
  const refuse = (place: string, reason: string) => {
    if (!skipBad) throw new InputError(`${name}, ${place}: ${reason}. --skip-bad leaves such rows out.`)
    if (badRows++ < mostBadRows) bad.push(`${place}: ${reason}`)
  }
  const heading = new Heading(named, splitBy)
  const reader = {
    name,
    wanted: (names: string[]) => explained(name, 'line 1', () => heading.wantedOf(names)),
    ...(skipBad && { onBadRow: refuse }),
  }
  for await (const { place, row } of readVoteRows(path, reader)) {
    const columns = explained(name, place, () => heading.columnsOf(row))
    try {
      collector.add(readVote(row, columns, weights))
    } catch (error) {
      if (!(error instanceof BadRow)) throw error
      refuse(place, error.message)
    }
  }
  const rated = collector.collected(name)
  if (badRows === 0) return rated
  // A reader of tables runs ahead of its rows.
  bad.sort((one, other) => lineOf(one) - lineOf(other))
  const more = badRows > bad.length ? `; and ${badRows - bad.length} more` : ''
  return { ...rated, notes: [`${badRows} bad rows left out: ${bad.join('; ')}${more}.`, ...rated.notes] }
}

const lineOf = (told: string) => Number(/\d+/.exec(told)![0])

/** The columns of a file, found anew when a row brings one that was not there before. */
class Heading {
  readonly #named: NamedColumns
  readonly #splitBy: string | undefined
  readonly #seen = new Set<string>()
  #columns: VoteColumns | undefined

  constructor(named: NamedColumns, splitBy: string | undefined) {
    this.#named = named
    this.#splitBy = splitBy
  }

  /** Which columns of a table are to be read. */
  wantedOf(names: string[]): boolean[] {
    const read = namesRead(findColumns(names, this.#named, this.#splitBy))
    return names.map((name) => read.has(name))
  }

  columnsOf(row: Record<string, unknown>): VoteColumns {
    let grown = this.#columns === undefined
    for (const name of Object.keys(row)) {
      if (this.#seen.has(name)) continue
      this.#seen.add(name)
      grown = true
    }
    if (this.#seen.size > mostColumns) throw new InputError(`there are more than ${mostColumns} columns`)
    if (grown) this.#columns = findColumns([...this.#seen], this.#named, this.#splitBy)
    return this.#columns!
  }
}

function explained<Result>(name: string, place: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError(`${name}, ${place}: ${error.message}`, { cause: error })
  }
}

/**
 * Rows with model_a, model_b and winner, as a study has them, every one of which counts; `source` stands in the sentence
 * when there is nothing to rate. Throws InputError.
 */
export function toRatedVotes(
  rows: Record<string, unknown>[],
  source: string,
  { splitBy }: Pick<ReadingOptions, 'splitBy'> = {},
): RatedVotes {
  const collector = new VoteCollector('all')
  const heading = new Heading({}, splitBy)
  for (const row of rows) collector.add(readVote(row, heading.columnsOf(row), false))
  return collector.collected(source)
}
