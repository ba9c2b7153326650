import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { createHash, randomBytes } from 'node:crypto'
import { readConfig } from '#server/core/config.ts'
import { createEgress } from '#server/core/egress.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { pullFrom, pullSplit, type PullOptions } from '#server/datasets/hub/pull.ts'
import { openSplit } from '#server/datasets/service.ts'
import { verifySplit, extraFiles } from '#server/datasets/verify-split.ts'
import { chartqaRow, writeChartqa } from '../../support/chartqa-file.ts'
import { hubServer, type HubFault, type HubServer, type SeenByHub } from '../../support/hub-server.ts'

const repo = 'HuggingFaceM4/ChartQA'
const testFile = 'data/test-00000-of-00001.parquet'

let first: Record<string, Uint8Array>
let second: Record<string, Uint8Array>

beforeAll(async () => {
  const folder = temporary()
  const parquet = async (query: string) => {
    const image = { bytes: randomBytes(300_000), path: 'a.png' }
    return readFileSync(await writeChartqa(folder, [{ ...chartqaRow, image, query }]))
  }
  first = {
    'README.md': Buffer.from('# ChartQA'),
    'data/train-00000-of-00001.parquet': await parquet('train'),
    [testFile]: await parquet('How many?'),
    'data/val-00000-of-00002.parquet': await parquet('val, one'),
    'data/val-00001-of-00002.parquet': await parquet('val, two'),
  }
  second = { ...first, [testFile]: await parquet('How many now?') }
  rmSync(folder, { recursive: true })
})

function temporary(): string {
  return mkdtempSync(join(tmpdir(), 'arena-pull-'))
}

/** A hub with one commit, and a machine that pulls from it. */
async function place({ token, env = {} }: { token?: string; env?: Record<string, string> } = {}) {
  const hub = await hubServer(token ? { token } : {})
  const commit = hub.push(repo, first)
  const folder = temporary()
  const home = join(folder, 'hf')
  const config = readConfig({
    ARENA_DATA: folder,
    HF_HOME: home,
    HF_ENDPOINT: hub.url,
    EGRESS_ALLOW: hub.allow,
    ...env,
  })
  const egress = createEgress(config)
  onTestFinished(async () => {
    await egress.close()
    rmSync(folder, { recursive: true })
  })
  const notes: string[] = []
  const pull = async (name = 'chartqa', options: Partial<PullOptions> = {}) =>
    pullSplit({ config, egress }, await getTask(name), {
      signal: new AbortController().signal,
      onNote: (words) => notes.push(words),
      ...options,
    })
  const data = (path: string) => join(folder, 'datasets/chartqa', path)
  const partial = () => readdirSync(join(folder, 'datasets/.partial'))
  return { hub, commit, folder, home, ctx: { config, egress }, pull, notes, data, partial }
}

/** The first request that fits gets the fault, the others the right answer. */
function once(hub: HubServer, fits: (request: SeenByHub) => boolean, fault: HubFault) {
  let done = false
  hub.fault = (request) => {
    if (done || !fits(request)) return undefined
    done = true
    return fault
  }
}

/** More than the client's buffers hold: some of it has been written when the connection breaks. */
const cutAfter = 250_000

const isDownload = ({ host, range }: SeenByHub) => host === 'cdn' && range !== 'bytes=0-0'

test('only the files of the split asked for are fetched, through all pages of the listing', async () => {
  const { hub, pull, data, commit, ctx } = await place()
  const pulled = await pull('chartqa_val')
  expect(pulled).toMatchObject({ repo, revision: commit, fetchedBytes: pulled.bytes })
  expect(readdirSync(data('data'))).toEqual(['val-00000-of-00002.parquet', 'val-00001-of-00002.parquet'])
  for (const { path } of pulled.files) expect(readFileSync(data(path)).equals(first[path]!)).toBe(true)
  expect(hub.seen.filter(({ path }) => path.includes('/tree/'))).toHaveLength(3)
  const split = await openSplit(ctx, await getTask('chartqa_val'))
  expect(split.revision).toBe(`${repo}@${commit}`)
  expect((await Array.fromAsync(split.examples())).map(({ question }) => question)).toEqual(['val, one', 'val, two'])
})

test('what is here already is not fetched again', async () => {
  const { hub, pull } = await place()
  await pull()
  hub.seen.length = 0
  expect(await pull()).toMatchObject({ fetchedBytes: 0 })
  expect(hub.seen).toEqual([])
})

