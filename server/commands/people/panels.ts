import { Command, Option } from 'commander'
import { Readable } from 'node:stream'
import { bonusCsv, listPlaces, placesCsv } from '#server/battles/panels/list-places.ts'
import { restorePlaceOf, returnPlaceOf } from '#server/battles/panels/place-of-panel.ts'
import type { Context } from '#server/core/context.ts'
import { printable } from '#server/core/printable.ts'
import { InputError } from '#server/core/problem.ts'
import { openProgram, withContext } from '#server/core/program.ts'
import { changePanel, createPanel, deletePanel, listPanels, renewPanelAddress } from '#server/raters/panels/panels.ts'
import { BonusQuery, NewPanel, PanelChange } from '#server/raters/panels/schema.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import { addressOf } from '../admin-link.ts'
import { alignColumns } from '../align-columns.ts'
import { requireFree, writeNewFile } from '../ratings/write-new-file.ts'

type Given = Record<string, string | undefined>

const study = ['<study>', 'the study, as its address names it'] as const
const panel = ['<panel>', 'its id, as `panels list` shows it'] as const
const origin = ['--origin <address>', 'address of the server, when it is not the one that it listens on'] as const
const toFile = ['--csv <file>', 'write it to a file; the file must not exist'] as const

/** `arena panels`: people whom Prolific, CloudResearch Connect or another panel sends to a study. */
export function panelsCommand(): Command {
  const command = new Command('panels').description(
    'people whom a panel sends: ids in, completion code out, lists for pay',
  )
  const verb = (name: string, words: string) =>
    command
      .command(name)
      .description(words)
      .argument(...study)
  settings(verb('create', 'make a panel and print the address to paste there'))
    .addOption(
      new Option('--provider <panel>', 'who sends them').choices(['prolific', 'connect', 'other']).default('prolific'),
    )
    .option('--id-parameter <name>', 'which parameter has the id of the person; needed for another panel')
    .option('--session-parameter <name>', 'which has that of the sitting')
    .option('--cohort <name>', 'what those who come are counted under', 'panel')
    .option(...origin)
    .action((slug: string, given: Given) => withAddress(given, (ctx, at) => create(ctx, slug, given, at)))
  verb('list', 'the panels of a study').action((slug: string) => withContext((ctx) => list(ctx, slug)))
  settings(verb('set', 'change places, days from now, codes or addresses').argument(...panel)).action(
    (slug: string, id: string, given: Given) => withContext((ctx) => set(ctx, slug, id, given)),
  )
  for (const [name, stopped] of [
    ['stop', true],
    ['start', false],
  ] as const)
    verb(name, stopped ? 'let nobody new in' : 'let people in again')
      .argument(...panel)
      .action((slug: string, id: string) =>
        withContext(async (ctx) => console.log((await changePanel(ctx, slug, idOf(id), { stopped })).state)),
      )
  verb('address', 'print a new address; the one from before ends')
    .argument(...panel)
    .option(...origin)
    .action((slug: string, id: string, given: Given) =>
      withAddress(given, async (ctx, at) => console.log((await renewPanelAddress(ctx, slug, idOf(id), at)).url)),
    )
  verb('delete', 'delete a panel by which nobody came')
    .argument(...panel)
    .action((slug: string, id: string) =>
      withContext(async (ctx) => {
        await deletePanel(ctx, slug, idOf(id))
        console.log('Deleted.')
      }),
    )
  verb('places', 'its sittings as CSV: who completed, votes, minutes')
    .argument(...panel)
    .option(...toFile)
    .action((slug: string, id: string, given: Given) =>
      withContext(async (ctx) => write(given['csv'], placesCsv(await listPlaces(ctx, slug, idOf(id))))),
    )
  verb('bonus', 'id and amount, a line each, as panels take them')
    .argument(...panel)
    .option('--per-vote <money>', 'for each counted verdict beyond the goal of a sitting', '0')
    .option('--fixed <money>', 'for each completed sitting', '0')
    .option(...toFile)
    .action((slug: string, id: string, given: Given) => withContext((ctx) => bonus(ctx, slug, id, given)))
  for (const [name, act, words] of [
    ['return', returnPlaceOf, 'mark the sittings of people returned: their cards go to others'],
    ['restore', restorePlaceOf, 'take returned sittings back'],
  ] as const)
    verb(name, words)
      .argument(...panel)
      .argument('<participants...>', 'their ids on the panel')
      .action((slug: string, id: string, people: string[]) =>
        withContext((ctx) => settle(ctx, slug, idOf(id), people, name === 'return' ? 'active' : 'returned', act)),
      )
  return command
}

