import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEgress } from '#server/core/egress.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { fetchLinked } from '#server/datasets/hub/fetch-linked.ts'
import { openSplit } from '#server/datasets/service.ts'
import { writeParquet } from '#server/formats/parquet.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-linked-'))
const asked: string[] = []
const server = createServer((request, response) => {
  asked.push(request.url!)
  if (request.url === '/gone.png') response.writeHead(404).end()
  else response.end(`picture ${request.url}`)
})
const egress = createEgress({ egressAllow: [] })
const ctx = { config: { dataDir: folder }, egress } as never
let origin: string

const sha = (text: string) => createHash('sha256').update(text).digest('hex')

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  egress.allow(origin)
  const row = (name: string, count: number, sha256 = sha(`picture /${name}`)) => ({
    image_url: `${origin}/${name}`,
    image_sha256: sha256,
    count,
    label: 'cups',
  })
  const columns = { image_url: 'string', image_sha256: 'string', count: 'int32', label: 'string' } as const
  const rows = [row('a.png', 2), row('gone.png', 3), row('other.png', 4, sha('what it was')), row('a.png', 5)]
  mkdirSync(join(folder, 'datasets/pixmo_count/data'), { recursive: true })
  await writeParquet(join(folder, 'datasets/pixmo_count/data/test-00000-of-00001.parquet'), columns, rows)
})
afterAll(async () => {
  await egress.close()
  server.close()
  rmSync(folder, { recursive: true })
})

test('before any picture is here the split says so', async () => {
  await expect(openSplit(ctx, await getTask('pixmo_count'))).rejects.toThrow(
    /pictures by URL, and none of them is here/,
  )
})

test('pictures are fetched once and kept when their SHA-256 fits; the others are listed with the reason', async () => {
  const task = await getTask('pixmo_count')
  const seen: number[] = []
  const report = await fetchLinked(ctx, task, { reach: 'listed', onProgress: (done) => seen.push(done) })
  expect(report).toMatchObject({ links: 3, fetched: 1 })
  expect(asked.toSorted()).toEqual(['/a.png', '/gone.png', '/other.png'])
  expect(seen).toEqual([1, 2, 3])
  const manifest = JSON.parse(readFileSync(join(folder, 'datasets/pixmo_count/linked/missing-test.json'), 'utf8')) as {
    url: string
    reason: string
  }[]
  expect(manifest.map(({ url, reason }) => [url, reason])).toEqual([
    [`${origin}/gone.png`, 'the server answered 404'],
    [`${origin}/other.png`, expect.stringMatching(/SHA-256 does not fit/)],
  ])
})

test('a run has the rows whose pictures are here, under their own numbers, and a second fetch asks for the rest only', async () => {
  const task = await getTask('pixmo_count')
  const split = await openSplit(ctx, task)
  expect((await Array.fromAsync(split.examples())).map(({ id, gold }) => [id, gold])).toEqual([
    ['0', 2],
    ['3', 5],
  ])
  asked.length = 0
  expect(await fetchLinked(ctx, task, { reach: 'listed' })).toMatchObject({ links: 3, fetched: 0 })
  expect(asked.toSorted()).toEqual(['/gone.png', '/other.png'])
})
