import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { Command, Option } from 'commander'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { exitCodes, interruption } from '#server/core/terminal/exit.ts'
import { fetchFromHub } from '#server/queries/imports/from-hub.ts'
import { hubAddress, readHubSource, requireHubSource, type HubSource } from '#server/queries/imports/hub-source.ts'
import { importQueries } from '#server/queries/imports/import-queries.ts'
import { pictureTypes, tableTypes } from '#server/queries/imports/read-rows.ts'
import { dropUploads, uploadFolder } from '#server/queries/imports/uploads.ts'
import { QueryCategory } from '#server/queries/categories/schema.ts'
import { showDownload } from '../datasets/download-progress.ts'
import { refusalOf, showBadRows } from './bad-rows.ts'

interface ImportFlags {
  pool: string
  name?: string
  category: QueryCategory
  language: string
  licence: string
  source?: string
  question: string
  skipBad?: boolean
}

/** `arena queries import`. */
export function importCommand(): Command {
  return new Command('import')
    .description('add queries from a folder, a zip archive, a CSV, TSV, JSON, JSON Lines or Parquet file, or the hub')
    .argument('<path>', 'a folder or file, or hf://datasets/OWNER/NAME[@REVISION][/PATH]')
    .requiredOption('--pool <pool>', 'the pool to add to; it is made when there is none')
    .option('--name <name>', 'what a new pool is called')
    .addOption(
      new Option('--category <category>', 'of rows that name none').choices(QueryCategory.options).default('general'),
    )
    .option('--language <code>', 'of rows that name none', 'en')
    .option('--licence <licence>', 'of rows that name none', '')
    .option('--source <source>', 'of rows that name none; else the name of the file')
    .option('--question <words>', 'asked about each picture that has no question of its own', '')
    .option('--skip-bad', 'import the good rows although some are bad')
    .action((path: string, flags: ImportFlags) => withContext((ctx) => add(ctx, path, flags)))
}

async function add(ctx: Context, path: string, flags: ImportFlags): Promise<void> {
  const { pool: slug, name = slug, category, language, licence, question, skipBad = false } = flags
  if (!/^[a-z0-9][a-z0-9-]{0,59}$/.test(slug))
    throw new InputError(`'${slug}' is no address of a pool: small letters, digits and hyphens, at most 60.`)
  const hub = await hubSourceOf(path)
  const source = flags.source ?? (hub ? hubAddress(hub) : basename(path, extname(path)))
  const folder = hub ? uploadFolder(ctx, folderName(hub)) : path
  const report = await untilInterrupted(async (signal) => {
    if (hub) await fetchShown(ctx, hub, folder, signal)
    return importQueries(ctx, folder, {
      pool: { slug, name },
      defaults: { category, language, licence, source, question },
      skipBad,
      signal,
      onProgress: progressLines(),
    })
  })
  if (!report) return
  showBadRows(report.bad)
  if (report.bad.length > 0 && !skipBad) throw refusalOf(report.bad)
  if (hub) await dropUploads(ctx, folderName(hub))
  console.log(`${slug}: ${report.added} added, ${report.known} known already, ${report.bad.length} bad rows left out`)
}

/** A data set of the hub, named as such or by nothing but its owner and name where no folder is called that. */
async function hubSourceOf(path: string): Promise<HubSource | null> {
  if (/^(hf|https?):\/\//.test(path)) return requireHubSource(path)
  const isHere = (await stat(path).catch(() => null)) !== null
  return isHere || path.split('/').length !== 2 || dataTypes.includes(extname(path).toLowerCase())
    ? null
    : readHubSource(path)
}

const dataTypes = [...tableTypes, ...pictureTypes, '.zip']

/** The same source goes on in the same folder. */
const folderName = (source: HubSource) =>
  `hub-${createHash('sha256').update(hubAddress(source)).digest('hex').slice(0, 16)}`

async function fetchShown(ctx: Context, source: HubSource, folder: string, signal: AbortSignal): Promise<void> {
  const display = showDownload(source.repo)
  let begun: number | undefined
  try {
    await fetchFromHub(ctx, source, folder, {
      signal,
      onBytes(here, total) {
        begun ??= here
        display.update({ file: '', doneBytes: here, totalBytes: total, fetchedBytes: here - begun })
      },
      onNote: (words) => display.note(words),
    })
  } finally {
    display.stop()
  }
}

/** A line for each thousand rows; a picture that came tells of the same rows once more. */
function progressLines(): (rows: number, bad: number) => void {
  let said = 0
  return (rows, bad) => {
    if (rows === said || rows % 1000 !== 0) return
    said = rows
    console.error(`${rows} rows read, ${bad} bad`)
  }
}

/** What the work gives; undefined when a person interrupts it, which is answered in words. */
async function untilInterrupted<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result | undefined> {
  const kept = 'No query was added; what was fetched and copied is kept, and the same command goes on.'
  const signal = interruption({
    first: () => 'Stopping after this picture. Ctrl+C again ends at once.',
    second: () => `Ended at once. ${kept}`,
  })
  try {
    return await work(signal)
  } catch (error) {
    if (!signal.aborted) throw error
    console.error(`Interrupted. ${kept}`)
    process.exitCode = exitCodes.interrupted
    return undefined
  }
}
