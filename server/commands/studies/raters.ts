import { Command, Option } from 'commander'
import { Readable } from 'node:stream'
import { excludeRaters, includeRaters } from '#server/battles/exclusions/exclude-raters.ts'
import { listAllRaters, listRaters } from '#server/boards/raters/list-raters.ts'
import { payCsv, ratersCsv } from '#server/boards/raters/raters-csv.ts'
import { readEffect } from '#server/boards/raters/read-effect.ts'
import { readPay } from '#server/boards/raters/read-pay.ts'
import { RaterGroup, RaterSort, type StudyRater } from '#server/boards/raters/schema.ts'
import type { Context } from '#server/core/context.ts'
import { printable } from '#server/core/printable.ts'
import { InputError } from '#server/core/problem.ts'
import { openProgram, withContext } from '#server/core/program.ts'
import { listPersonalLinks } from '#server/raters/links/list-links.ts'
import { makeLinkFor } from '#server/raters/links/return-links.ts'
import { PersonalLinkQuery, PersonalLinkState } from '#server/raters/links/schema.ts'
import { ExclusionReason } from '#server/raters/schema.ts'
import { addressOf } from '../admin-link.ts'
import { alignColumns } from '../align-columns.ts'
import { requireFree, writeNewFile } from '../ratings/write-new-file.ts'

/** `arena raters`: who rates in a study, what their votes look like, and whose votes count. */
export function ratersCommand(): Command {
  return new Command('raters')
    .description('list the raters of a study, exclude some and include them again')
    .addCommand(listCommand())
    .addCommand(excludeCommand())
    .addCommand(includeCommand())
    .addCommand(payCommand())
    .addCommand(linksCommand())
    .addCommand(linkCommand())
}

const ofStudy = () => new Option('--study <study>', 'the study, as its address names it').makeOptionMandatory()
const toFile = () => new Option('--csv <file>', 'write it as CSV instead; the file must not exist')

interface ListOptions {
  study: string
  show: RaterGroup
  sort: RaterSort
  csv?: string
}

function listCommand(): Command {
  return new Command('list')
    .description('the raters of a study with the figures of their votes, first who stands out')
    .addOption(ofStudy())
    .addOption(new Option('--show <which>', 'whom').choices(RaterGroup.options).default('all'))
    .addOption(new Option('--sort <by>', 'in which order').choices(RaterSort.options).default('test'))
    .addOption(toFile())
    .action((options: ListOptions) => withContext((ctx) => list(ctx, options)))
}

async function list(ctx: Context, { study, show, sort, csv }: ListOptions): Promise<void> {
  if (csv !== undefined) return write(csv, ratersCsv(await listAllRaters(ctx, study)))
  const { raters, pages, hastyBelow, alarms, proposed, excluded } = await listRaters(ctx, study, {
    show,
    sort,
    page: 1,
  })
  if (raters.length === 0) return console.log(show === 'all' ? 'Nobody has joined yet.' : 'Nobody.')
  const head = [
    'rater',
    'state',
    'votes',
    'counted',
    'seconds',
    'hasty',
    'left',
    'ties',
    'agrees',
    'gold',
    'training',
    'reports',
    'rule',
    'p',
  ]
  console.log(alignColumns([head, ...raters.map(lineOf)]))
  if (pages > 1) console.log('… the first 200 of them; --csv has all')
  console.log(`A card is hasty below ${hastyBelow.toFixed(1)} seconds. ${proposed} proposed, ${excluded} excluded.`)
  for (const { number, proposal } of raters)
    if (proposal) console.log(printable(`Rater ${number}: ${proposal.join(' ')}`))
  for (const alarm of alarms) console.log(`Careful: ${alarm}`)
}

const share = ({ count, of }: { count: number; of: number }) => (of === 0 ? '' : `${Math.round((100 * count) / of)} %`)

function lineOf({
  number,
  state,
  proposal,
  votes,
  counted,
  medianSeconds,
  test,
  reports,
  ...one
}: StudyRater): string[] {
  return [
    ...[String(number), proposal ? `${state}, proposed` : state, String(votes), String(counted)],
    ...[medianSeconds?.toFixed(1) ?? '', share(one.hasty), share(one.left), share(one.ties), share(one.agreement)],
    share(one.gold),
    one.training.of === 0 ? '' : `${one.training.count} of ${one.training.of}`,
    ...[String(reports), test?.reason ?? '', test?.pValue.toPrecision(2) ?? ''],
  ]
}

interface ExcludeOptions {
  study: string
  reason: ExclusionReason
  note: string
  yes: boolean
}

const whom = ['<raters...>', 'their numbers in the list, or their ids'] as const

function excludeCommand(): Command {
  return new Command('exclude')
    .description('leave all votes of raters out of what the study counts; says first what that does to the board')
    .argument(...whom)
    .addOption(ofStudy())
    .addOption(
      new Option('--reason <why>', 'as archives name it').choices(ExclusionReason.options).makeOptionMandatory(),
    )
    .option('--note <text>', 'what was found; never leaves the arena', '')
    .option('--yes', 'do it', false)
    .action((raters: string[], options: ExcludeOptions) => withContext((ctx) => exclude(ctx, raters, options)))
}