test('a connection that breaks in the middle is taken up again with a Range request, and the bytes are right', async () => {
  const { hub, pull, data, notes, partial } = await place()
  once(hub, isDownload, { kind: 'cut', after: cutAfter })
  const pulled = await pull()
  expect(readFileSync(data(testFile)).equals(first[testFile]!)).toBe(true)
  const [, goingOn] = hub.seen.filter(isDownload)
  const [, start] = /^bytes=(\d+)-\d+$/.exec(goingOn!.range!)!
  expect(Number(start)).toBeGreaterThan(0)
  expect(Number(start)).toBeLessThanOrEqual(cutAfter)
  expect(pulled.fetchedBytes).toBe(first[testFile]!.length)
  expect(notes[0]).toMatch(/test-00000-of-00001\.parquet: .*going on from byte [1-9]/)
  expect(partial()).toEqual([])
})

test('a download that is given up names the file, leaves none under its name, and the next pull goes on with it', async () => {
  const { hub, pull, data, partial, folder } = await place()
  let cuts = 0
  hub.fault = (request) => (isDownload(request) ? { kind: 'cut', after: cuts++ === 0 ? cutAfter : 0 } : undefined)
  await expect(pull()).rejects.toThrow(
    /^The download of data\/test-00000-of-00001\.parquet of .* breaks off at byte [1-9]\d* of \d+ \(.*\)\. What came is kept: begin again\.$/,
  )
  expect(existsSync(data(testFile))).toBe(false)
  const [part] = partial()
  const here = statSync(join(folder, 'datasets/.partial', part!)).size
  hub.fault = () => undefined
  const { bytes, fetchedBytes } = await pull()
  expect(fetchedBytes).toBe(bytes - here)
  expect(readFileSync(data(testFile)).equals(first[testFile]!)).toBe(true)
})

test('a server that knows no ranges sends the whole file again, and the bytes are right', async () => {
  const { hub, pull, data } = await place()
  let downloads = 0
  hub.fault = (request) => {
    if (!isDownload(request)) return undefined
    return downloads++ === 0 ? { kind: 'cut', after: cutAfter } : { kind: 'no ranges' }
  }
  await pull()
  expect(readFileSync(data(testFile)).equals(first[testFile]!)).toBe(true)
})

test('bytes that do not fit the hash are refused and nothing of them is left', async () => {
  const { hub, pull, data, partial } = await place()
  hub.fault = (request) => (isDownload(request) ? { kind: 'wrong bytes' } : undefined)
  await expect(pull()).rejects.toThrow(/test-00000-of-00001\.parquet came from .* with other bytes than its hash says/)
  expect(existsSync(data(testFile))).toBe(false)
  expect(partial()).toEqual([])
})

test('the token goes to the hub and never to the host that it redirects to', async () => {
  const token = 'hf_of_nobody'
  const { hub, pull } = await place({ token, env: { HF_TOKEN: token } })
  await pull()
  const sent = (host: SeenByHub['host']) =>
    new Set(hub.seen.filter((request) => request.host === host).map(({ authorization }) => authorization))
  expect(sent('hub')).toEqual(new Set([`Bearer ${token}`]))
  expect(sent('cdn')).toEqual(new Set([undefined]))
})

test('without HF_TOKEN the token that lies in HF_HOME is sent', async () => {
  const { hub, home, pull } = await place({ token: 'hf_from_a_file' })
  await expect(pull()).rejects.toThrow(
    /shows HuggingFaceM4\/ChartQA at main to nobody without a token \(401\): set HF_TOKEN/,
  )
  mkdirSync(home)
  writeFileSync(join(home, 'token'), 'hf_from_a_file\n')
  await pull()
  expect(hub.seen.at(-1)!.host).toBe('cdn')
})

test('the lock file keeps the revision when the hub moves on; --revision moves it', async () => {
  const { hub, pull, data, commit } = await place()
  await pull()
  const newer = hub.push(repo, second)
  expect((await pull()).revision).toBe(commit)
  expect((await pull('chartqa_val')).revision).toBe(commit)
  expect((await pull('chartqa', { revision: 'main' })).revision).toBe(newer)
  expect(readFileSync(data(testFile)).equals(second[testFile]!)).toBe(true)
  expect((await pull()).revision).toBe(newer)
})

