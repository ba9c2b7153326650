import { basename, extname } from 'node:path'
import { Command, Option } from 'commander'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { exitCodes, interruption } from '#server/core/terminal/exit.ts'
import { importQueries } from '#server/queries/imports/import-queries.ts'
import { QueryCategory } from '#server/queries/categories/schema.ts'
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
    .description('add queries from a folder, a zip archive, or a CSV, TSV, JSON, JSON Lines or Parquet file')
    .argument('<path>')
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
  const source = flags.source ?? basename(path, extname(path))
  const report = await untilInterrupted((signal) =>
    importQueries(ctx, path, {
      pool: { slug, name },
      defaults: { category, language, licence, source, question },
      skipBad,
      signal,
      onProgress: (rows, bad) => rows % 1000 === 0 && console.error(`${rows} rows read, ${bad} bad`),
    }),
  )
  if (!report) return
  showBadRows(report.bad)
  if (report.bad.length > 0 && !skipBad) throw refusalOf(report.bad)
  console.log(`${slug}: ${report.added} added, ${report.known} known already, ${report.bad.length} bad rows left out`)
}

/** What the work gives; undefined when a person interrupts it, which is answered in words. */
async function untilInterrupted<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result | undefined> {
  const kept = 'No query was added; pictures that were copied are kept, and the same command goes on.'
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
