import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Benchmark, Example, ImagePart, Layout, Part } from '#benchmarks/benchmark.ts'
import { ZodError } from 'zod'
import type { Context } from '../core/context.ts'
import { InputError } from '../core/problem.ts'
import { benchmarksDir, loadBenchmarks, type Task } from './catalogue.ts'
import { isLinked, openDataFiles, type LocalFiles } from './data-files.ts'
import { watchFiles, type WatchedFiles } from './known-revisions.ts'
import { readLock, stateOfFile, type LockedSplit } from './lock.ts'
import type { BenchmarkSummary } from './schema.ts'

/** A split whose data is at hand. */
export interface ReadableSplit extends Task {
  layout: string
  /** Examples in the order of the data, one row at a time. Throws InputError that names file, row, column and what was expected; pictures carry theirs as `source`. */
  examples(): AsyncIterable<Example>
}

/** A split that a run can be pinned to. */
interface OpenSplit extends ReadableSplit {
  /** `owner/name@commit` of the hub for data that was pulled from it, else the SHA-256 over names and contents. */
  revision: string
}

/** A row that gives no example, under a name of its own, and why. */
export interface UnusableRow {
  id: string
  unusable: string
}

/** A split whose examples are used while they are read; `await using` closes it. */
export interface SplitReading extends Task, AsyncDisposable {
  layout: string
  /** Of the files, relative to their folder. */
  names: string[]
  /** The files that are read, and in the end their revision. */
  files: WatchedFiles
  /** Once: what each row gives, in the order of the data. Pictures that lie in files of their own are not read. */
  rows(): AsyncIterable<Example | UnusableRow>
  /** Before `rows`: the ids of what it will give, without looking at pictures. */
  ids(): AsyncIterable<string>
}

/** Where the data of a split is looked for: the samples lie in the checkout, the rest in the data folder. */
export function splitFolder(ctx: Pick<Context, 'config'>, { benchmark, split }: Task): string {
  const id = benchmark.variantOf ?? benchmark.id
  return split === 'sample' ? join(benchmarksDir, id, 'sample') : join(ctx.config.dataDir, 'datasets', id)
}

/**
 * Opens a split from a given folder or file, else from where it belongs. Its files are hashed, once as long as they stay
 * as they are. Throws InputError when no layout finds its rows.
 */
export async function openSplit(ctx: Pick<Context, 'config'>, task: Task, path?: string): Promise<OpenSplit> {
  const files = await openTaskFiles(ctx, task, { path })
  const watched = await watchTask(ctx, task, files, path)
  try {
    const revision = await watched.revision()
    return { ...(await readRows(task, files)), revision }
  } finally {
    await watched.close()
  }
}

/**
 * Opens a split to be read from its first row on at once, whatever its size: nothing is hashed before it is asked for.
 * Throws InputError when no layout finds its rows.
 */
export async function openReading(ctx: Pick<Context, 'config'>, task: Task, path?: string): Promise<SplitReading> {
  const { benchmark, split } = task
  const files = await openTaskFiles(ctx, task, { path, unread: true })
  const watched = await watchTask(ctx, task, files, path)
  const { layout, rows: begun, close } = await beginRows(task, files)
  let left: AsyncIterable<unknown> | undefined = begun
  return {
    ...task,
    layout: layout.name,
    names: files.names,
    files: watched,
    rows() {
      const rows = left ?? rowsOf(layout, files, split)
      left = undefined
      return readExamples(benchmark, layout, files, split, rows)
    },
    async *ids() {
      await close()
      left = undefined
      const light = withoutPictures(files)
      for await (const { id } of readExamples(benchmark, layout, light, split, rowsOf(layout, light, split))) yield id
    },
    async [Symbol.asyncDispose]() {
      await close()
      await watched.close()
    },
  }
}

/** Files whose pictures are neither read nor needed: their bytes are empty. */
function withoutPictures(files: LocalFiles): LocalFiles {
  return {
    ...files,
    picture: (name) => Promise.resolve({ bytes: new Uint8Array(), path: name }),
    linked: async (link) => ((await files.linked(link)) === null ? null : new Uint8Array()),
    parquet: files.parquetWithoutPictures,
  }
}

