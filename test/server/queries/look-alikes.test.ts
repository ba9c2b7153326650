import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkPictures } from '#server/images/check-pictures.ts'
import { importQueries } from '#server/queries/imports/import-queries.ts'
import { picturesOf } from '#server/queries/look-alikes.ts'
import type { LookAlike } from '#server/queries/schema.ts'
import { arena, type Arena } from '../../support/arena.ts'

let house: Arena
let folder: string
beforeAll(async () => {
  house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 2 })
  folder = await mkdtemp(join(tmpdir(), 'arena-alike-'))
  for (const [name, bytes] of Object.entries(await drawn())) await writeFile(join(folder, name), bytes)
  await imported()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const defaults = { category: 'general', language: 'en', licence: '', source: '', question: 'What is it?' } as const
const imported = () =>
  importQueries(house.ctx, folder, { pool: { slug: 'alike', name: 'Alike' }, defaults, skipBad: false })

/** A picture, a small copy of it in another format, and two others. */
async function drawn() {
  const wave = (seed: number) =>
    sharp(
      Buffer.from(
        Array.from({ length: 240 * 180 }, (_, place) => {
          const [x, y] = [place % 240, Math.floor(place / 240)]
          return 127 + 60 * Math.sin(x / (11 + seed * 5) + seed) + 60 * Math.cos(y / (9 + seed * 7))
        }),
      ),
      { raw: { width: 240, height: 180, channels: 1 } },
    ).png()
  const first = await wave(1).toBuffer()
  const copy = await sharp(first).resize(160).jpeg({ quality: 60 }).toBuffer()
  return { 'a.png': first, 'b.jpg': copy, 'c.png': await wave(4).toBuffer(), 'd.png': await wave(9).toBuffer() }
}

const lookAlikes = async () => (await house.asAdmin.get('/api/v1/pools/alike/look-alikes')).json<LookAlike[]>()
const faultsIn = async () =>
  Array.fromAsync(checkPictures(house.ctx, [...(await picturesOf(house.ctx, 'alike')).keys()]))

test('a smaller copy in another format looks alike, other pictures do not', async () => {
  const pairs = await lookAlikes()
  expect(pairs.map(({ a, b }) => [a.key, b.key].toSorted())).toEqual([['a.png', 'b.jpg']])
  expect(pairs[0]!.bits).toBeLessThanOrEqual(3)
})

test('a check takes the fingerprints of old pictures, and names those that are gone or altered', async () => {
  await house.ctx.sql`update images set fingerprint = null`
  expect(await lookAlikes()).toEqual([])
  expect(await faultsIn()).toEqual([])
  expect(await lookAlikes()).toHaveLength(1)

  const [gone, altered] = await house.ctx.sql<{ sha: string }[]>`
    select image_sha256 as sha from queries where key in ('c.png', 'd.png') order by key`
  const pathOf = (sha: string) => join(house.ctx.config.dataDir, 'images', sha.slice(0, 2), sha)
  await rm(pathOf(gone!.sha))
  await writeFile(pathOf(altered!.sha), Buffer.alloc(20_000))
  const faults = await faultsIn()
  expect(new Map(faults.map(({ sha256, reason }) => [sha256, reason]))).toEqual(
    new Map([
      [gone!.sha, expect.stringMatching(/is gone.*import it again/)],
      [altered!.sha, expect.stringMatching(/no longer holds|is gone/)],
    ]),
  )
  expect(await imported()).toEqual({ added: 0, known: 4, bad: [] })
  expect(await faultsIn()).toEqual([])
})
