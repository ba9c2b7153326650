import { Readable } from 'node:stream'
import { extname } from 'node:path'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { storable } from '#server/core/storable.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { readCsvRows } from '#server/formats/csv.ts'
import { readJsonLines, readJsonObjects } from '#server/formats/jsonl.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import { findAlike, keepGold, readGold } from './gold-items.ts'
import { goldOfRow } from './row-to-gold.ts'
import type { GoldImport, GoldImported } from './schema.ts'

const mostRows = 2_000

/**
 * Adds gold items from a CSV, TSV, JSON or JSON Lines file. Where rows are bad, none comes unless `skipBad`; an item that is
 * here stays, so the same file may be given again. Throws not-found, and InputError for a file that cannot be read.
 */
export async function importGold(ctx: Context, slug: string, input: GoldImport): Promise<GoldImported> {
  const study = await getStoredStudy(ctx, slug)
  const bad: GoldImported['bad'] = []
  const items: { row: number; values: Record<string, unknown> }[] = []
  const rows = rowsOf(input, (row, reason) => bad.push({ file: input.file, row, reason }))
  for await (const { line: row, row: values } of rows) {
    items.push({ row, values })
    if (items.length > mostRows) throw new InputError('There are more than 2,000 rows; import them in parts.')
  }
  if (items.length + bad.length === 0) throw new InputError(`There is no row in ${input.file}.`)
  class Refused extends Error {}
  try {
    return await inTransaction(ctx, async (ctx) => {
      let [added, known] = [0, 0]
      for (const { row, values } of items) {
        const reason = await withReason(async () => {
          const read = await readGold(ctx, study, goldOfRow(storable(values)))
          const alike = await findAlike(ctx, study, read)
          if (alike && alike.expected !== read.expected)
            throw new InputError('These answers are a gold item already, with another verdict; change it there.')
          if (alike) known++
          else {
            await keepGold(ctx, study, read)
            added++
          }
        })
        if (reason !== null) bad.push({ file: input.file, row, reason })
      }
      if (bad.length > 0 && !input.skipBad) throw new Refused()
      return { added, known, bad }
    })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    bad.sort((one, other) => one.row - other.row)
    return { added: 0, known: 0, bad }
  }
}

/** What is wrong in words; null: nothing. */
async function withReason(work: () => Promise<void>): Promise<string | null> {
  try {
    await work()
    return null
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
}

async function* rowsOf({ file, text }: GoldImport, onBadRow: (line: number, reason: string) => void) {
  const source = async function* () {
    yield text
  }
  switch (extname(file).toLowerCase()) {
    case '.csv':
    case '.tsv':
      yield* readCsvRows(Readable.from([text]), file, file.toLowerCase().endsWith('.tsv') ? '\t' : ',', onBadRow)
      return
    case '.jsonl':
      yield* readJsonLines(source(), file, onBadRow)
      return
    case '.json':
      yield* readJsonObjects(source(), file)
      return
    default:
      throw new InputError(`${file} is no table: its name must end in .csv, .tsv, .json or .jsonl.`)
  }
}