async function watchTask(
  { config }: Pick<Context, 'config'>,
  task: Task,
  files: LocalFiles,
  path: string | undefined,
): Promise<WatchedFiles> {
  const pulled = path ? undefined : await pulledSplit({ config }, task)
  return watchFiles(config, files, pulled ? { basis: pulled, tell: () => revisionOfPull(files, task, pulled) } : {})
}

/** Opens a split for its examples alone: its files are not hashed. */
export async function openExamples(ctx: Pick<Context, 'config'>, task: Task, path?: string): Promise<ReadableSplit> {
  return readRows(task, await openTaskFiles(ctx, task, { path }))
}

/**
 * Opens a split for its questions and gold answers alone: its files are not hashed, and pictures that lie in files of
 * their own are neither read nor needed (their bytes are empty).
 */
export async function openQuestions(ctx: Pick<Context, 'config'>, task: Task, path?: string): Promise<ReadableSplit> {
  const files = await openTaskFiles(ctx, task, { path })
  const picture: LocalFiles['picture'] = (name) => Promise.resolve({ bytes: new Uint8Array(), path: name })
  return readRows(task, { ...files, picture })
}

/** Whether the data of a split lies where it is looked for when no path is given. */
export async function isAtHand(ctx: Pick<Context, 'config'>, task: Task): Promise<boolean> {
  return isHere(ctx, task, (await readLock(ctx.config, task.benchmark.id)).splits)
}

/** Where something was pulled, the folder alone says nothing of the other splits. */
function isHere(ctx: Pick<Context, 'config'>, task: Task, pulled: Record<string, LockedSplit>): boolean {
  if (!existsSync(splitFolder(ctx, task))) return false
  return task.split === 'sample' || task.split in pulled || Object.keys(pulled).length === 0
}

async function readRows(task: Task, files: LocalFiles): Promise<ReadableSplit> {
  const { benchmark, split } = task
  const { layout, close } = await beginRows(task, files)
  await close()
  async function* examples() {
    for await (const example of readExamples(benchmark, layout, files, split, rowsOf(layout, files, split))) {
      if ('unusable' in example) throw new InputError(example.unusable)
      yield example
    }
  }
  return { ...task, layout: layout.name, examples }
}

/** The layout that finds rows of the split, and these rows. */
async function beginRows(task: Task, files: LocalFiles) {
  const found = await findRows(task, files)
  if (found !== 'pictures to fetch') return found
  throw new InputError(
    `${files.root} names its pictures by URL, and none of them is here. Fetch them first: ${pullCommand(task)}`,
  )
}

/** Whether a layout finds rows of the split, or only where its pictures are. Throws InputError when none does, or when the first one cannot be read. */
export async function layoutOf(task: Task, files: LocalFiles): Promise<Layout | 'pictures to fetch'> {
  const found = await findRows(task, files)
  if (found === 'pictures to fetch') return found
  await found.close()
  return found.layout
}

interface FoundRows {
  layout: Layout
  /** All of them: the first, by which the layout was found, is not read twice. */
  rows: AsyncIterable<unknown>
  close(): Promise<void>
}

async function findRows({ benchmark, split }: Task, files: LocalFiles): Promise<FoundRows | 'pictures to fetch'> {
  for (const layout of benchmark.layouts) {
    const rows = rowsOf(layout, files, split)[Symbol.asyncIterator]()
    const first = await rows.next()
    if (!first.done) return { layout, rows: resumed(first.value, rows), close: () => closeRows(rows) }
  }
  for (const layout of benchmark.layouts) {
    for await (const _link of layout.links?.(files, split) ?? []) return 'pictures to fetch'
  }
  const layouts = benchmark.layouts.map((layout) => layout.name).join(' or ')
  const readme = `benchmarks/${benchmark.variantOf ?? benchmark.id}/README.md`
  throw new InputError(
    `${files.root} holds no rows of ${benchmark.id} ${split} in the ${layouts} layout. See ${readme}.`,
  )
}

