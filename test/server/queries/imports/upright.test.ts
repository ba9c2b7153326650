import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeImages, readImageBytes } from '#server/images/service.ts'
import { importQueries } from '#server/queries/imports/import-queries.ts'
import { arena, type Arena } from '../../../support/arena.ts'

let house: Arena
let folder: string
beforeAll(async () => {
  house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 2 })
  folder = await mkdtemp(join(tmpdir(), 'arena-upright-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const defaults = { category: 'general', language: 'en', licence: '', source: '', question: 'What is it?' } as const
const into = () =>
  importQueries(house.ctx, folder, { pool: { slug: 'turned', name: 'Turned' }, defaults, skipBad: false })

test('a picture that its camera turned is kept upright, for models and raters alike, and comes once', async () => {
  // The left half is red before it is turned a quarter to the right, so the upper half is afterwards.
  const half = (background: string) =>
    sharp({ create: { width: 30, height: 40, channels: 3, background } })
      .png()
      .toBuffer()
  const lying = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#00f' } })
    .composite([{ input: await half('#f00'), left: 0, top: 0 }])
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
  await writeFile(join(folder, 'a.jpg'), lying)
  expect(await into()).toMatchObject({ added: 1 })
  expect(await into()).toMatchObject({ added: 0, known: 1 })
  const [row] = await house.ctx.sql<{ sha: string }[]>`
    select image_sha256 as sha from queries where pool_id = (select id from pools where slug = 'turned')`
  const image = (await describeImages(house.ctx, [row!.sha])).get(row!.sha)!
  expect(image).toMatchObject({ width: 40, height: 60, fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) })
  const kept = sharp(await readImageBytes(house.ctx, image))
  expect(await kept.metadata()).toMatchObject({ width: 40, height: 60 })
  expect((await kept.metadata()).orientation).toBeUndefined()
  const { data, info } = await kept.raw().toBuffer({ resolveWithObject: true })
  const redAt = (x: number, y: number) => data[(y * info.width + x) * info.channels]!
  expect([redAt(20, 10) > 200, redAt(20, 50) < 50]).toEqual([true, true])
})
