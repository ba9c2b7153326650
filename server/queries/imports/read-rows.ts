import { createReadStream } from 'node:fs'
import { extname, join } from 'node:path'
import { Readable } from 'node:stream'
import { InputError } from '#server/core/problem.ts'
import type { LocalFiles } from '#server/datasets/data-files.ts'
import { readCsvRows } from '#server/formats/csv.ts'
import { readJsonLines, readJsonObjects } from '#server/formats/jsonl.ts'

/** Where a row stands, as a person finds it. */
export interface RowPlace {
  file: string
  /** A line of text, or a row of Parquet counted from 1. */
  row: number
}

/** A row as its file has it, or why it is none. */
export type SourceRow = RowPlace & ({ values: Record<string, unknown> } | { fault: string })

export const tableTypes = ['.csv', '.tsv', '.jsonl', '.json', '.parquet']
export const pictureTypes = ['.jpg', '.jpeg', '.png', '.webp', '.gif']
const typeOf = (name: string) => extname(name).toLowerCase()

/**
 * The rows of all tables in the files, in order of their names; without a table, each picture beside a text of the same
 * name, or with `question` where it has none. A table that cannot be read further ends with a row that says so. Throws InputError where there is neither.
 */
export async function* readSourceRows(files: LocalFiles, question: string): AsyncGenerator<SourceRow> {
  const tables = tablesIn(files)
  for (const name of tables) yield* asFarAsReadable(name, rowsOfTable(files, name, files.parquet))
  if (tables.length === 0) yield* picturesWithTexts(files, question)
}

const tablesIn = (files: LocalFiles) => files.names.filter((name) => tableTypes.includes(typeOf(name)))

/** The rows of all tables in the files, as `readSourceRows` reads them, pictures in Parquet left unread. Throws InputError where there is no table. */
export async function* readTableRows(files: LocalFiles): AsyncGenerator<SourceRow> {
  const tables = tablesIn(files)
  if (tables.length === 0) throw new InputError(`There is no table (CSV, TSV, JSON, JSONL, Parquet) in ${files.root}.`)
  for (const name of tables) yield* asFarAsReadable(name, rowsOfTable(files, name, files.parquetWithoutPictures))
}

async function* asFarAsReadable(file: string, rows: AsyncGenerator<SourceRow>): AsyncGenerator<SourceRow> {
  let last = 0
  try {
    for await (const row of rows) {
      last = row.row
      yield row
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    yield { file, row: last + 1, fault: `${error.message}; nothing of this file is read from here on` }
  }
}

async function* rowsOfTable(
  files: LocalFiles,
  file: string,
  parquet: LocalFiles['parquet'],
): AsyncGenerator<SourceRow> {
  if (typeOf(file) === '.parquet') {
    let row = 0
    for await (const values of parquet(file)) yield { file, row: ++row, values }
    return
  }
  const faults: SourceRow[] = []
  const rows = linesOfTable(files, file, (row, fault) => faults.push({ file, row, fault }))
  for await (const { line, row: values } of rows) {
    yield* faults.splice(0)
    yield { file, row: line, values }
  }
  yield* faults
}

async function* linesOfTable(files: LocalFiles, file: string, onBadRow: (line: number, reason: string) => void) {
  const source = files.onDisk.includes(file)
    ? createReadStream(join(files.root, file))
    : Readable.from([await files.bytes(file)])
  if (typeOf(file) === '.csv') yield* readCsvRows(source, file, ',', onBadRow)
  else if (typeOf(file) === '.tsv') yield* readCsvRows(source, file, '\t', onBadRow)
  else if (typeOf(file) === '.jsonl') yield* readJsonLines(textOf(source), file, onBadRow)
  else yield* readJsonObjects(textOf(source), file)
}

async function* textOf(source: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const piece of source as AsyncIterable<Uint8Array>) yield decoder.decode(piece, { stream: true })
  yield decoder.decode()
}

const mostTextBytes = 64 * 1024

async function* picturesWithTexts(files: LocalFiles, question: string): AsyncGenerator<SourceRow> {
  const names = new Set(files.names)
  const pictures = files.names.filter((name) => pictureTypes.includes(typeOf(name)))
  if (pictures.length === 0) {
    throw new InputError(`There is neither a table (CSV, JSONL, Parquet) nor a picture in ${files.root}.`)
  }
  for (const file of pictures) {
    const text = `${file.slice(0, -extname(file).length)}.txt`
    if (!names.has(text) && question !== '') {
      yield { file, row: 1, values: { key: file, question, image: file } }
      continue
    }
    if (!names.has(text)) {
      yield { file, row: 1, fault: `there is no question beside it: write one into ${text}` }
      continue
    }
    const bytes = await files.bytes(text)
    if (bytes.length > mostTextBytes) yield { file: text, row: 1, fault: 'the question is longer than 64 KB' }
    else yield { file, row: 1, values: { key: file, question: new TextDecoder().decode(bytes), image: file } }
  }
}
