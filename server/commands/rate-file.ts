import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { InputError, UsageError } from '#server/core/problem.ts'
import { readCsvRows, type LinedRow } from '#server/formats/csv.ts'
import { readJsonLines, readJsonList } from '#server/formats/jsonl.ts'
import { readParquetRows } from '#server/formats/parquet.ts'
import { BadVote, indexVotes, numberValues, type NamedVote } from '#server/ratings/index-votes.ts'
import type { Votes } from '#server/ratings/counts.ts'

/** Votes ready to be rated: whoever reads them, from a file or from a study. */
export interface RatedVotes {
  names: string[]
  votes: Votes
  /** Verdicts that say nothing of strength, counted and left out. */
  unsure: number
  /** Battles whose models were known to the rater, counted and left out. */
  notBlind: number
  /** Style counts per side, where every vote has them. */
  style: Record<string, { a: Float64Array; b: Float64Array }>
  /** The value of the column to split by, per vote. */
  groups?: string[]
}

const styles = ['tokens', 'headers', 'lists', 'bold'] as const

/** Where battle files of the public arena keep what ours call tokens, headers, lists and bold. */
const arenaNames = {
  tokens: 'sum_assistant_?_tokens',
  headers: 'header_count_?',
  lists: 'list_count_?',
  bold: 'bold_count_?',
} as const

/**
 * Reads votes from CSV, TSV, JSON Lines, a JSON list of battles or Parquet, gzipped or not, told by name and first
 * character. Needs model_a, model_b and winner. Throws an InputError with the line for anything that is not a vote.
 */
export async function readVoteFile(path: string, splitBy?: string): Promise<RatedVotes> {
  const name = basename(path)
  const lines: number[] = []
  const kept: Record<string, unknown>[] = []
  let notBlind = 0
  for await (const { line, row } of rowsOf(path, name)) {
    if (lines.length === 0)
      requireColumns(row, ['model_a', 'model_b', 'winner', ...(splitBy ? [splitBy] : [])], name, line)
    if (row.anony === false || row.anony === 'False' || row.anony === 'false') {
      notBlind++
      continue
    }
    lines.push(line)
    kept.push(row)
  }
  if (lines.length === 0) throw new InputError(`${name} holds no votes`)
  try {
    return toRatedVotes(kept, name, { notBlind, ...(splitBy ? { splitBy } : {}) })
  } catch (error) {
    if (!(error instanceof BadVote)) throw error
    const unit = name.endsWith('.parquet') ? 'row' : 'line'
    throw new InputError(`${name}, ${unit} ${lines[error.row]}: ${error.message}`, { cause: error })
  }
}

/**
 * Rows with model_a, model_b and winner as columns that can be rated; `source` stands in the sentence when there is
 * nothing to rate. Throws BadVote with the row, and InputError.
 */
export function toRatedVotes(
  kept: Record<string, unknown>[],
  source: string,
  { notBlind, splitBy }: { notBlind: number; splitBy?: string },
): RatedVotes {
  const { names, votes, rows, unsure } = indexVotes(kept as unknown as NamedVote[])
  if (rows.length === 0) throw new InputError(`${source} holds no votes that say which model is stronger`)
  const used = Array.from(rows, (row) => kept[row]!)
  const column = (...keys: string[]) => numberColumn(used, keys)
  const rater = column('rater', 'judge', 'user')
  const item = column('item', 'query', 'question_id')
  const groups = splitBy ? used.map((row) => String(row[splitBy] ?? '')) : null
  return {
    names,
    votes: { ...votes, ...(rater && { rater }), ...(item && { item }) },
    unsure,
    notBlind,
    style: styleOf(used),
    ...(groups && { groups }),
  }
}

function requireColumns(row: Record<string, unknown>, columns: string[], name: string, line: number): void {
  for (const column of columns) {
    if (!(column in row)) throw new InputError(`${name}, line ${line}: there is no column ${column}`)
  }
}

function numberColumn(rows: Record<string, unknown>[], keys: string[]): Int32Array | null {
  const key = keys.find((one) => rows[0]![one] !== undefined)
  return key === undefined ? null : numberValues(rows.map((row) => String(row[key] ?? ''))).numbers
}

function styleOf(rows: Record<string, unknown>[]): RatedVotes['style'] {
  const found: RatedVotes['style'] = {}
  for (const style of styles) {
    const side = (letter: 'a' | 'b') => Float64Array.from(rows, (row) => styleCount(row, style, letter))
    const [a, b] = [side('a'), side('b')]
    if (a.every(Number.isFinite) && b.every(Number.isFinite)) found[style] = { a, b }
  }
  return found
}

/** A count of one side, from its own column or the arena's `conv_metadata`, whose counts may be split by kind; else NaN. */
function styleCount(row: Record<string, unknown>, style: (typeof styles)[number], side: 'a' | 'b'): number {
  const own = row[`${style}_${side}`]
  if (own !== undefined && own !== '') return Number(own)
  const metadata = row.conv_metadata as Record<string, unknown> | undefined
  const value = metadata?.[arenaNames[style].replace('?', side)]
  if (typeof value === 'object' && value !== null)
    return Object.values(value).reduce<number>((sum, count) => sum + Number(count), 0)
  return typeof value === 'number' ? value : NaN
}

async function* rowsOf(path: string, name: string): AsyncGenerator<LinedRow<Record<string, unknown>>> {
  const first = await firstBytes(path)
  if (first.toString('latin1').startsWith('PAR1')) {
    let line = 0
    for await (const row of readParquetRows(path)) yield { line: ++line, row }
    return
  }
  const zipped = first[0] === 0x1f && first[1] === 0x8b
  const plainName = name.replace(/\.gz$/, '')
  const source = () => (zipped ? createReadStream(path).pipe(createGunzip()) : createReadStream(path))
  try {
    if (/\.(jsonl|ndjson)$/.test(plainName)) yield* readJsonLines(source(), name)
    else if (/\.json$/.test(plainName)) yield* readAnyJson(source(), name)
    else if (/\.tsv$/.test(plainName)) yield* readCsvRows(source(), name, '\t')
    else yield* readCsvRows(source(), name)
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
      throw new InputError(`${name} is not a whole gzip file`, { cause: error })
    throw error
  }
}

/** A list of battles, or one object a line under the wrong name. */
async function* readAnyJson(source: Readable, name: string): AsyncGenerator<LinedRow<Record<string, unknown>>> {
  const whole = await text(source)
  if (whole.trimStart().startsWith('{')) {
    const { Readable } = await import('node:stream')
    yield* readJsonLines(Readable.from([whole]), name)
  } else yield* readJsonList(whole, name)
}

async function firstBytes(path: string): Promise<Buffer> {
  try {
    await using file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw new UsageError(`There is no file ${path}`, { cause: error })
    if (code === 'EISDIR') throw new UsageError(`${path} is a folder, not a file of votes`, { cause: error })
    throw error
  }
}
