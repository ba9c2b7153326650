import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { Command, Option } from 'commander'
import { z } from 'zod'
import { addGold, changeGold, deleteGold } from '#server/battles/gold/gold-items.ts'
import { importGold } from '#server/battles/gold/import-gold.ts'
import { getGold, goldCsv, listAllGold, listGold } from '#server/battles/gold/list-gold.ts'
import {
  ExpectedVerdict,
  GoldChange,
  GoldQuery,
  GoldUse,
  NewGoldItem,
  type GoldItem,
} from '#server/battles/gold/schema.ts'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { alignColumns } from '../align-columns.ts'
import { refusalOf, showBadRows } from '../queries/bad-rows.ts'
import { requireFree, writeNewFile } from '../ratings/write-new-file.ts'
import { read } from '../read-options.ts'

const ofStudy = ['<study>', 'the study, as its address names it'] as const
const ofItem = ['<item>', 'its id, as `gold list` shows it'] as const
const forWhat = () =>
  new Option('--use <what>', 'hidden among cards, or shown in the training with the note as its reason').choices(
    GoldUse.options,
  )
const expected = () => new Option('--expected <verdict>', 'which verdict is right').choices(ExpectedVerdict.options)

/** `arena studies gold`: pairs of answers whose right verdict is known, hidden among raters' cards. */
export function goldCommand(): Command {
  return new Command('gold')
    .description('pairs of answers whose right verdict is known, hidden among the cards to see who looks')
    .addCommand(listCommand())
    .addCommand(addCommand())
    .addCommand(importCommand())
    .addCommand(setCommand())
    .addCommand(moveCommand('retire', 'give an item to no further rater; its verdicts still count', true))
    .addCommand(moveCommand('restore', 'give a retired item to raters again', false))
    .addCommand(deleteCommand())
}

function listCommand(): Command {
  return new Command('list')
    .description('the items of a study, newest first, and how many raters judged each right')
    .argument(...ofStudy)
    .addOption(
      new Option('--show <which>', 'which of them').choices(GoldQuery.shape.show.unwrap().options).default('all'),
    )
    .option('--csv <file>', 'write all of them as CSV instead, as `gold import` reads it; the file must not exist')
    .action((study: string, options: { show: GoldQuery['show']; csv?: string }) =>
      withContext((ctx) => list(ctx, study, options)),
    )
}

async function list(ctx: Context, study: string, { show, csv }: { show: GoldQuery['show']; csv?: string }) {
  if (csv !== undefined) {
    requireFree(csv)
    await writeNewFile(csv, Readable.from([goldCsv(await listAllGold(ctx, study))]))
    return console.log(`Written to ${csv}`)
  }
  const { active, training, share, remarks } = await listGold(ctx, study, { show, page: 1 })
  const items = (await listAllGold(ctx, study)).filter(
    ({ state, use }) => show === 'all' || (show === 'training' ? use === show : state === show),
  )
  if (items.length === 0) console.log(show === 'all' ? 'No gold item yet: npx arena studies gold add --help' : 'None.')
  else {
    const head = ['item', 'query', 'first', 'second', 'expected', 'use', 'state', 'given', 'right', 'wrong', 'unsure']
    console.log(alignColumns([head, ...items.map(lineOf)]))
  }
  console.log(
    `${active} in use; ${Number((100 * share).toFixed(1))} % of each rater's cards are to be gold. ${training} in use for the training.`,
  )
  for (const remark of remarks) console.log(remark)
}

function lineOf({
  id,
  query,
  first,
  second,
  expected,
  use,
  state,
  why,
  given,
  right,
  wrong,
  unsure,
}: GoldItem): string[] {
  const counts = [given, right, wrong, unsure].map(String)
  const nameOf = ({ model }: GoldItem['first']) => model?.name ?? 'a text'
  return [
    id,
    query.key,
    nameOf(first),
    nameOf(second),
    expected,
    use,
    why && state === 'waiting' ? `waiting: ${why}` : state,
    ...counts,
  ]
}

interface AddOptions {
  firstModel?: string
  first?: string
  secondModel?: string
  second?: string
  expected: ExpectedVerdict
  note: string
  use: GoldUse
}

function addCommand(): Command {
  return new Command('add')
    .description('make an item of two answers to a query: those of models, or texts that are made up')
    .argument(...ofStudy)
    .argument('<query>', 'the key of the query')
    .option('--first-model <model>', 'whose answer is the first one')
    .option('--first <text>', 'the first answer, where it is made up')
    .option('--second-model <model>', 'whose answer is the second one')
    .option('--second <text>', 'the second answer, where it is made up')
    .addOption(expected().makeOptionMandatory())
    .option('--note <text>', 'why that is right: for those who run the study, and in the training for raters', '')
    .addOption(forWhat().default('hidden'))
    .action((study: string, query: string, options: AddOptions) =>
      withContext((ctx) => add(ctx, study, query, options)),
    )
}