async function closeRows(rows: AsyncIterator<unknown>): Promise<void> {
  await rows.return?.()
}

/** The row that was read to see whether there are any, then the others. */
async function* resumed(first: unknown, rows: AsyncIterator<unknown>) {
  try {
    yield first
    for (let next = await rows.next(); !next.done; next = await rows.next()) yield next.value
  } finally {
    await closeRows(rows)
  }
}

function notHere({ benchmark, split }: Task, place: string): string {
  const pull =
    benchmark.hub && split in benchmark.hub.splits ? `Pull it (${pullCommand({ benchmark, split })}), put` : 'Put'
  return `The data of ${benchmark.id} ${split} is not here. ${pull} it into ${place}, or name its folder with --data.`
}

/** What to type to get a split. */
export function pullCommand({ benchmark, split }: Task): string {
  return `npx arena datasets pull ${benchmark.id} --split ${split}`
}

/** What the lock file says of a split; nothing where it was not pulled. */
async function pulledSplit(ctx: Pick<Context, 'config'>, { benchmark, split }: Task): Promise<LockedSplit | undefined> {
  return split === 'sample' ? undefined : (await readLock(ctx.config, benchmark.id)).splits[split]
}

/** The files of a split: of one that was pulled, those of its lock file and the pictures fetched for it, nothing else. */
export async function openTaskFiles(
  ctx: Pick<Context, 'config'>,
  task: Task,
  { path, unread = false }: { path?: string | undefined; unread?: boolean } = {},
): Promise<LocalFiles> {
  const place = path ?? splitFolder(ctx, task)
  if (!path && !existsSync(place)) throw new InputError(notHere(task, place))
  const pulled = path ? undefined : await pulledSplit(ctx, task)
  const names = pulled && new Set(pulled.files.map((file) => file.path))
  return openDataFiles(place, { unread, ...(names && { belongs: (name) => names.has(name) || isLinked(name) }) })
}

/** Reads every file once: a commit is only claimed for data that is still what was pulled. */
async function revisionOfPull(files: LocalFiles, task: Task, { repo, revision, files: locked }: LockedSplit) {
  for (const file of locked) {
    const state = await stateOfFile(join(files.root, file.path), file)
    if (state === 'right') continue
    const what = state === 'missing' ? 'is missing' : 'is damaged'
    throw new InputError(
      `${file.path} of ${task.benchmark.id} ${task.split} ${what}. Pull it again: ${pullCommand(task)}`,
    )
  }
  const pictures = files.onDisk.filter(isLinked).length
  return `${repo ? `${repo}@` : ''}${revision}${pictures > 0 ? ` with ${pictures} pictures` : ''}`
}

/** The rows as the layout finds them; a file of another shape than it expects is named with the place in it. */
async function* rowsOf(layout: Layout, files: LocalFiles, split: string): AsyncIterable<unknown> {
  try {
    yield* layout.rows(files, split)
  } catch (error) {
    throw error instanceof ZodError ? misfit(files, error) : error
  } finally {
    await files.close()
  }
}

function misfit({ place }: LocalFiles, { issues: [issue] }: ZodError): InputError {
  const path = [...(issue?.path ?? [])]
  // A file that was read as a whole has the number of the row in the path.
  const row = place.row < 0 && typeof path[0] === 'number' ? path.shift() : Math.max(place.row, 0)
  return new InputError(`${place.file}, row ${String(row)}, ${path.join('.') || 'the row'}: ${issue?.message}.`)
}