test('a pull that broke off keeps to its revision too', async () => {
  const { hub, pull, commit, data } = await place()
  hub.fault = (request) => (isDownload(request) ? { kind: 'cut', after: 0 } : undefined)
  await expect(pull()).rejects.toThrow(/breaks off/)
  hub.push(repo, second)
  hub.fault = () => undefined
  expect((await pull()).revision).toBe(commit)
  expect(readFileSync(data(testFile)).equals(first[testFile]!)).toBe(true)
})

test('files that a newer revision no longer has are removed', async () => {
  const { hub, pull, data } = await place()
  await pull()
  const { [testFile]: moved, ...others } = first
  hub.push(repo, { ...others, 'data/test-00000-of-00001-9f.parquet': moved! })
  await pull('chartqa', { revision: 'main' })
  expect(readdirSync(data('data'))).toEqual(['test-00000-of-00001-9f.parquet'])
})

test('a hub that asks for a pause is asked again after it', async () => {
  const { hub, pull, notes } = await place()
  once(hub, ({ path }) => path.includes('/tree/'), { kind: 'status', status: 429, headers: { 'retry-after': '0' } })
  await pull()
  expect(notes).toEqual(['the hub answered 429; trying again in 0 s'])
})

test.for<[string, HubFault, RegExp]>([
  [
    '429 that asks for an hour',
    { kind: 'status', status: 429, headers: { 'retry-after': '3600' } },
    /asks for a pause \(429\)/,
  ],
  [
    '429 that names a day',
    { kind: 'status', status: 429, headers: { 'retry-after': 'Fri, 01 Jan 2100 00:00:00 GMT' } },
    /asks for a pause \(429\)/,
  ],
  ['403', { kind: 'status', status: 403 }, /refuses .*ChartQA.* \(403\): accept the terms/],
  ['404', { kind: 'status', status: 404 }, /does not have .*ChartQA.* \(404\)/],
])('%s ends the pull with a sentence', async ([, fault, sentence]) => {
  const { hub, pull, notes } = await place()
  hub.fault = () => fault
  await expect(pull()).rejects.toThrow(sentence)
  expect(notes).toEqual([])
})

test('a revision that the hub does not have, a split without files and an address that is no hub are named', async () => {
  const { hub, pull } = await place()
  await expect(pull('chartqa', { revision: 'v9' })).rejects.toThrow(
    /does not have HuggingFaceM4\/ChartQA at v9 \(404\)/,
  )
  hub.push(repo, { 'README.md': Buffer.from('') })
  await expect(pull()).rejects.toThrow(/has no Parquet files of HuggingFaceM4\/ChartQA test at [0-9a-f]{40}/)
  const elsewhere = await place({ env: { HF_ENDPOINT: 'http://10.1.2.3:81' } })
  await expect(elsewhere.pull()).rejects.toThrow(/^HF_ENDPOINT is http:\/\/10\.1\.2\.3:81\. .*EGRESS_ALLOW/)
})

test('a path that leaves its folder is refused', async () => {
  const { hub, pull } = await place()
  hub.push(repo, { '../../test.parquet': first[testFile]! })
  await expect(pull()).rejects.toThrow(/names a file \.\.\/\.\.\/test\.parquet, which leaves its folder/)
})

test('what the disk has no room for is not begun', async () => {
  const { hub, pull } = await place()
  hub.sizes(repo, testFile, 10 ** 15)
  await expect(pull()).rejects.toThrow(/chartqa test takes 1000000\.0 GB and the disk of .* has [\d.]+ GB left/)
  expect(hub.seen.filter(isDownload)).toEqual([])
})

test('a disk that fills up on the way ends the pull as what it is', async () => {
  const { pull, folder } = await place()
  mkdirSync(join(folder, 'datasets/.partial'), { recursive: true })
  const hash = createHash('sha256').update(first[testFile]!).digest('hex')
  symlinkSync('/dev/full', join(folder, `datasets/.partial/sha256-${hash}.part`))
  await expect(pull()).rejects.toMatchObject({ code: 'ENOSPC' })
})

test('a file that somebody put where another belongs is left alone', async () => {
  const { pull, data } = await place()
  mkdirSync(data('data'), { recursive: true })
  writeFileSync(data(testFile), 'mine')
  await expect(pull()).rejects.toThrow(/test-00000-of-00001\.parquet is there already.*Move it away/)
  expect(readFileSync(data(testFile), 'utf8')).toBe('mine')
})

