import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { hubFileNames } from '#benchmarks/hub.ts'
import type { Context } from '../core/context.ts'
import { loadBenchmarks, type Task } from './catalogue.ts'
import { InputError } from '../core/problem.ts'
import { openDataFiles, type LocalFiles } from './data-files.ts'
import { countParquetRows } from '../formats/parquet.ts'
import { readLock, sizeOf } from './lock.ts'
import { knownSize, missingFiles, partInWords, type Part } from './parts.ts'
import { layoutOf, pullCommand, splitFolder } from './service.ts'

/** One split of one benchmark, and what of its data is on this machine. */
export interface ListedSplit {
  benchmark: string
  split: string
  /** Examples in the published data. */
  n: number
  published: boolean
  /** `all`, `part`: as the lock file has it, by size, or own files that do not hold it all; `own`: files that a person put there; `shipped`: the sample. */
  here: 'all' | 'part' | 'own' | 'shipped' | 'no'
  /** Own files that do not hold all of the split, in words; null where they do, or where that shows only when they are read. */
  partial: string | null
  folder: string
  repo: string | null
  revision: string | null
  /** Of what is here. */
  bytes: number
  /** A command, or where to read on. */
  get: string
}

/** Every split of every benchmark and variant. Looks at names and sizes only; `verifySplit` reads the files. */
export async function listSplits(ctx: Pick<Context, 'config'>): Promise<ListedSplit[]> {
  const listed: ListedSplit[] = []
  for (const benchmark of (await loadBenchmarks()).values()) {
    for (const split of Object.keys(benchmark.splits)) listed.push(await listSplit(ctx, { benchmark, split }))
  }
  return listed
}

async function listSplit(ctx: Pick<Context, 'config'>, task: Task): Promise<ListedSplit> {
  const { benchmark, split } = task
  const { n, published = false } = benchmark.splits[split]!
  const folder = splitFolder(ctx, task)
  const about = {
    benchmark: benchmark.id,
    split,
    n,
    published,
    folder,
    repo: null,
    revision: null,
    partial: null,
    get: howToGet(task),
  }
  const files = existsSync(folder) ? await openDataFiles(folder) : null
  if (split === 'sample') return { ...about, here: 'shipped', bytes: await bytesIn(folder, files?.onDisk ?? []) }
  const { splits } = await readLock(ctx.config, benchmark.id)
  const locked = splits[split]
  if (locked) {
    const right: string[] = []
    for (const { path, size } of locked.files) if ((await sizeOf(join(folder, path))) === size) right.push(path)
    const { repo, revision } = locked
    const here = right.length === locked.files.length ? 'all' : 'part'
    return { ...about, here, repo, revision, bytes: await bytesIn(folder, right) }
  }
  const pulled = new Set(Object.values(splits).flatMap(({ files }) => files.map(({ path }) => path)))
  const own = files && (await openDataFiles(folder, { belongs: (name) => !pulled.has(name) }))
  if (!own || !(await holds(own, task))) return { ...about, here: 'no', bytes: 0 }
  const part = await partByNames(own, task)
  const partial = part && partInWords(part)
  return { ...about, here: partial === null ? 'own' : 'part', partial, bytes: await bytesIn(folder, own.onDisk) }
}

/** What Parquet files say of themselves by their names and footers, without their rows being read. */
async function partByNames({ root, onDisk }: LocalFiles, task: Task): Promise<Part | null> {
  const of = knownSize(task)
  const parquet = hubFileNames(task.split === 'val' ? '(?:val|validation)' : task.split)
  const files = onDisk.filter((name) => parquet.test(name))
  if (of === null || files.length === 0) return null
  let examples = 0
  for (const name of files) examples += await countParquetRows(join(root, name))
  const missing = missingFiles(files, task.split)
  return examples < of || missing.length > 0 ? { examples, of, missing } : null
}

async function holds(files: LocalFiles, task: Task): Promise<boolean> {
  try {
    await layoutOf(task, files)
    return true
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}

function howToGet(task: Task): string {
  const { benchmark, split } = task
  if (split === 'sample') return 'comes with the program'
  if (benchmark.hub && split in benchmark.hub.splits) return pullCommand(task)
  return `by hand: benchmarks/${benchmark.variantOf ?? benchmark.id}/README.md`
}

async function bytesIn(folder: string, names: string[]): Promise<number> {
  let bytes = 0
  for (const name of names) bytes += (await sizeOf(join(folder, name))) ?? 0
  return bytes
}
