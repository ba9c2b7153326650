import { Command } from 'commander'
import { closeStudy } from '#server/battles/close-study.ts'
import { readOverlap } from '#server/battles/overlap/read-overlap.ts'
import { countVotes, readCoverage, readPace } from '#server/battles/study-votes.ts'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { countRaters } from '#server/raters/service.ts'
import { readCollections } from '#server/responses/collection-progress.ts'
import { getStudy, listStudies } from '#server/studies/read-studies.ts'
import { archiveStudy, openStudy, pauseStudy, reopenStudy } from '#server/studies/service.ts'
import { alignColumns } from '../align-columns.ts'
import { createCommand } from './create.ts'
import { deleteCommand } from './delete.ts'
import { goldCommand } from './gold.ts'
import { overlapsCommand } from './overlaps.ts'
import { trainingCommand } from './training.ts'
import { addModelCommand, copyCommand, removeModelCommand } from './models-and-copies.ts'
import { setCommand } from './set.ts'

/** `arena studies`: preference studies from the draft to the closing. */
export function studiesCommand(): Command {
  return new Command('studies')
    .description('make, change, open, close and delete preference studies')
    .addCommand(createCommand())
    .addCommand(copyCommand())
    .addCommand(listCommand())
    .addCommand(verbCommand('show', 'one study: its models, how far its votes are, and when they will be in', show))
    .addCommand(setCommand())
    .addCommand(addModelCommand())
    .addCommand(removeModelCommand())
    .addCommand(verbCommand('open', 'let raters in and ask every model for its answers', open))
    .addCommand(verbCommand('pause', 'hand out no new cards; what raters hold still counts', pause))
    .addCommand(verbCommand('resume', 'hand out cards again', resume))
    .addCommand(closeCommand())
    .addCommand(verbCommand('reopen', 'open a closed study again: its votes count again', reopen))
    .addCommand(verbCommand('archive', 'list a closed study and its board apart from the others', archive))
    .addCommand(verbCommand('restore', 'take a study back from the archive', restore))
    .addCommand(goldCommand())
    .addCommand(overlapsCommand())
    .addCommand(trainingCommand())
    .addCommand(deleteCommand())
}

function listCommand(): Command {
  return new Command('list').description('all studies, newest first').action(() => withContext(list))
}

function verbCommand(verb: string, does: string, act: (ctx: Context, study: string) => Promise<void>): Command {
  return new Command(verb)
    .description(does)
    .argument('<study>', 'the study, as its address names it')
    .action((study: string) => withContext((ctx) => act(ctx, study)))
}

function closeCommand(): Command {
  return new Command('close')
    .description('end a study: no later vote counts, and its battles open to everybody')
    .argument('<study>', 'the study, as its address names it')
    .option('--yes', 'close it', false)
    .action((study: string, { yes }: { yes: boolean }) => {
      if (!yes)
        throw new InputError(
          `Closing '${study}' ends every rater's cards, counts no later vote and shows its battles with names to everybody. Say --yes to do it.`,
        )
      return withContext((ctx) => close(ctx, study))
    })
}

const progress = { countVotes, countRaters, readCollections, readCoverage, readPace, readOverlap }

async function list(ctx: Context): Promise<void> {
  const studies = await listStudies(ctx, progress)
  if (studies.length === 0) return console.log('No study yet: npx arena studies create --help')
  const lines = studies.map(({ slug, status, archived, models, queries, votes, raters }) => [
    slug,
    archived ? 'archived' : status,
    ...[models, queries, votes, raters].map(String),
  ])
  console.log(alignColumns([['study', 'state', 'models', 'queries', 'votes', 'raters'], ...lines]))
}

async function show(ctx: Context, slug: string): Promise<void> {
  const study = await getStudy(ctx, slug, progress)
  const {
    name,
    status,
    paused,
    archived,
    pool,
    queries,
    votes,
    raters,
    quotaPerPair,
    sessionGoal,
    goldShare,
    overlapShare,
    overlapRaters,
    drawing,
  } = study
  const state = archived ? 'archived' : paused ? 'paused' : status
  console.log(`${name}: ${state}. ${queries} queries of the pool ${pool.slug}, ${quotaPerPair} votes for each pair,
${sessionGoal} in a sitting, ${percentOf(goldShare)} of them gold; ${percentOf(overlapShare)} of the battles go to ${overlapRaters} raters;
pairs are drawn ${drawing === 'even' ? 'evenly' : 'by what a vote is worth'}; ${votes} votes by ${raters} raters so far.`)
  const { trainingItems, trainingBar, trainingTries } = study
  if (trainingItems > 0)
    console.log(`Training: ${trainingBar} of ${trainingItems} right, in at most ${trainingTries} rounds.`)
  if (study.followUp !== 'nothing') console.log(`After a verdict for one answer it asks: ${study.followUp}.`)
  if (study.language !== 'browser') console.log(`Raters who chose no language read its pages in: ${study.language}.`)
  const collections = new Map(study.collections.map((collection) => [collection.model.slug, collection]))
  const lines = study.members.map(({ model, endpoint }) => [
    model.slug,
    endpoint?.name ?? 'made elsewhere',
    model.withdrawn ? 'withdrawn' : model.released ? 'released' : 'not released',
    ...(['ready', 'held', 'errors'] as const).map((kind) => String(collections.get(model.slug)?.[kind] ?? 0)),
  ])
  console.log(alignColumns([['model', 'endpoint', 'state', 'ready', 'held', 'errors'], ...lines]))
  for (const sentence of study.outlook) console.log(sentence)
}

const percentOf = (share: number) => `${Number((100 * share).toFixed(1))} %`

async function open(ctx: Context, study: string): Promise<void> {
  const { name } = await openStudy(ctx, study)
  console.log(`${name} is open. A worker or the server collects its answers; raters come in by an invite link.`)
}

async function reopen(ctx: Context, study: string): Promise<void> {
  const { name } = await reopenStudy(ctx, study)
  console.log(`${name} is open again: votes that come from now on count.`)
}

async function pause(ctx: Context, study: string): Promise<void> {
  await pauseStudy(ctx, study, true)
  console.log(`${study} is paused: cards that raters hold still count. npx arena studies resume ${study}`)
}

async function resume(ctx: Context, study: string): Promise<void> {
  await pauseStudy(ctx, study, false)
  console.log(`${study} hands out cards again.`)
}

async function close(ctx: Context, study: string): Promise<void> {
  await closeStudy(ctx, study)
  console.log(`${study} is closed. Votes that come now are kept and do not count. npx arena studies reopen ${study}`)
}

async function archive(ctx: Context, study: string): Promise<void> {
  await archiveStudy(ctx, study, true)
  console.log(`${study} is archived: its board stays at its address. npx arena studies restore ${study}`)
}

async function restore(ctx: Context, study: string): Promise<void> {
  await archiveStudy(ctx, study, false)
  console.log(`${study} is listed again.`)
}