/** What each row gives. A file of another shape than the layout expects ends the reading; a row that does not fit is one that cannot be used. */
async function* readExamples(
  benchmark: Benchmark,
  layout: Layout,
  files: LocalFiles,
  split: string,
  rows: AsyncIterable<unknown>,
): AsyncIterable<Example | UnusableRow> {
  let index = 0
  const known = split === 'sample' ? Infinity : (benchmark.splits[split]?.n ?? Infinity)
  const seen = new Map<string, number>()
  for await (const raw of rows) {
    const position = index++
    let example: Example | UnusableRow
    try {
      example = exampleOf(benchmark, layout, files, split, raw, position)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      example = { id: `row ${position}`, unusable: error.message }
    }
    refuseSurplus(files, { benchmark, split }, example.id, { position, known, before: seen.get(example.id) })
    seen.set(example.id, position)
    yield example
  }
}

/** Throws InputError for an id that was there before and for a row beyond those that the split is known to have. */
function refuseSurplus(
  { place }: LocalFiles,
  { benchmark, split }: Task,
  id: string,
  { position, known, before }: { position: number; known: number; before: number | undefined },
): void {
  const where = `${place.file}, row ${Math.max(place.row, 0)}`
  if (before !== undefined)
    throw new InputError(
      `${where}: the id ${id} was there before, in row ${before} of ${benchmark.id} ${split}. Each example may be there once: take away the file or row that repeats it.`,
    )
  if (position >= known)
    throw new InputError(
      `${where}: ${id} is one example more than the ${known} that ${benchmark.id} ${split} has. Take away what is not of this split, or is there twice.`,
    )
}

function exampleOf(
  benchmark: Benchmark,
  layout: Layout,
  files: LocalFiles,
  split: string,
  raw: unknown,
  index: number,
): Example {
  const withheld = benchmark.splits[split]?.gold === 'withheld'
  const row = layout.row.safeParse(raw)
  if (!row.success) throw misfit(files, row.error)
  const example = benchmark.toExample(row.data, index)
  if (!withheld && example.gold === null) {
    const { file, row } = files.place
    throw new InputError(`${file}, row ${Math.max(row, 0)}: the gold answer is missing, though ${split} has them all.`)
  }
  const parts = example.parts.map((part): Part => (typeof part === 'string' ? part : sourced(part, files, raw)))
  return { ...example, parts, gold: withheld ? null : example.gold }
}

/** A picture with the place it was read from: a definition passes on the same bytes that its column held, uncopied. */
function sourced(part: ImagePart, { place }: LocalFiles, raw: unknown): ImagePart {
  const held = ([, value]: [string, Partial<ImagePart> | null]) => value?.bytes === part.bytes
  const column = Object.entries(raw as Record<string, Partial<ImagePart> | null>).find(held)?.[0] ?? 'picture'
  const row = place.row < 0 ? '' : `row ${place.row}, `
  return { ...part, source: `${place.file}, ${row}${column}${part.path ? ` (${part.path})` : ''}` }
}

/** All benchmarks with their splits and whether the data is at hand. */
export async function listBenchmarks(ctx: Pick<Context, 'config'>): Promise<BenchmarkSummary[]> {
  const benchmarks = await loadBenchmarks()
  return Promise.all([...benchmarks.values()].map((benchmark) => summarise(ctx, benchmark)))
}

/** One benchmark with its splits and whether their data is at hand. */
export async function summarise(ctx: Pick<Context, 'config'>, benchmark: Benchmark): Promise<BenchmarkSummary> {
  const pulled = (await readLock(ctx.config, benchmark.id)).splits
  return {
    id: benchmark.id,
    version: benchmark.version,
    title: benchmark.title,
    paper: benchmark.paper,
    licence: benchmark.licence,
    headline: benchmark.metrics[0].name,
    variantOf: benchmark.variantOf ?? null,
    promptProfiles: Object.keys(benchmark.prompts),
    scoringProfiles: Object.entries(benchmark.scorers).map(([name, scorer]) => ({
      name,
      needsJudge: scorer.needsJudge !== undefined,
    })),
    splits: Object.entries(benchmark.splits).map(([name, split]) => ({
      name,
      n: split.n,
      gold: split.gold,
      published: split.published ?? false,
      available: isHere(ctx, { benchmark, split: name }, pulled),
    })),
  }
}
