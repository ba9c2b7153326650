import { mkdir, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeParquet, type ParquetType } from '#server/formats/parquet.ts'

/** One Parquet file of a sample, its path relative to the benchmark's `sample/`. */
export interface SampleFile {
  path: string
  columns: Record<string, ParquetType>
  rows: Record<string, unknown>[]
}

/** What a benchmark's `sample.ts` exports: its sample in the official layout, from nothing but the seed. */
export type DrawSample = (seed: number) => Promise<SampleFile[]>

/** The seed of every committed sample. */
export const sampleSeed = 2409

const here = import.meta.dirname

/** Draws the samples of all benchmarks that have a `sample.ts`, or of those named, over the committed ones. */
export async function drawSamples(only: string[] = []): Promise<void> {
  for await (const id of benchmarksWithSample()) {
    if (only.length && !only.includes(id)) continue
    const { drawSample } = (await import(`./${id}/sample.ts`)) as { drawSample: DrawSample }
    const folder = join(here, id, 'sample')
    await rm(folder, { recursive: true, force: true })
    for (const { path, columns, rows } of await drawSample(sampleSeed)) {
      const file = join(folder, path)
      await mkdir(dirname(file), { recursive: true })
      await writeParquet(file, columns, rows)
      console.log(`${id}: ${rows.length} rows in ${join('benchmarks', id, 'sample', path)}`)
    }
  }
}

async function* benchmarksWithSample(): AsyncGenerator<string> {
  for (const folder of (await readdir(here, { withFileTypes: true })).filter((entry) => entry.isDirectory())) {
    const files = await readdir(join(here, folder.name))
    if (files.includes('sample.ts')) yield folder.name
  }
}

if (import.meta.main) await drawSamples(process.argv.slice(2))
