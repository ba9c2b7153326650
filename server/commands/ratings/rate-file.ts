import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { InputError } from '#server/core/problem.ts'
import { readCsvRows, type LinedRow } from '#server/formats/csv.ts'
import { readJsonLines, readJsonObjects } from '#server/formats/jsonl.ts'
import { readParquetRows } from '#server/formats/parquet.ts'
import { BadVote, indexVotes, numberValues, type NamedVote } from '#server/ratings/votes/index-votes.ts'
import type { Votes } from '#server/ratings/votes/counts.ts'
import type { StyleSides } from '#server/ratings/votes/observations.ts'

/** Votes ready to be rated, read from a file or from a study. */
export interface RatedVotes {
  names: string[]
  votes: Votes
  /** Verdicts that say nothing of strength, counted and left out. */
  unsure: number
  /** Battles whose models were known to the rater, counted and left out. */
  notBlind: number
  /** Style counts per side, where every vote has them. */
  style: Record<string, StyleSides>
  /** What each vote counts for, where there is a column of weights; used only when asked for. */
  weight?: Float64Array
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

const raterColumns = ['rater', 'judge', 'user']
const itemColumns = ['item', 'query', 'question_id']
const styleColumns = styles.flatMap((style) => [`${style}_a`, `${style}_b`])
const columnsRead = ['model_a', 'model_b', 'winner', 'weight', ...raterColumns, ...itemColumns, ...styleColumns]

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
    kept.push(partOf(row, splitBy))
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
  const rater = numberColumn(used, raterColumns)
  const item = numberColumn(used, itemColumns)
  const weight = weightsOf(kept, rows)
  const groups = splitBy ? used.map((row) => String(row[splitBy] ?? '')) : null
  return {
    names,
    votes: { ...votes, ...(rater && { rater }), ...(item && { item }) },
    unsure,
    notBlind,
    style: styleOf(used),
    ...(weight && { weight }),
    ...(groups && { groups }),
  }
}

/** What rating needs of a row: a battle carries whole conversations, and there may be millions. */
function partOf(row: Record<string, unknown>, splitBy: string | undefined): Record<string, unknown> {
  const part: Record<string, unknown> = {}
  for (const column of columnsRead) if (row[column] !== undefined) part[column] = row[column]
  if (splitBy) part[splitBy] = row[splitBy]
  if (typeof row.conv_metadata !== 'object' || row.conv_metadata === null) return part
  for (const style of styles) {
    for (const side of ['a', 'b'] as const) part[`${style}_${side}`] ??= arenaCount(row.conv_metadata, style, side)
  }
  return part
}

/** The weights of the votes that are used. Throws BadVote for one that is not a positive number. */
function weightsOf(kept: Record<string, unknown>[], rows: Int32Array): Float64Array | null {
  if (kept.every(({ weight }) => weight === undefined)) return null
  return Float64Array.from(rows, (row) => {
    const { weight } = kept[row]!
    const value = typeof weight === 'string' && weight.trim() === '' ? NaN : Number(weight ?? NaN)
    if (!(value > 0 && value < Infinity))
      throw new BadVote(row, `a weight must be a positive number, not ${JSON.stringify(weight) ?? 'missing'}`)
    return value
  })
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
    const side = (letter: 'a' | 'b') => Float64Array.from(rows, (row) => styleCount(row[`${style}_${letter}`]))
    const [a, b] = [side('a'), side('b')]
    if (a.every(Number.isFinite) && b.every(Number.isFinite)) found[style] = { a, b }
  }
  return found
}

const styleCount = (value: unknown) => (value === undefined || value === null || value === '' ? NaN : Number(value))

/** A count of one side from the arena's `conv_metadata`, where it may be split by kind. */
function arenaCount(metadata: object, style: (typeof styles)[number], side: 'a' | 'b'): number | undefined {
  const value = (metadata as Record<string, unknown>)[arenaNames[style].replace('?', side)]
  if (typeof value === 'object' && value !== null)
    return Object.values(value).reduce<number>((sum, count) => sum + Number(count), 0)
  return typeof value === 'number' ? value : undefined
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
  const source = () => {
    const file = createReadStream(path)
    if (!zipped) return file
    const unzipped = file.pipe(createGunzip())
    file.on('error', (error) => unzipped.destroy(error))
    return unzipped
  }
  const characters = () => source().setEncoding('utf8') as AsyncIterable<string> & Readable
  try {
    if (/\.(jsonl|ndjson)$/.test(plainName)) yield* readJsonLines(characters(), name)
    else if (plainName.endsWith('.json')) yield* readJsonObjects(characters(), name)
    else if (plainName.endsWith('.tsv')) yield* readCsvRows(source(), name, '\t')
    else yield* readCsvRows(source(), name)
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
      throw new InputError(`${name} is not a whole gzip file`, { cause: error })
    throw error
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  try {
    await using file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw new InputError(`There is no file ${path}`, { cause: error })
    if (code === 'EISDIR') throw new InputError(`${path} is a folder, not a file of votes`, { cause: error })
    if (code === 'EACCES') throw new InputError(`${path} may not be read by this user`, { cause: error })
    throw error
  }
}
