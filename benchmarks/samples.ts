import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeParquet, type ParquetType } from '#server/formats/parquet.ts'

/** A Parquet file of a sample; paths are relative to the benchmark's `sample/`. */
export interface ParquetFile {
  path: string
  columns: Record<string, ParquetType>
  rows: Record<string, unknown>[]
}

/** One file of a sample: Parquet, JSON, or bytes as they are. */
export type SampleFile = ParquetFile | { path: string; json: unknown } | { path: string; bytes: Uint8Array }

/** What a benchmark's `sample.ts` exports: its sample in the official layout, from nothing but the seed. */
export type DrawSample = (seed: number) => Promise<SampleFile[]>

/** The seed of every committed sample. */
export const sampleSeed = 2409

const here = import.meta.dirname

/** Draws the samples of all benchmarks that have a `sample.ts`, or of those named, over the committed ones. */
async function drawSamples(only: string[] = []): Promise<void> {
  for await (const id of benchmarksWithSample()) {
    if (only.length && !only.includes(id)) continue
    const { drawSample } = (await import(`./${id}/sample.ts`)) as { drawSample: DrawSample }
    const folder = join(here, id, 'sample')
    await rm(folder, { recursive: true, force: true })
    const files = await drawSample(sampleSeed)
    for (const file of files) await writeSampleFile(folder, file)
    console.log(
      `${id}: ${files.length === 1 ? 'one file' : `${files.length} files`} in ${join('benchmarks', id, 'sample')}`,
    )
  }
}

async function writeSampleFile(folder: string, file: SampleFile) {
  const path = join(folder, file.path)
  await mkdir(dirname(path), { recursive: true })
  if ('rows' in file) await writeParquet(path, file.columns, file.rows)
  else await writeFile(path, 'json' in file ? `${JSON.stringify(file.json, null, 2)}\n` : file.bytes)
}

async function* benchmarksWithSample(): AsyncGenerator<string> {
  for (const folder of (await readdir(here, { withFileTypes: true })).filter((entry) => entry.isDirectory())) {
    const files = await readdir(join(here, folder.name))
    if (files.includes('sample.ts')) yield folder.name
  }
}

if (import.meta.main) await drawSamples(process.argv.slice(2))
