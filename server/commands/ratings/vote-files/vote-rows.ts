import { Readable } from 'node:stream'
import { InputError } from '#server/core/problem.ts'
import { readCsvRows } from '#server/formats/csv.ts'
import { readLinedJsonItems } from '#server/formats/json-items.ts'
import { readJsonLines } from '#server/formats/jsonl.ts'
import { parseJson } from '#server/formats/parse-json.ts'
import { readParquetRows } from '#server/formats/parquet.ts'
import { rowsOfFrame } from './json-frames.ts'
import { openVoteFile } from './unpack.ts'
import { foldName } from './vote-columns.ts'

/** A row as the file has it, and where it stands: `line 7`, or `row 7` where lines say nothing. */
interface FoundRow {
  place: string
  row: Record<string, unknown>
}

interface RowReader {
  /** The name of the file, for sentences. */
  name: string
  /** Told of the names in the heading of a table as text; says which of its columns are to be read. */
  wanted: (heading: string[]) => boolean[]
  /** Where given, it is told of what is no row at all, and reading goes on. */
  onBadRow?: ((place: string, reason: string) => void) | undefined
}

/** The longest table that is one JSON object, in characters; it stands in memory as a whole. */
const longestFrame = 256 * 2 ** 20
/** How far to look for the end of a heading. */
const longestHeading = 2 ** 20

/**
 * Reads the rows of a file of votes, whatever its name says: CSV with any of four separators, JSON Lines, a list of JSON
 * objects, a data frame as one JSON object, or Parquet. Throws an InputError with the place of what cannot be read.
 */
export async function* readVoteRows(path: string, reader: RowReader): AsyncGenerator<FoundRow> {
  const opened = await openVoteFile(path, reader.name)
  if (opened === 'parquet') {
    let count = 0
    for await (const row of readParquetRows(path, { withoutPictures: true })) yield { place: `row ${++count}`, row }
    return
  }
  const { start, chunks } = await upToFirstLine(opened, longestHeading)
  const sign = start.trimStart()[0]
  if (sign === undefined) return
  if (sign === '[') yield* listedRows(chunks, reader)
  else if (sign === '{') yield* objectRows(chunks, reader)
  else if (/\.(?:json|jsonl|ndjson)(?:\.|$)/i.test(reader.name))
    throw new InputError(`${reader.name}, line 1: not a list of JSON objects`)
  else yield* tableRows(start, chunks, reader)
}

/** The text with the first line that is not empty, as far as it is not too long, and all of it from the start. */
async function upToFirstLine(
  source: AsyncIterable<string>,
  most: number,
): Promise<{ start: string; chunks: AsyncGenerator<string> }> {
  const iterator = source[Symbol.asyncIterator]()
  let start = ''
  let begun = false
  for (let whole = false; !whole && start.length <= most;) {
    const next: IteratorResult<string> = await iterator.next()
    if (next.done) break
    const from: number = begun ? 0 : next.value.search(/\S/)
    begun ||= from >= 0
    whole = begun && next.value.includes('\n', Math.max(from, 0))
    start += next.value
  }
  const chunks = (async function* () {
    if (start !== '') yield start
    yield* { [Symbol.asyncIterator]: () => iterator }
  })()
  return { start, chunks }
}

async function* listedRows(chunks: AsyncIterable<string>, { name, onBadRow }: RowReader): AsyncGenerator<FoundRow> {
  for await (const { line, value } of readLinedJsonItems(chunks, name)) {
    const place = `line ${line}`
    if (isObject(value)) yield { place, row: value }
    else if (Array.isArray(value))
      throw new InputError(
        `${name}, ${place}: a row without names of columns; write objects, as to_json(orient="records") does`,
      )
    else if (onBadRow) onBadRow(place, 'not a JSON object')
    else throw new InputError(`${name}, ${place}: not a JSON object`)
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** JSON Lines, or one object that is a whole table, on one line or on many. */
async function* objectRows(source: AsyncIterable<string>, reader: RowReader): AsyncGenerator<FoundRow> {
  const { start, chunks } = await upToFirstLine(source, longestFrame)
  const firstLine = parsed(/^\s*(\S[^\n]*)/.exec(start)![1]!)
  const frame = isObject(firstLine) ? frameOf(firstLine, reader.name) : undefined
  if (frame) return yield* numbered(frame)
  if (isObject(firstLine)) return yield* linedRows(chunks, reader)
  const whole = await upToEnd(chunks)
  const value = parsed(whole.start)
  if (!isObject(value)) return yield* linedRows(whole.chunks, reader)
  yield* numbered(frameOf(value, reader.name) ?? [value])
}

async function upToEnd(source: AsyncIterable<string>): Promise<{ start: string; chunks: AsyncGenerator<string> }> {
  const iterator = source[Symbol.asyncIterator]()
  const read: string[] = []
  for (let length = 0; length <= longestFrame;) {
    const next = await iterator.next()
    if (next.done) break
    read.push(next.value)
    length += next.value.length
  }
  const chunks = (async function* () {
    yield* read
    yield* { [Symbol.asyncIterator]: () => iterator }
  })()
  return { start: read.join(''), chunks }
}

function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

const votesColumns = new Set(['modela', 'modelb', 'winner'])

function frameOf(value: Record<string, unknown>, name: string): Record<string, unknown>[] | undefined {
  try {
    return rowsOfFrame(value, (column) => votesColumns.has(foldName(column)))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new InputError(`${name}: ${error.message}`, { cause: error })
  }
}

function* numbered(rows: Record<string, unknown>[]): Generator<FoundRow> {
  for (const [index, row] of rows.entries()) yield { place: `row ${index + 1}`, row }
}

async function* linedRows(chunks: AsyncIterable<string>, { name, onBadRow }: RowReader): AsyncGenerator<FoundRow> {
  const onBadLine = onBadRow && ((line: number, reason: string) => onBadRow(`line ${line}`, reason))
  for await (const { line, row } of readJsonLines(chunks, name, onBadLine)) yield { place: `line ${line}`, row }
}

/** The signs that keep cells apart, as people write them. */
const separators = [',', ';', '\t', '|']

async function* tableRows(
  start: string,
  chunks: AsyncIterable<string>,
  { name, wanted, onBadRow }: RowReader,
): AsyncGenerator<FoundRow> {
  const lines = start.split(/\r\n|\n|\r/)
  let at = lines.findIndex((line) => line.trim() !== '')
  // Excel says in a first line which sign it wrote.
  const said = /^"?sep=(.)"?$/i.exec(lines[at]!)?.[1]
  if (said !== undefined) at++
  const separator = said ?? separatorOf(lines[at] ?? '')
  const columns = (heading: string[]) => {
    const read = wanted(heading)
    return heading.map((column, k) => read[k]! && column)
  }
  const onBadLine = onBadRow && ((line: number, reason: string) => onBadRow(`line ${line}`, reason))
  const layout = { headingLine: at + 1, columns, mixedLineEnds: true }
  const rows = readCsvRows(Readable.from(chunks, { objectMode: false }), name, separator, onBadLine, layout)
  for await (const { line, row } of rows) yield { place: `line ${line}`, row }
}

/** The sign that makes the most columns of a heading; in a tie the first. */
function separatorOf(heading: string): string {
  const bare = heading.replace(/"[^"]*"/g, '')
  const columns = (sign: string) => bare.split(sign).length
  return separators.reduce((best, sign) => (columns(sign) > columns(best) ? sign : best))
}
