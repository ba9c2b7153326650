import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { sampleSeed, type DrawSample, type ParquetFile } from '#benchmarks/samples.ts'
import type { Example } from '#benchmarks/benchmark.ts'
import { paperTable } from '#server/boards/paper-table.ts'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'
import { inspectImage } from '#server/formats/image.ts'
import { readParquetRows } from '#server/formats/parquet.ts'
import { aggregate } from '#server/runs/scoring/aggregate-run.ts'
import { defaultProfile, scoreResponse, scorerOf } from '#server/runs/scoring/score-response.ts'
import { goldAnswer } from '../support/model-servers/gold-answers.ts'
import { sampleOf } from '../support/sample-of.ts'

const folder = join(import.meta.dirname, '../../benchmarks')
const benchmarks = [...(await loadBenchmarks()).values()]
const originals = benchmarks.filter(({ variantOf }) => !variantOf)

test('every folder with a definition, and every column of the published table, is a benchmark with a sample', () => {
  const defined = readdirSync(folder).filter((id) => existsSync(join(folder, id, 'benchmark.ts')))
  expect(originals.map(({ id }) => id)).toEqual(defined.toSorted())
  expect(originals.filter(({ splits }) => splits.sample).length).toBe(originals.length)
  const columns = paperTable.benchmarks.map(({ id, split }) => [id, split])
  const published = originals.map(({ id, splits }) => [id, Object.keys(splits).find((name) => splits[name]!.published)])
  expect(published).toEqual(expect.arrayContaining(columns))
})

describe.each(benchmarks)('the sample of $id', (benchmark) => {
  let examples: Example[]
  beforeAll(async () => {
    examples = await sampleOf(benchmark)
  })

  test('has as many examples as it declares, each with its own id, a picture that can be read and a gold answer', async () => {
    expect(examples).toHaveLength(benchmark.splits.sample!.n)
    expect(new Set(examples.map(({ id }) => id)).size).toBe(examples.length)
    for (const example of examples) {
      expect(example.gold).not.toBeNull()
      const pictures = example.parts.filter((part) => typeof part !== 'string')
      expect(pictures.length).toBeGreaterThan(0)
      for (const { bytes } of pictures) {
        expect((await inspectImage(bytes, { decode: true })).width).toBeLessThanOrEqual(900)
      }
    }
  })

  test('can be asked in every prompt profile and marked in every scoring profile that needs no judge', () => {
    for (const example of examples) {
      for (const prompt of Object.values(benchmark.prompts)) {
        const parts = prompt(example)
        expect(parts.some((part) => typeof part !== 'string')).toBe(true)
        expect(parts.filter((part) => typeof part === 'string').join('')).not.toBe('')
      }
      for (const scorer of Object.values(benchmark.scorers).filter(({ needsJudge }) => !needsJudge)) {
        const { score } = scoreResponse(scorer, example, 'The answer is 4', false)
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(1)
      }
    }
  })

  test('gives every metric a value that is a share or a count, whatever is answered', () => {
    const scorer = scorerOf(benchmark, defaultProfile(benchmark))
    for (const respond of [goldAnswer, () => '4', () => 'A', () => 'yes', () => '']) {
      const rows = examples.map((example) => {
        const { score, also } = scoreResponse(scorer, example, respond(example), false)
        return { score, also, tags: example.tags, cluster: example.id }
      })
      const values = benchmark.metrics
        .flatMap((metric) => aggregate(metric, rows))
        .filter(({ value }) => value !== null)
      expect(values.length).toBeGreaterThan(0)
      for (const { name, value, unit } of values) {
        expect(value, name).toBeGreaterThanOrEqual(0)
        expect(value, name).toBeLessThanOrEqual(unit === 'count' ? rows.length : 1)
      }
    }
  })

  test('is right throughout when the gold answers are given', () => {
    const scorer = scorerOf(benchmark, defaultProfile(benchmark))
    for (const example of examples) {
      const { score } = scoreResponse(scorer, example, goldAnswer(example), false)
      expect(score, example.question).toBeGreaterThanOrEqual(0.9)
    }
  })
})

describe.each(originals)('drawing the sample of $id again', ({ id }) => {
  test('gives the committed files to the byte, which weigh less than 700 KB', async () => {
    const { drawSample } = (await import(`../../benchmarks/${id}/sample.ts`)) as { drawSample: DrawSample }
    const place = join(folder, id, 'sample')
    const committed = readdirSync(place, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(place, join(entry.parentPath, entry.name)))
    const drawn = await drawSample(sampleSeed)
    expect(drawn.map(({ path }) => path).toSorted()).toEqual(committed.toSorted())
    for (const file of drawn) {
      const path = join(place, file.path)
      if ('rows' in file) expect(await picturesIn(readParquetRows(path))).toEqual(await picturesIn(file.rows))
      else if ('json' in file) expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(file.json)
      else expect(readFileSync(path).equals(file.bytes), file.path).toBe(true)
    }
    const weight = committed.reduce((sum, name) => sum + statSync(join(place, name)).size, 0)
    expect(weight).toBeLessThan(700_000)
  })
})

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Rows with pictures as the hash of their bytes, without the columns that a row leaves empty. */
async function picturesIn(rows: AsyncIterable<Record<string, unknown>> | ParquetFile['rows']): Promise<unknown[]> {
  const comparable: unknown[] = []
  for await (const row of rows) {
    comparable.push(
      JSON.parse(
        JSON.stringify(row, (_, value: unknown) =>
          value instanceof Uint8Array ? hashOf(value) : value === null ? undefined : value,
        ),
      ),
    )
  }
  return comparable
}
