import type { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { InputError } from '#server/core/problem.ts'

/** A row with the line of the file it ended on, counted from 1. */
export interface LinedRow<Row> {
  line: number
  row: Row
}

interface CsvLayout {
  /** The line of the heading; 1 when left out. */
  headingLine?: number
  /** Told of the heading; gives a name for each column, or false for one that is not to be read. */
  columns?: (heading: string[]) => (string | false)[]
  /** Whether lines may end in different ways; else all end as the first does. */
  mixedLineEnds?: boolean
}

/**
 * Reads CSV with a heading line, row by row; every value is text. A byte order mark and empty lines are passed over.
 * Throws an InputError with the line for a row that has too few or too many cells or a quote that does not close; where
 * `onBadRow` is given, it is told of rows of the first kind, and reading goes on.
 */
export async function* readCsvRows(
  source: Readable,
  name: string,
  delimiter = ',',
  onBadRow?: (line: number, reason: string) => void,
  { headingLine = 1, columns, mixedLineEnds = false }: CsvLayout = {},
): AsyncGenerator<LinedRow<Record<string, string>>> {
  // A quote that never closes is noticed where the file ends; what matters is behind which row it opens.
  let lastLine = 1
  const lineOf = ({ code, lines }: CsvError) =>
    code === 'CSV_QUOTE_NOT_CLOSED' ? lastLine + 1 : typeof lines === 'number' ? lines : 0
  const parser = source.pipe(
    parse({
      columns: columns ?? true,
      bom: true,
      delimiter,
      from_line: headingLine,
      ...(mixedLineEnds && { record_delimiter: ['\r\n', '\n', '\r'] }),
      info: true,
      skip_empty_lines: true,
      max_record_size: 10_000_000,
      skip_records_with_error: onBadRow !== undefined,
      on_skip: (error) => {
        if (error && onBadRow) onBadRow(lineOf(error), reasonOf(error))
        return undefined
      },
      on_record: (record: unknown, { lines }) => {
        lastLine = lines
        return record
      },
    }),
  )
  source.on('error', (error) => parser.destroy(error))
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: Record<string, string>
      info: { lines: number }
    }>)
      yield { line: info.lines, row: record }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new InputError(`${name}, line ${lineOf(error)}: ${reasonOf(error)}`, { cause: error })
  }
}

function reasonOf(error: CsvError): string {
  switch (error.code) {
    case 'CSV_RECORD_INCONSISTENT_COLUMNS':
      return 'the row has not as many cells as the heading'
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened and never closed; nothing is read from here on'
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'a quote stands inside a cell; quote the whole cell and double the quotes in it'
    case 'CSV_MAX_RECORD_SIZE':
      return 'the row is longer than 10 MB'
    default:
      return error.message.slice(0, 200)
  }
}
