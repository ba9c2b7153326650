import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { renderPng } from '#benchmarks/drawing/render.ts'
import { inspectImage } from '#server/formats/image.ts'
import { loadSamplePool } from '#server/queries/sample-pool.ts'
import { drawings, picturesFolder } from '#server/queries/sample/draw-pictures.ts'
import { sampleQuestions } from '#server/queries/sample/questions.ts'
import { QueryCategory } from '#server/queries/categories/schema.ts'
import type { PoolQuery } from '#server/queries/service.ts'

let pool: PoolQuery[]
beforeAll(async () => {
  pool = await loadSamplePool()
})

test('the pool has at least 72 queries, each with a key of its own', () => {
  expect(pool.length).toBeGreaterThanOrEqual(72)
  expect(new Set(pool.map(({ key }) => key)).size).toBe(pool.length)
})

test('all ten categories are asked, also where the photographs are not installed', () => {
  const asked = (queries: PoolQuery[]) => new Set(queries.map(({ category }) => category))
  expect(asked(pool)).toEqual(new Set(QueryCategory.options))
  expect(asked(pool.filter(({ image }) => image.source.startsWith('drawn')))).toEqual(new Set(QueryCategory.options))
})

test('no category has fewer than six queries', () => {
  for (const category of QueryCategory.options) {
    expect(pool.filter((query) => query.category === category).length, category).toBeGreaterThanOrEqual(6)
  }
})

test('at least ten queries ask to point, so that points matter', () => {
  expect(pool.filter(({ question }) => /\bpoint to\b/i.test(question)).length).toBeGreaterThanOrEqual(10)
})

test('every picture says where it comes from, under which licence, and is acceptable', async () => {
  for (const { key, image } of pool) {
    expect(['CC0-1.0', 'Apache-2.0'], key).toContain(image.licence)
    const { width, height } = await inspectImage(image.bytes, { name: key })
    expect(Math.max(width, height), key).toBeLessThanOrEqual(1600)
  }
})

test('every drawing is asked about, and every question has its drawing', async () => {
  const asked = sampleQuestions.flatMap(({ drawing }) => drawing ?? [])
  expect(asked.toSorted()).toEqual(Object.keys(drawings).toSorted())
  expect((await readdir(picturesFolder)).toSorted()).toEqual(asked.map((name) => `${name}.png`).toSorted())
})

test.for(Object.keys(drawings))('drawing %s again gives the committed picture to the byte', async (name) => {
  const committed = await readFile(join(picturesFolder, `${name}.png`))
  expect(committed.equals(renderPng(drawings[name]!()))).toBe(true)
})
