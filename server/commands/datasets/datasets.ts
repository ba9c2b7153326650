import { Command } from 'commander'
import { readConfig } from '#server/core/config.ts'
import type { Context } from '#server/core/context.ts'
import { createEgress } from '#server/core/egress.ts'
import { exitCodes, interruption } from '#server/core/terminal/exit.ts'
import { InputError } from '#server/core/problem.ts'
import { getTask, type Task } from '#server/datasets/catalogue.ts'
import { fetchLinked } from '#server/datasets/hub/fetch-linked.ts'
import { listSplits, type ListedSplit } from '#server/datasets/list-splits.ts'
import { readLock } from '#server/datasets/lock.ts'
import { pullFrom, pullSplit, type Pulled } from '#server/datasets/hub/pull.ts'
import { pullCommand as howToPull } from '#server/datasets/service.ts'
import { extraFiles, verifySplit } from '#server/datasets/verify-split.ts'
import { bytesInWords, showDownload } from './download-progress.ts'
import { alignColumns } from '../align-columns.ts'

/** `arena datasets`: the data of the benchmarks on this machine. Needs no database. */
export function datasetsCommand(): Command {
  return new Command('datasets')
    .description('list, fetch and check the data of the benchmarks; no server or database needed')
    .addCommand(listCommand())
    .addCommand(pullCommand())
    .addCommand(verifyCommand())
}

type DataContext = Pick<Context, 'config' | 'egress'>

async function withEgress(work: (ctx: DataContext) => Promise<void>): Promise<void> {
  const config = readConfig()
  const egress = createEgress(config)
  try {
    await work({ config, egress })
  } finally {
    await egress.close()
  }
}

function listCommand(): Command {
  return new Command('list')
    .description('every split: how many examples, what of it is here, and how to get it')
    .option('--json', 'print the list as JSON', false)
    .action(async ({ json }: { json: boolean }) => {
      const splits = await listSplits({ config: readConfig() })
      console.log(json ? JSON.stringify(splits, null, 2) : table(splits))
    })
}

const hereInWords: Record<ListedSplit['here'], string> = {
  all: 'yes',
  part: 'partial',
  own: 'own files',
  shipped: 'yes',
  no: 'no',
}

function table(splits: ListedSplit[]): string {
  const lines = splits.map(({ benchmark, split, n, published, here, revision, bytes, folder, get, partial }) => [
    benchmark,
    published ? `${split} *` : split,
    n.toLocaleString('en'),
    hereInWords[here],
    bytes > 0 ? bytesInWords(bytes) : '–',
    revision?.slice(0, 12) ?? '–',
    partial ?? (here === 'no' || here === 'part' ? get : folder),
  ])
  const headings = ['benchmark', 'split', 'n', 'here', 'size', 'revision', 'where, or how to get it']
  return `${alignColumns([headings, ...lines])}\n* the split that is published`
}

interface PullCommandOptions {
  split?: string
  revision?: string
  from?: string
}

function pullCommand(): Command {
  return new Command('pull')
    .description('fetch a split from the Hugging Face hub, or copy it from a folder; what is here already is kept')
    .argument('<name>', 'benchmark, as chartqa or vqa_v2_val')
    .option('--split <name>', 'split to fetch; by default the one that is published')
    .option('--revision <name>', 'branch, tag or commit, instead of the one in the lock file')
    .option('--from <path>', 'a folder or file with the data, instead of the hub')
    .action((name: string, options: PullCommandOptions) => withEgress((ctx) => pull(ctx, name, options)))
}

async function pull(ctx: DataContext, name: string, { split, revision, from }: PullCommandOptions): Promise<void> {
  if (revision !== undefined && from !== undefined) {
    throw new InputError('A folder has no revisions: give --revision or --from, not both.')
  }
  const task = await getTask(name, split)
  const signal = interruption({
    first: () => 'Stopping. Ctrl+C again ends at once.',
    second: () => 'Ended at once. What came is kept; the same command goes on from there.',
  })
  const title = `${task.benchmark.id} ${task.split}`
  const display = showDownload(title)
  const options = { signal, onProgress: display.update, onNote: display.note, ...(revision ? { revision } : {}) }
  try {
    const pulled = await (from === undefined ? pullSplit(ctx, task, options) : pullFrom(ctx, task, from, options))
    display.stop()
    console.log(pulledLine(title, pulled))
    if (pulled.partial) console.log(`${title} is ${pulled.partial}. Runs of it stand on no board.`)
    await pullPictures(ctx, task, signal)
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    display.stop()
  }
  if (!signal.aborted) return
  console.error('Interrupted. What came is kept; the same command goes on from there.')
  process.exitCode = exitCodes.interrupted
}

