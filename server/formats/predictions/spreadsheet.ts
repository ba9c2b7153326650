import { readSheet } from 'read-excel-file/node'
import { InputError } from '#server/core/problem.ts'

/**
 * The rows of an Excel workbook's first sheet under its headings, with the line each stands on; an empty cell is null, a
 * number the text that the file has for it. The archive is looked at before, by openZip. Throws InputError.
 */
export async function* readSpreadsheet(
  path: string,
  name: string,
): AsyncGenerator<{ line: number; row: Record<string, unknown> }> {
  const [headings = [], ...rows] = await readSheet<string>(path, { trim: false, parseNumber: (text) => text }).catch(
    (cause: unknown) => {
      throw new InputError(
        `${name} cannot be read as an Excel workbook (${(cause as Error).message}). Save it again.`,
        {
          cause,
        },
      )
    },
  )
  const keys = headings.map((heading, column) => (heading === null ? `column ${column + 1}` : String(heading)))
  for (const [index, cells] of rows.entries())
    yield { line: index + 2, row: Object.fromEntries(keys.map((key, column) => [key, cells[column] ?? null])) }
}
