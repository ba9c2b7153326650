import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetImage, writeParquet } from '#server/formats/parquet.ts'
import { pngOf } from './png.ts'

const columns = { image: parquetImage, query: 'string', label: { list: 'string' }, human_or_machine: 'int32' } as never

/** A row of ChartQA as the hub has it. */
export const chartqaRow = {
  image: { bytes: pngOf(10, 10), path: 'a.png' },
  query: 'How many?',
  label: ['2'],
  human_or_machine: 0,
}

/** Writes these rows as ChartQA's test split of the hub into a folder, which may be new; returns the file's path. */
export async function writeChartqa(folder: string, rows: Record<string, unknown>[]): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'test-00000-of-00001.parquet')
  await writeParquet(path, columns, rows)
  return path
}

/** Writes so many questions as ChartQA's authors give its test split, each with a picture of its own in a file. */
export function writeChartqaFiles(folder: string, count: number): void {
  mkdirSync(join(folder, 'png'), { recursive: true })
  const questions = Array.from({ length: count }, (_, at) => ({
    imgname: `${at}.png`,
    query: `Question ${at}?`,
    label: '2',
  }))
  for (const [at, { imgname }] of questions.entries()) {
    writeFileSync(join(folder, 'png', imgname), Buffer.concat([pngOf(10, 10), Buffer.from(`picture ${at}`)]))
  }
  writeFileSync(join(folder, 'test_human.json'), JSON.stringify(questions))
}