function pulledLine(title: string, { repo, revision, files, bytes, fetchedBytes, folder }: Pulled): string {
  const source = repo ? `${repo} at ${revision}` : `a folder, SHA-256 ${revision}`
  const fetched = repo ? `, ${bytesInWords(fetchedBytes)} fetched` : ''
  return `${title} is here: ${counted(files.length)}, ${bytesInWords(bytes)}${fetched}, from ${source}, in ${folder}`
}

function counted(files: number): string {
  return files === 1 ? '1 file' : `${files} files`
}

/** For data that names its pictures by URL. */
async function pullPictures(ctx: DataContext, task: Task, signal: AbortSignal): Promise<void> {
  if (!task.benchmark.layouts.some((layout) => layout.links)) return
  let shownAt = 0
  const onProgress = (done: number, links: number) => {
    if (Date.now() - shownAt < 5_000 && done < links) return
    shownAt = Date.now()
    console.error(`${task.benchmark.id} ${task.split}: picture ${done} of ${links}`)
  }
  if (ctx.config.hub.offline)
    return console.log('HF_HUB_OFFLINE is set: pictures that the data names by URL are not fetched.')
  const { links, fetched, missing, manifest } = await fetchLinked(ctx, task, { signal, onProgress })
  if (links === 0 || signal.aborted) return
  const why = missing.length === 0 ? '' : `; missing: ${missing.length}, the reasons are in ${manifest}`
  console.log(`pictures: ${links - missing.length} of ${links} are here, ${fetched} of them fetched now${why}`)
}

function verifyCommand(): Command {
  return new Command('verify')
    .description('read what was pulled again and compare the hashes; exit code 2 when a file is damaged or missing')
    .argument('<name>', 'benchmark, as chartqa or vqa_v2_val')
    .option('--split <name>', 'one split; by default all that were pulled')
    .option('--json', 'print what was found as JSON', false)
    .action((name: string, options: { split?: string; json: boolean }) =>
      verify({ config: readConfig() }, name, options),
    )
}

async function verify(
  ctx: Pick<Context, 'config'>,
  name: string,
  { split, json }: { split?: string; json: boolean },
): Promise<void> {
  const task = await getTask(name, split)
  const { benchmark } = task
  const pulled = Object.keys((await readLock(ctx.config, benchmark.id)).splits)
  const wanted = split !== undefined || name !== benchmark.id || pulled.length === 0 ? [task.split] : pulled
  const found = []
  for (const each of wanted) found.push({ split: each, ...(await verifySplit(ctx, { benchmark, split: each })) })
  const extra = await extraFiles(ctx, task)
  if (json) console.log(JSON.stringify({ benchmark: benchmark.id, splits: found, extra }, null, 2))
  for (const { split: each, repo, revision, files, damaged, missing, partial } of json ? [] : found) {
    for (const path of damaged) console.log(`damaged  ${path}`)
    for (const path of missing) console.log(`missing  ${path}`)
    const source = repo ? `${repo}@${revision}` : revision
    if (damaged.length + missing.length === 0) console.log(`${benchmark.id} ${each}: ${counted(files)} as in ${source}`)
    if (partial !== null) console.log(`${benchmark.id} ${each} is ${partial}`)
  }
  for (const path of json ? [] : extra)
    console.log(`extra    ${path} (in no lock file; runs of what was pulled do not read it)`)
  const wrong = found.filter(({ damaged, missing }) => damaged.length + missing.length > 0)
  if (wrong.length === 0) return
  const [first] = wrong
  throw new InputError(
    `${benchmark.id} is not as it was pulled (${wrong.map((each) => each.split).join(', ')}). Put it right: ${howToPull({ benchmark, split: first!.split })}`,
  )
}
