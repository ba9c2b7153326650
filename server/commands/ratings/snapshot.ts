import { Command, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import { readCovered } from '#server/snapshots/covered-votes.ts'
import { replayArchive, verifyArchive, type ArchiveFindings } from '#server/snapshots/replay-archive.ts'
import { archiveSnapshot } from '#server/boards/exports/snapshot-archive.ts'
import { exitCodes } from '#server/core/terminal/exit.ts'
import { withContext } from '#server/core/program.ts'
import { QueryCategory } from '#server/queries/categories/schema.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import { requireFree, writeNewFile } from './write-new-file.ts'

/** `arena snapshot`: a board with its votes as a zip, and what anyone can do with one, without server or database. */
export function snapshotCommand(): Command {
  return new Command('snapshot')
    .description('pack a leaderboard with its votes, check such a package, compute its ratings again')
    .addCommand(createCommand())
    .addCommand(findingsCommand('replay', 'compute the ratings again and compare every digit', replayArchive))
    .addCommand(findingsCommand('verify', 'check that no file of the package was altered', verifyArchive))
}

function readId(text: string): string {
  if (!z.uuid().safeParse(text).success) throw new InvalidArgumentError('It is not the id of a snapshot.')
  return text
}

interface CreateOptions {
  snapshot?: string
  category?: QueryCategory
  output: string
  salt?: string
  unreleased: boolean
}

function createCommand(): Command {
  return new Command('create')
    .description('pack the newest snapshot of a study, or the one named, with its votes')
    .argument('<study>', 'the study, as its address names it')
    .addOption(new Option('--snapshot <id>', 'an older snapshot').argParser(readId).conflicts('category'))
    .addOption(new Option('--category <category>', 'the board of one category').choices(QueryCategory.options))
    .requiredOption('--output <file>', 'zip file to write; it must not exist yet')
    .option('--salt <text>', "key of the raters' pseudonyms; without it no two packages share any")
    .option('--unreleased', 'name models that are not released', false)
    .action(async (study: string, { snapshot, category, output, ...options }: CreateOptions) => {
      requireFree(output)
      await withContext(async (ctx) => {
        const { id: studyId } = await getStoredStudy(ctx, study)
        const { id } = await readCovered(ctx, studyId, category ?? null, snapshot)
        await writeNewFile(output, await archiveSnapshot(ctx, id, options))
        console.log(`Snapshot ${id} written to ${output}`)
      })
    })
}

function findingsCommand(verb: string, does: string, find: (path: string) => Promise<ArchiveFindings>): Command {
  return new Command(verb)
    .description(`${does}; exit code 1 when something differs`)
    .argument('<file>', 'zip of a snapshot')
    .option('--json', 'print what was found as JSON', false)
    .action(async (file: string, { json }: { json: boolean }) => {
      const findings = await find(file)
      console.log(json ? JSON.stringify(findings, null, 2) : findingsText(verb, findings))
      if (findings.differences.length > 0) process.exitCode = exitCodes.fault
    })
}

function findingsText(verb: string, { manifest, differences, compared, notComputed }: ArchiveFindings): string {
  const { snapshot, votes } = manifest
  const head = `Snapshot ${snapshot.id} of ${snapshot.study}, ${snapshot.createdAt}: ${votes.used} votes, ${manifest.models} models`
  const unit = verb === 'replay' ? 'values' : 'files'
  const found =
    differences.length === 0
      ? [`The same: ${compared} ${unit} compared`]
      : [`${differences.length} of ${compared} ${unit} differ:`, ...differences.map((line) => `  ${line}`)]
  return [head, ...found, ...(notComputed ? [notComputed] : [])].join('\n')
}
