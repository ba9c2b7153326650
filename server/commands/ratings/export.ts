import { Command, Option } from 'commander'
import { exportBoard } from '#server/boards/exports/export-board.ts'
import { ExportQuery } from '#server/boards/exports/schema.ts'
import { withContext } from '#server/core/program.ts'
import { QueryCategory } from '#server/queries/categories/schema.ts'
import { requireFree, writeNewFile } from './write-new-file.ts'

interface Options {
  format: ExportQuery['format']
  category?: QueryCategory
  output: string
  unreleased: boolean
  salt?: string
}

/** `arena export STUDY`: a board, or the votes that its newest snapshot rests on, as a file; docs/exports.md has the columns. */
export function exportCommand(): Command {
  return new Command('export')
    .description('write a leaderboard or its votes to a file')
    .argument('<study>', 'the study, as its address names it')
    .addOption(
      new Option('--format <format>', 'what to write').choices(ExportQuery.shape.format.options).makeOptionMandatory(),
    )
    .addOption(new Option('--category <category>', 'of one category').choices(QueryCategory.options))
    .requiredOption('--output <file>', 'file to write; it must not exist yet')
    .option('--salt <text>', "key of the raters' pseudonyms; without it no two exports share any")
    .option('--unreleased', 'name models that are not released', false)
    .action(exportFile)
}

async function exportFile(study: string, { output, unreleased, ...options }: Options): Promise<void> {
  requireFree(output)
  await withContext(async (ctx) => {
    // A leaderboard as visitors see it has the released models only.
    const asked = unreleased || !['csv', 'json'].includes(options.format)
    const reader = asked ? ctx : { ...ctx, actor: { kind: 'anonymous' } as const }
    const file = await exportBoard(reader, study, { ...options, unreleased })
    await writeNewFile(output, file.content)
    const leftOut = Object.entries(file.leftOut).filter(([, votes]) => votes > 0)
    console.log([`Written to ${output}`, ...leftOut.map(([why, votes]) => `${votes} ${why} left out`)].join('; '))
  })
}
