import { Command, Option } from 'commander'
import type { Context } from '#server/core/context.ts'
import { withContext } from '#server/core/program.ts'
import { Openness } from '#server/models/schema.ts'
import { importAnswers } from '#server/responses/imports/import-answers.ts'
import { AnswersOf } from '#server/responses/imports/schema.ts'
import { refusalOf, showBadRows } from '../queries/bad-rows.ts'
import { read } from '../read-options.ts'
import { numberOf } from './create.ts'

interface ImportFlags {
  study: string
  model: string
  namedInFile?: string
  organisation?: string
  openness?: Openness
  pointsScale?: string
  skipBad: boolean
}

/** `arena responses import`. */
export function importAnswersCommand(): Command {
  return new Command('import')
    .description('add answers made elsewhere from a CSV, TSV, JSON, JSON Lines or Parquet file, or a folder of them')
    .argument('<path>')
    .requiredOption('--study <study>', 'the study, as its address names it')
    .requiredOption('--model <name>', 'whose answers they are; the model joins the study by them')
    .option('--named-in-file <name>', 'what the file calls it, where rows name models')
    .option('--organisation <name>', 'of a model that is not known yet')
    .addOption(new Option('--openness <class>', 'of a model that is not known yet').choices(Openness.options))
    .option('--points-scale <width>', 'full width of the coordinates of its points: 1, 100 (by default) or 1000')
    .option('--skip-bad', 'import the good rows although some are bad', false)
    .action((path: string, flags: ImportFlags) => withContext((ctx) => add(ctx, path, flags)))
}

async function add(ctx: Context, path: string, flags: ImportFlags): Promise<void> {
  const { study, skipBad } = flags
  const of = readModel(flags)
  const onProgress = (rows: number, bad: number) => rows % 1000 === 0 && console.error(`${rows} rows read, ${bad} bad`)
  const report = await importAnswers(ctx, path, { study, of, skipBad, onProgress })
  showBadRows(report.bad)
  if (report.bad.length > 0 && !skipBad) throw refusalOf(report.bad)
  const { added, held, known, others, bad } = report
  const ofOthers = others > 0 ? `, ${others} of other models` : ''
  console.log(`${of.name}: ${added} added, ${known} known already, ${bad.length} bad rows left out${ofOthers}`)
  if (held > 0) console.log(`${held} of them wait for a person: npx arena queue list ${study}`)
}

/** Throws InputError. */
function readModel({ model: name, pointsScale, namedInFile, organisation, openness }: ImportFlags): AnswersOf {
  return read(AnswersOf, { name, namedInFile, organisation, openness, pointsScale: numberOf(pointsScale) })
}