function settings(command: Command): Command {
  return command
    .option('--name <name>', 'for you')
    .option('--places <n>', 'how many sittings in all')
    .option('--days <n>', 'how long it works')
    .option('--completion-code <code>', 'told at the goal of a sitting')
    .option('--completion-url <address>', 'where whoever is done goes; {code}, {id}, {session} are put in')
    .option('--screened-code <code>', 'told to whoever does not agree or is screened out')
    .option('--screened-url <address>', 'where they go')
}

const numbers = ['places', 'days']

function read(given: Given): Record<string, unknown> {
  const told = Object.entries(given).filter(([name, value]) => value !== undefined && name !== 'origin')
  return Object.fromEntries(told.map(([name, value]) => [name, numbers.includes(name) ? Number(value) : value]))
}

/** The first fault of what was given, as a sentence. */
function refuse({ issues: [issue] }: { issues: { path: PropertyKey[]; message: string }[] }): never {
  const name = String(issue!.path[0] ?? '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  throw new InputError(`--${name}: ${issue!.message}`)
}

function idOf(id: string): string {
  if (!/^[0-9a-f-]{36}$/i.test(id)) throw new InputError(`'${id}' is no panel's id: npx arena panels list STUDY`)
  return id
}

async function withAddress(
  { origin: told }: Given,
  work: (ctx: Context, origin: string) => Promise<void>,
): Promise<void> {
  const program = await openProgram()
  try {
    await work(program.context, told ?? (await addressOf(program)))
  } finally {
    await program.close()
  }
}

async function create(ctx: Context, slug: string, given: Given, at: string): Promise<void> {
  const wanted = NewPanel.safeParse(read(given))
  if (!wanted.success) refuse(wanted.error)
  console.log((await createPanel(ctx, slug, wanted.data, at)).url)
}

async function list(ctx: Context, slug: string): Promise<void> {
  const panels = await listPanels(ctx, slug)
  if (panels.length === 0) return console.log(`No panel yet: npx arena panels create ${slug} --completion-code CODE`)
  const lines = panels.map(({ id, name, provider, state, places, counts, expiresAt }) => [
    ...[id, printable(name), provider, state, String(places), String(counts.completed), String(counts.active)],
    ...[String(counts.returned), String(counts.screened), expiresAt],
  ])
  const head = ['panel', 'name', 'provider', 'state', 'places', 'completed', 'active', 'returned', 'screened', 'until']
  console.log(alignColumns([head, ...lines]))
}

async function set(ctx: Context, slug: string, id: string, given: Given): Promise<void> {
  const wanted = PanelChange.safeParse(read(given))
  if (!wanted.success) refuse(wanted.error)
  if (Object.keys(wanted.data).length === 0) throw new InputError('Say what to change: --help lists it.')
  await changePanel(ctx, slug, idOf(id), wanted.data)
  console.log('Changed.')
}

async function bonus(ctx: Context, slug: string, id: string, { perVote, fixed, csv }: Given): Promise<void> {
  const wanted = BonusQuery.safeParse({ perVote, fixed })
  if (!wanted.success) throw new InputError('--per-vote takes 0 to 100, --fixed 0 to 1000.')
  const { sessionGoal } = await getStoredStudy(ctx, slug)
  await write(csv, bonusCsv(await listPlaces(ctx, slug, idOf(id)), sessionGoal, wanted.data))
}

async function settle(
  ctx: Context,
  slug: string,
  panelId: string,
  people: string[],
  from: 'active' | 'returned',
  act: typeof returnPlaceOf,
): Promise<void> {
  const { places } = await listPlaces(ctx, slug, panelId)
  const found = people.map((person) => {
    const place = places.findLast(({ participantId, state }) => participantId === person && state === from)
    if (!place)
      throw new InputError(`${person} has no sitting there that is ${from === 'active' ? 'under way' : 'returned'}.`)
    return place.id
  })
  for (const place of found) await act(ctx, { slug, panel: panelId, place })
  console.log(`${found.length} ${from === 'active' ? 'returned' : 'taken back'}.`)
}

async function write(file: string | undefined, table: string): Promise<void> {
  if (file === undefined) return void process.stdout.write(table)
  requireFree(file)
  await writeNewFile(file, Readable.from([table]))
  console.log(`Written to ${file}`)
}
