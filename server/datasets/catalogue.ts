import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Benchmark } from '#benchmarks/benchmark.ts'
import { rootDir } from '../core/config.ts'
import { InputError } from '../core/problem.ts'

export const benchmarksDir = join(rootDir, 'benchmarks')

let loading: Promise<Map<string, Benchmark>> | undefined

/** Every benchmark by id: each folder of benchmarks/ that holds a benchmark.ts. */
export function loadBenchmarks(): Promise<Map<string, Benchmark>> {
  loading ??= readBenchmarks(benchmarksDir)
  return loading
}

/** Reads the definitions below a folder, each followed by its variants; an id that is not its folder's name is refused. */
export async function readBenchmarks(folder: string): Promise<Map<string, Benchmark>> {
  const benchmarks = new Map<string, Benchmark>()
  for (const id of readdirSync(folder).sort()) {
    const file = join(folder, id, 'benchmark.ts')
    if (!existsSync(file)) continue
    const { benchmark } = (await import(file)) as { benchmark: Benchmark }
    if (benchmark.id !== id) throw new Error(`${file} defines '${benchmark.id}', its folder says '${id}'`)
    benchmarks.set(id, benchmark)
    for (const [name, variant] of Object.entries(benchmark.variants ?? {})) {
      const variantId = `${id}_${name}`
      benchmarks.set(variantId, { ...benchmark, ...variant, id: variantId, variantOf: id, variants: {} })
    }
  }
  return benchmarks
}

/** One split of one benchmark: what a run runs over. */
export interface Task {
  benchmark: Benchmark
  split: string
}

/**
 * Finds what a name as `chartqa` (its published split), `chartqa_val` (a named split) or `chartqa` with a split means.
 * Throws InputError with the known names.
 */
export async function getTask(name: string, split?: string): Promise<Task> {
  const benchmarks = await loadBenchmarks()
  const whole = benchmarks.get(name)
  if (whole) return { benchmark: whole, split: checkSplit(whole, split ?? publishedSplit(whole)) }
  for (const benchmark of benchmarks.values()) {
    const named = name.slice(benchmark.id.length + 1)
    if (name === `${benchmark.id}_${named}` && named in benchmark.splits) {
      if (split && split !== named)
        throw new InputError(`${name} already names the split ${named}, but ${split} was asked for; name one.`)
      return { benchmark, split: named }
    }
  }
  throw new InputError(`There is no benchmark '${name}'. Known: ${[...benchmarks.keys()].join(', ')}.`)
}

function publishedSplit(benchmark: Benchmark): string {
  const published = Object.entries(benchmark.splits).find(([, split]) => split.published)
  return published?.[0] ?? Object.keys(benchmark.splits)[0]!
}

function checkSplit(benchmark: Benchmark, split: string): string {
  if (split in benchmark.splits) return split
  throw new InputError(`${benchmark.id} has no split '${split}'. It has ${Object.keys(benchmark.splits).join(', ')}.`)
}