async function add(ctx: Context, study: string, query: string, { expected, note, use, ...options }: AddOptions) {
  const first = answerOf('first', options.firstModel, options.first)
  const second = answerOf('second', options.secondModel, options.second)
  const id = await addGold(ctx, study, read(NewGoldItem, { query, first, second, expected, note, use }))
  console.log(`Added ${id}.`)
}

function answerOf(which: string, model: string | undefined, text: string | undefined) {
  if ((model === undefined) === (text === undefined))
    throw new InputError(
      `Say whose the ${which} answer is with --${which}-model, or write it with --${which}: one of them.`,
    )
  return model === undefined ? { text } : { model }
}

function importCommand(): Command {
  return new Command('import')
    .description('add items from a CSV, TSV, JSON or JSON Lines file')
    .argument(...ofStudy)
    .argument('<file>', 'its columns: key, first_model or first, second_model or second, expected, note, use')
    .option('--skip-bad', 'import the good rows although some are bad', false)
    .action((study: string, file: string, { skipBad }: { skipBad: boolean }) =>
      withContext((ctx) => bring(ctx, study, file, skipBad)),
    )
}

const mostBytes = 20_000_000

async function bring(ctx: Context, study: string, file: string, skipBad: boolean): Promise<void> {
  const { added, known, bad } = await importGold(ctx, study, { file: basename(file), text: textOf(file), skipBad })
  showBadRows(bad)
  if (bad.length > 0 && !skipBad) throw refusalOf(bad)
  console.log(`${added} added, ${known} known already, ${bad.length} bad rows left out`)
}

/** Throws InputError. */
function textOf(file: string): string {
  try {
    if (statSync(file).size > mostBytes) throw new InputError(`${file} is larger than 20 MB; import it in parts.`)
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if (cause instanceof InputError) throw cause
    throw new InputError(`The file ${file} cannot be read. Check its name.`, { cause })
  }
}

interface SetOptions {
  expected?: ExpectedVerdict
  note?: string
  use?: GoldUse
  yes: boolean
}

function setCommand(): Command {
  return new Command('set')
    .description('change which verdict is right of an item, its note, or what it is for; what that means is said first')
    .argument(...ofStudy)
    .argument(...ofItem)
    .addOption(expected())
    .option('--note <text>', 'why that is right')
    .addOption(forWhat())
    .option('--yes', 'make the change', false)
    .action((study: string, item: string, options: SetOptions) => withContext((ctx) => set(ctx, study, item, options)))
}

async function set(ctx: Context, study: string, item: string, { yes, ...options }: SetOptions): Promise<void> {
  const change = read(GoldChange, options)
  const { expected, meaning } = await getGold(ctx, study, idOf(item))
  if (change.expected !== undefined && change.expected !== expected) {
    console.log(meaning.change)
    if (!yes) return console.log('Nothing is changed yet: say --yes to do it.')
  }
  await changeGold(ctx, study, item, change)
  console.log('Changed.')
}

function moveCommand(verb: string, does: string, retired: boolean): Command {
  return new Command(verb)
    .description(does)
    .argument(...ofStudy)
    .argument(...ofItem)
    .action((study: string, item: string) =>
      withContext(async (ctx) => {
        await changeGold(ctx, study, idOf(item), { retired })
        console.log(retired ? 'Retired.' : 'In use again.')
      }),
    )
}

function deleteCommand(): Command {
  return new Command('delete')
    .description('delete an item; what that means is said first, and --yes does it')
    .argument(...ofStudy)
    .argument(...ofItem)
    .option('--yes', 'delete it', false)
    .action((study: string, item: string, { yes }: { yes: boolean }) =>
      withContext((ctx) => remove(ctx, study, item, yes)),
    )
}

async function remove(ctx: Context, study: string, item: string, yes: boolean): Promise<void> {
  const { meaning } = await getGold(ctx, study, idOf(item))
  console.log(meaning.delete)
  if (!yes) return console.log('Nothing is deleted yet: say --yes to do it.')
  await deleteGold(ctx, study, item)
  console.log('Deleted.')
}

/** Throws InputError. */
function idOf(text: string): string {
  if (z.uuid().safeParse(text).success) return text
  throw new InputError(`'${text}' is no id: npx arena studies gold list STUDY shows them.`)
}
