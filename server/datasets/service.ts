import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Benchmark, Example, Layout } from '#benchmarks/benchmark.ts'
import { ZodError } from 'zod'
import type { Context } from '../core/context.ts'
import { InputError } from '../core/problem.ts'
import { benchmarksDir, loadBenchmarks, type Task } from './catalogue.ts'
import { hashFiles, openDataFiles, type LocalFiles } from './data-files.ts'
import type { BenchmarkSummary } from './schema.ts'

/** A split whose data is at hand. */
export interface ReadableSplit extends Task {
  layout: string
  /** Examples in the order of the data, one row at a time. Throws InputError that names file, row, column and what was expected. */
  examples(): AsyncIterable<Example>
}

/** A split that a run can be pinned to. */
export interface OpenSplit extends ReadableSplit {
  /** SHA-256 of the data. */
  revision: string
}

/** Where the data of a split is looked for: the samples lie in the checkout, the rest in the data folder. */
export function splitFolder(ctx: Pick<Context, 'config'>, { benchmark, split }: Task): string {
  const id = benchmark.variantOf ?? benchmark.id
  return split === 'sample' ? join(benchmarksDir, id, 'sample') : join(ctx.config.dataDir, 'datasets', id)
}

/** Opens a split from a given folder or file, else from where it belongs. Throws InputError when no layout finds its rows. */
export async function openSplit(ctx: Pick<Context, 'config'>, task: Task, path?: string): Promise<OpenSplit> {
  const { files, ...split } = await findRows(ctx, task, path)
  return { ...split, revision: await hashFiles(files) }
}

/**
 * Opens a split for its questions and gold answers alone: its files are not hashed, and pictures that lie in files of
 * their own are neither read nor needed (their bytes are empty).
 */
export async function openQuestions(ctx: Pick<Context, 'config'>, task: Task, path?: string): Promise<ReadableSplit> {
  const { files: _files, ...split } = await findRows(ctx, task, path, (files) => ({
    ...files,
    picture: (fileName) => Promise.resolve({ bytes: new Uint8Array(), path: fileName }),
  }))
  return split
}

async function findRows(
  ctx: Pick<Context, 'config'>,
  task: Task,
  path: string | undefined,
  adapt: (files: LocalFiles) => LocalFiles = (files) => files,
): Promise<ReadableSplit & { files: LocalFiles }> {
  const { benchmark, split } = task
  const place = path ?? splitFolder(ctx, task)
  if (!path && !existsSync(place)) {
    throw new InputError(
      `The data of ${benchmark.id} ${split} is not here. Put it into ${place}, or name its folder with --data.`,
    )
  }
  const files = adapt(await openDataFiles(place))
  for (const layout of benchmark.layouts) {
    if (!(await hasRows(layout, files, split))) continue
    return {
      ...task,
      files,
      layout: layout.name,
      examples: () => readExamples(benchmark, layout, files, split),
    }
  }
  for (const layout of benchmark.layouts) {
    for await (const _link of layout.links?.(files, split) ?? []) {
      throw new InputError(`${place} names its pictures by URL, and none of them is here. Fetch them first.`)
    }
  }
  const layouts = benchmark.layouts.map((layout) => layout.name).join(' or ')
  throw new InputError(
    `${place} holds no rows of ${benchmark.id} ${split} in the ${layouts} layout. See benchmarks/${benchmark.id}/README.md.`,
  )
}

async function hasRows(layout: Layout, files: LocalFiles, split: string): Promise<boolean> {
  for await (const _row of rowsOf(layout, files, split)) return true
  return false
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
  return new InputError(
    `${place.file}, row ${String(row)}, ${path.join('.') || 'the row'}: ${issue?.message}. The load stopped there; nothing before it is lost.`,
  )
}

async function* readExamples(
  benchmark: Benchmark,
  layout: Layout,
  files: LocalFiles,
  split: string,
): AsyncIterable<Example> {
  const withheld = benchmark.splits[split]?.gold === 'withheld'
  let index = 0
  for await (const raw of rowsOf(layout, files, split)) {
    const row = layout.row.safeParse(raw)
    if (!row.success) throw misfit(files, row.error)
    const example = benchmark.toExample(row.data, index++)
    if (!withheld && example.gold === null) {
      const { file, row } = files.place
      throw new InputError(
        `${file}, row ${Math.max(row, 0)}: the gold answer is missing, though ${split} has them all.`,
      )
    }
    yield withheld ? { ...example, gold: null } : example
  }
}

/** All benchmarks with their splits and whether the data is at hand. */
export async function listBenchmarks(ctx: Pick<Context, 'config'>): Promise<BenchmarkSummary[]> {
  const benchmarks = await loadBenchmarks()
  return [...benchmarks.values()].map((benchmark) => summarise(ctx, benchmark))
}

/** One benchmark with its splits and whether their data is at hand. */
export function summarise(ctx: Pick<Context, 'config'>, benchmark: Benchmark): BenchmarkSummary {
  return {
    id: benchmark.id,
    version: benchmark.version,
    title: benchmark.title,
    paper: benchmark.paper,
    licence: benchmark.licence,
    headline: benchmark.metrics[0].name,
    variantOf: benchmark.variantOf ?? null,
    splits: Object.entries(benchmark.splits).map(([name, split]) => ({
      name,
      n: split.n,
      gold: split.gold,
      published: split.published ?? false,
      available: existsSync(splitFolder(ctx, { benchmark, split: name })),
    })),
  }
}