/** As other programs keep it: the file under its hash, a link to it under the commit, the commit under the branch. */
function fillCache(home: string, commit: string, files: string[]) {
  const cache = join(home, 'hub/datasets--HuggingFaceM4--ChartQA')
  for (const name of ['blobs', 'refs', `snapshots/${commit}/data`]) mkdirSync(join(cache, name), { recursive: true })
  writeFileSync(join(cache, 'refs/main'), commit)
  for (const path of files) {
    const blob = join(cache, 'blobs', createHash('sha256').update(first[path]!).digest('hex'))
    writeFileSync(blob, first[path]!)
    symlinkSync(blob, join(cache, `snapshots/${commit}`, path))
  }
}

test('files in the cache of other programs are taken from there', async () => {
  const { hub, home, pull, commit, data } = await place()
  fillCache(home, commit, [testFile])
  expect(await pull()).toMatchObject({ fetchedBytes: 0 })
  expect(hub.seen.filter(({ host }) => host === 'cdn')).toEqual([])
  expect(readFileSync(data(testFile)).equals(first[testFile]!)).toBe(true)
})

test('offline, a split is taken from that cache when it is whole there, else one sentence says what is missing', async () => {
  const { hub, home, pull, commit } = await place({ env: { HF_HUB_OFFLINE: '1' } })
  await expect(pull()).rejects.toThrow(
    /^HF_HUB_OFFLINE is set, and .* does not hold all of HuggingFaceM4\/ChartQA test at main/,
  )
  fillCache(home, commit, [testFile, 'data/val-00000-of-00002.parquet'])
  expect(await pull()).toMatchObject({ revision: commit, fetchedBytes: 0 })
  expect(await pull()).toMatchObject({ revision: commit })
  await expect(pull('chartqa_val')).rejects.toThrow(/does not hold all of HuggingFaceM4\/ChartQA val/)
  expect(hub.seen).toEqual([])
})

test('a local folder is copied, its split found, and its files stand in the lock file with no commit', async () => {
  const { folder, ctx, data } = await place()
  const source = join(folder, 'mine')
  mkdirSync(source)
  writeFileSync(join(source, 'test.parquet'), first[testFile]!)
  const task = await getTask('chartqa')
  const pulled = await pullFrom(ctx, task, source, { signal: new AbortController().signal })
  expect(pulled).toMatchObject({ repo: null, files: [{ path: 'test.parquet' }] })
  expect(readFileSync(data('test.parquet')).equals(first[testFile]!)).toBe(true)
  expect((await openSplit(ctx, task)).revision).toBe((await openSplit(ctx, task, source)).revision)
  const val = await getTask('chartqa_val')
  await expect(pullFrom(ctx, val, source, { signal: new AbortController().signal })).rejects.toThrow(
    /holds no rows of chartqa val/,
  )
})

test('verifying finds what was damaged, is missing or was added, a run refuses it, and a pull puts it right', async () => {
  const { ctx, pull, data } = await place()
  const task = await getTask('chartqa_val')
  await expect(verifySplit(ctx, task)).rejects.toThrow(/chartqa val was not pulled/)
  const { files } = await pull('chartqa_val')
  expect(await verifySplit(ctx, task)).toMatchObject({ files: 2, damaged: [], missing: [] })
  const [one, two] = files.map(({ path }) => path)
  const bytes = readFileSync(data(one!))
  bytes[1000]! ^= 1
  writeFileSync(data(one!), bytes)
  rmSync(data(two!))
  writeFileSync(data('data/val-extra.parquet'), 'x')
  expect(await verifySplit(ctx, task)).toMatchObject({ damaged: [one], missing: [two] })
  expect(await extraFiles(ctx, task)).toEqual(['data/val-extra.parquet'])
  await expect(openSplit(ctx, task)).rejects.toThrow(
    /val-00000-of-00002\.parquet of chartqa val is damaged\. Pull it again: npx arena datasets pull chartqa --split val/,
  )
  await pull('chartqa_val')
  expect(await verifySplit(ctx, task)).toMatchObject({ damaged: [], missing: [] })
  expect(await Array.fromAsync((await openSplit(ctx, task)).examples())).toHaveLength(2)
})

test('a sample is not pulled, and data that must be fetched by hand says from where to where', async () => {
  const { pull } = await place()
  await expect(pull('chartqa_sample')).rejects.toThrow(/comes with the program; there is nothing to pull/)
  await expect(pull('ai2d')).rejects.toThrow(/ai2d-all\.zip.*Put the files, zips as they are, into .*datasets\/ai2d/)
})
