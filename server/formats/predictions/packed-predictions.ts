import { basename } from 'node:path'
import { InputError } from '#server/core/problem.ts'
import { parseJsonAsWritten } from '../parse-json.ts'
import { openZip, type ZipArchive } from '../zip.ts'
import { readSpreadsheet } from './spreadsheet.ts'

/** One record of a file of predictions, and where it stands. */
export interface Placed {
  where: string
  row: Record<string, unknown>
}

const largestWorkbookBytes = 512 * 1024 ** 2

/** The records in what a zip archive is: an Excel workbook or a log of Inspect. Throws InputError for any other one. */
export async function* packedRecords(path: string): AsyncGenerator<Placed> {
  const name = basename(path)
  await using zip = await openZip(path)
  const names = zip.entries.map((entry) => entry.name)
  if (names.includes('xl/workbook.xml')) {
    if (zip.entries.reduce((sum, { bytes }) => sum + bytes, 0) > largestWorkbookBytes)
      throw new InputError(`${name} holds more than 512 MB of cells. Save it as TSV.`)
    for await (const { line, row } of readSpreadsheet(path, name)) yield { where: `${name}, line ${line}`, row }
  } else if (names.includes('header.json') || names.includes('_journal/start.json')) {
    yield* inspectSamples(zip, name)
  } else {
    throw new InputError(
      `${name} is an archive of ${names.length} files (${names.slice(0, 3).join(', ')}). Unpack it and name the file with the predictions.`,
    )
  }
}

async function* inspectSamples(zip: ZipArchive, name: string): AsyncGenerator<Placed> {
  for (const entry of zip.entries) {
    if (!entry.name.startsWith('samples/')) continue
    const where = `${name}, ${entry.name}`
    const row = sampleFrom(await zip.read(entry.name), where)
    yield { where, row }
  }
}

function sampleFrom(bytes: Uint8Array, where: string): Record<string, unknown> {
  let value: unknown
  try {
    value = parseJsonAsWritten(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new InputError(`${where}: not valid JSON (${(cause as Error).message}).`, { cause })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new InputError(`${where}: not a JSON object.`)
}
