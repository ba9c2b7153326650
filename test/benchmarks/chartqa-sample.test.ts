import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { drawSample } from '#benchmarks/chartqa/sample.ts'
import { sampleSeed, type ParquetFile } from '#benchmarks/samples.ts'
import { inspectImage } from '#server/formats/image.ts'
import { readParquetRows } from '#server/formats/parquet.ts'

interface Row {
  image: { bytes: Uint8Array; path: string }
  query: string
  label: string[]
  human_or_machine: number
}

const folder = join(import.meta.dirname, '../../benchmarks/chartqa/sample')
let drawn: ParquetFile
let committed: Row[]

beforeAll(async () => {
  ;[drawn] = (await drawSample(sampleSeed)) as [ParquetFile]
  committed = []
  for await (const row of readParquetRows(join(folder, drawn.path))) committed.push(row as unknown as Row)
})

test('drawing again gives the committed rows to the byte', () => {
  expect(committed.map(({ query, label }) => [query, label])).toEqual(
    drawn.rows.map(({ query, label }) => [query, label]),
  )
  for (const [index, row] of committed.entries()) {
    const { bytes } = (drawn.rows[index] as unknown as Row).image
    expect(Buffer.from(row.image.bytes).equals(bytes), row.query).toBe(true)
  }
})

test('another seed draws other charts', async () => {
  const [other] = (await drawSample(sampleSeed + 1)) as [ParquetFile]
  const labels = (rows: Record<string, unknown>[]) => JSON.stringify(rows.map(({ label }) => label))
  expect(labels(other.rows)).not.toBe(labels(drawn.rows))
})

test('twelve questions are of people and twelve generated, each with a picture and an answer', async () => {
  expect(committed.map((row) => row.human_or_machine)).toEqual([...Array(12).fill(0), ...Array(12).fill(1)])
  for (const { image, query, label } of committed) {
    expect(await inspectImage(image.bytes, { name: image.path, decode: true })).toMatchObject({
      mediaType: 'image/png',
    })
    expect(query).toMatch(/\?$/)
    expect(label.every((answer) => answer.length > 0) && label.length).toBe(1)
  }
})

test('answers are of every kind that the benchmark has', () => {
  const answers = committed.map(({ label }) => label[0]!)
  const kinds = {
    number: /^\d{3,}$/,
    fraction: /^0\.\d+$/,
    decimal: /^\d+\.\d+$/,
    year: /^20\d\d$/,
    yesNo: /^(Yes|No)$/,
  }
  for (const [kind, pattern] of Object.entries({ ...kinds, list: /^\[.*\]$/, label: /^[A-Z][a-z]+$/ })) {
    expect(
      answers.some((answer) => pattern.test(answer)),
      kind,
    ).toBe(true)
  }
})