async function exclude(ctx: Context, names: string[], { study, reason, note, yes }: ExcludeOptions): Promise<void> {
  if (note.length > 500) throw new InputError('The note is longer than 500 characters; shorten it.')
  const raters = await find(ctx, study, names)
  await tellEffect(ctx, study, raters, true)
  if (!yes) throw new InputError('Nothing was changed. Say --yes to exclude them.')
  const changed = await excludeRaters(ctx, study, { raters, reason, note })
  console.log(`${changed} excluded. Undo it: npx arena raters include ${names.join(' ')} --study ${study}`)
}

function includeCommand(): Command {
  return new Command('include')
    .description('count the votes of excluded raters again')
    .argument(...whom)
    .addOption(ofStudy())
    .action((raters: string[], { study }: { study: string }) => withContext((ctx) => include(ctx, raters, study)))
}

async function include(ctx: Context, names: string[], study: string): Promise<void> {
  const raters = await find(ctx, study, names)
  await tellEffect(ctx, study, raters, false)
  console.log(`${await includeRaters(ctx, study, raters)} included again.`)
}

async function tellEffect(ctx: Context, study: string, raters: string[], exclude: boolean): Promise<void> {
  const { sentences, alarm } = await readEffect(ctx, study, { raters, exclude })
  for (const sentence of sentences) console.log(printable(sentence))
  if (alarm !== null) console.log(`Careful: ${alarm}`)
}

/** Ids of raters that are named by number or id. Throws an InputError for one who is not in the study. */
async function find(ctx: Context, study: string, names: string[]): Promise<string[]> {
  const all = await listAllRaters(ctx, study)
  return names.map((name) => {
    const found = all.find(({ id, number }) => id === name || String(number) === name)
    if (!found) throw new InputError(`There is no rater ${name} in ${study}: npx arena raters list --study ${study}`)
    return found.id
  })
}

function payCommand(): Command {
  return new Command('pay')
    .description('what raters are to be paid by: votes, counted votes and minutes, as CSV')
    .addOption(ofStudy())
    .addOption(toFile())
    .action(({ study, csv }: { study: string; csv?: string }) => withContext((ctx) => pay(ctx, study, csv)))
}

async function pay(ctx: Context, study: string, file: string | undefined): Promise<void> {
  const table = payCsv(await readPay(ctx, study))
  if (file === undefined) process.stdout.write(table)
  else await write(file, table)
}

async function write(file: string, table: string): Promise<void> {
  requireFree(file)
  await writeNewFile(file, Readable.from([table]))
  console.log(`Written to ${file}`)
}

function linksCommand(): Command {
  return new Command('links')
    .description('the personal links and return addresses of raters, without their addresses')
    .addOption(ofStudy())
    .addOption(new Option('--show <which>', 'which').choices(['all', ...PersonalLinkState.options]).default('all'))
    .addOption(new Option('--page <n>', 'a hundred a page').default('1'))
    .action((options: { study: string; show: string; page: string }) => withContext((ctx) => links(ctx, options)))
}

async function links(ctx: Context, { study, show, page }: { study: string; show: string; page: string }) {
  const asked = PersonalLinkQuery.safeParse({ state: show, page })
  if (!asked.success) throw new InputError('--page takes a whole number from 1 on.')
  const { links, counts, pages } = await listPersonalLinks(ctx, study, asked.data)
  const lines = links.map(({ id, kind, label, rater, state, lastUsedAt, expiresAt }) => [
    ...[id, kind, printable(label), rater ? String(rater.number) : '', state, lastUsedAt ?? '', expiresAt],
  ])
  if (lines.length === 0) return console.log(`None. Make some: npx arena invite personal ${study} --people 10`)
  console.log(alignColumns([['link', 'kind', 'for', 'rater', 'state', 'last opened', 'until'], ...lines]))
  console.log(
    `${counts.used} in use, ${counts.unused} not opened, ${counts.expired} expired, ${counts.revoked} taken back.`,
  )
  if (pages > asked.data.page)
    console.log(`Page ${asked.data.page} of ${pages}: --page ${asked.data.page + 1} has the next.`)
  console.log(`Take one back: npx arena invite revoke ${study} LINK --study`)
}

function linkCommand(): Command {
  return new Command('link')
    .description('print an address at which a rater who has lost theirs is found again')
    .argument('<rater>', 'the number in the list, or the id')
    .addOption(ofStudy())
    .option('--origin <address>', 'address of the server, when it is not the one that it listens on')
    .action(link)
}

async function link(name: string, { study, origin }: { study: string; origin?: string }): Promise<void> {
  const program = await openProgram()
  try {
    const { context } = program
    const [rater] = await find(context, study, [name])
    console.log((await makeLinkFor(context, study, rater!, origin ?? (await addressOf(program)))).url)
  } finally {
    await program.close()
  }
}
