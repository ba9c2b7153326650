import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'
import { writeParquet } from '#server/formats/parquet.ts'
import { chartqaRow, writeChartqa } from '../../support/chartqa-file.ts'
import { testDatabase } from '../../support/database.ts'
import { hubServer, type SeenByHub } from '../../support/hub-server.ts'
import { startArena } from '../../support/program.ts'
import { scriptedEndpoint } from '../../support/scripted-endpoint.ts'

// Some start the command four times, each start a second of a free core.
vi.setConfig({ testTimeout: 120_000 })

const repo = 'HuggingFaceM4/ChartQA'
const testFile = 'data/test-00000-of-00001.parquet'

let parquet: Buffer

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'arena-hub-'))
  const noise = { width: 400, height: 400, channels: 3 } as const
  const rows = await Promise.all(
    ['How many?', 'Which?'].map(async (query) => {
      const bytes = await sharp(randomBytes(400 * 400 * 3), { raw: noise })
        .png()
        .toBuffer()
      return { ...chartqaRow, image: { bytes, path: 'a.png' }, query }
    }),
  )
  parquet = readFileSync(await writeChartqa(folder, rows))
  rmSync(folder, { recursive: true })
})

/** A hub with one commit of ChartQA, and the environment of a machine that may reach it. */
async function place() {
  const hub = await hubServer()
  const commit = hub.push(repo, { 'README.md': Buffer.from('#'), [testFile]: parquet })
  const folder = mkdtempSync(join(tmpdir(), 'arena-datasets-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const env = { ARENA_DATA: folder, HF_HOME: join(folder, 'hf'), HF_ENDPOINT: hub.url, EGRESS_ALLOW: hub.allow }
  const arena = async (args: string[], more: Record<string, string> = {}) => {
    const started = startArena(args, { ...env, ...more })
    return { code: await started.ended, output: started.output() }
  }
  return { hub, commit, folder, env, arena }
}

const isDownload = ({ host, range }: SeenByHub) => host === 'cdn' && range !== 'bytes=0-0'

test('what was pulled is run from the command line, and the run names the commit it was made from', async () => {
  const { sql, url } = await testDatabase()
  const { commit, arena } = await place()
  const pulled = await arena(['datasets', 'pull', 'chartqa'])
  expect(pulled.output).toContain(`chartqa test is here: 1 file`)
  expect(pulled.output).toContain(`from ${repo} at ${commit}`)
  expect(pulled.output).toMatch(/chartqa test: [\d.]+ kB of \d+ kB, data\/test-00000/)
  expect(pulled.code).toBe(0)
  const { baseUrl } = await scriptedEndpoint(() => ({ kind: 'answer', text: '2' }))
  const run = await arena(['run', '--tasks', 'chartqa', '--base-url', baseUrl, '--model', 'm'], { DATABASE_URL: url })
  expect(run.output).toMatch(/relaxed correctness +100\.0/)
  expect(await sql`select data_revision from runs`).toEqual([{ data_revision: `${repo}@${commit}` }])
})

test('Ctrl+C leaves a pull that the same command goes on with', async () => {
  const { hub, folder, env, arena } = await place()
  hub.fault = (request) => (isDownload(request) ? { kind: 'stall', after: 600_000 } : undefined)
  const pull = startArena(['datasets', 'pull', 'chartqa'], env)
  const partSize = () => {
    const [part] = readdirSync(join(folder, 'datasets/.partial')).filter((name) => name.endsWith('.part'))
    return part ? statSync(join(folder, 'datasets/.partial', part)).size : 0
  }
  await pull.until(/chartqa test: /)
  await expect.poll(partSize, { timeout: 60_000 }).toBe(600_000)
  pull.child.kill('SIGINT')
  expect(await pull.ended).toBe(130)
  expect(pull.output()).toMatch(/Interrupted\. What came is kept; the same command goes on from there\./)
  hub.fault = () => undefined
  expect((await arena(['datasets', 'pull', 'chartqa'])).code).toBe(0)
  expect(hub.seen.filter(isDownload).at(-1)!.range).toMatch(/^bytes=600000-/)
  expect(readFileSync(join(folder, 'datasets/chartqa', testFile)).equals(parquet)).toBe(true)
})

test('the list says of every split what is here and how to get it', async () => {
  const { commit, arena } = await place()
  await arena(['datasets', 'pull', 'chartqa'])
  const table = await arena(['datasets', 'list'])
  expect(table.output).toMatch(new RegExp(`chartqa +test \\* +2,500 +yes +[\\d.]+ .B +${commit.slice(0, 12)}`))
  expect(table.output).toMatch(/chartqa +val +1,920 +no .*npx arena datasets pull chartqa --split val/)
  expect(table.output).toMatch(/ai2d +test \* .*by hand: benchmarks\/ai2d\/README\.md/)
  const { output } = await arena(['datasets', 'list', '--json'])
  const listed = JSON.parse(output) as { benchmark: string; split: string; here: string; get: string }[]
  const splits = [...(await loadBenchmarks()).values()].flatMap(({ splits }) => Object.keys(splits))
  expect(listed).toHaveLength(splits.length)
  expect(listed.find(({ benchmark, split }) => benchmark === 'chartqa' && split === 'test')).toMatchObject({
    here: 'all',
    repo,
    revision: commit,
    bytes: parquet.length,
  })
})

test('verify reads what was pulled again: 0 when it is right, 2 with the names of what is not', async () => {
  const { folder, arena, commit } = await place()
  expect((await arena(['datasets', 'verify', 'chartqa'])).code).toBe(2)
  await arena(['datasets', 'pull', 'chartqa'])
  const right = await arena(['datasets', 'verify', 'chartqa'])
  expect(right).toEqual({
    code: 0,
    output: `chartqa test: 1 file as in ${repo}@${commit}\nchartqa test is partial: 2 of 2500 examples\n`,
  })
  const path = join(folder, 'datasets/chartqa', testFile)
  writeFileSync(
    path,
    parquet.map((byte, at) => (at === 5000 ? byte ^ 1 : byte)),
  )
  writeFileSync(join(folder, 'datasets/chartqa/notes.txt'), 'mine')
  const wrong = await arena(['datasets', 'verify', 'chartqa'])
  expect(wrong.code).toBe(2)
  expect(wrong.output).toContain(`damaged  ${testFile}\n`)
  expect(wrong.output).toMatch(/extra +notes\.txt/)
  expect(wrong.output).toMatch(/Put it right: npx arena datasets pull chartqa --split test/)
})

test('a folder of one’s own is put where runs look for it', async () => {
  const { folder, arena } = await place()
  writeFileSync(join(folder, 'test.parquet'), parquet)
  const pulled = await arena(['datasets', 'pull', 'chartqa', '--from', join(folder, 'test.parquet')])
  expect(pulled.output).toMatch(/chartqa test is here: 1 file, .*from a folder, SHA-256 [0-9a-f]{64}/)
  expect(pulled.output).toContain('chartqa test is partial: 2 of 2500 examples. Runs of it stand on no board.')
  expect((await arena(['datasets', 'verify', 'chartqa'])).code).toBe(0)
})

test('pictures that the data names by URL are fetched after it; those that cannot be had are counted and listed', async () => {
  const { hub, folder, arena } = await place()
  const columns = { image_url: 'string', image_sha256: 'string', count: 'int32', label: 'string' } as const
  const row = { image_url: 'http://10.1.2.3/cups.png', image_sha256: 'ab'.repeat(32), count: 2, label: 'cups' }
  await writeParquet(join(folder, 'rows.parquet'), columns, [row])
  hub.push('allenai/pixmo-count', { [testFile]: readFileSync(join(folder, 'rows.parquet')) })
  const { code, output } = await arena(['datasets', 'pull', 'pixmo_count'])
  expect(code).toBe(0)
  expect(output).toMatch(
    /pictures: 0 of 1 are here, 0 of them fetched now; missing: 1, the reasons are in .*missing-test\.json/,
  )
  const manifest = readFileSync(join(folder, 'datasets/pixmo_count/linked/missing-test.json'), 'utf8')
  expect(manifest).toMatch(/http:\/\/10\.1\.2\.3\/cups\.png[^]*not a public address/)
})

test.each<[string, string[], Record<string, string>, number, RegExp]>([
  [
    'a mirror that the operator has not listed',
    ['pull', 'chartqa'],
    { EGRESS_ALLOW: '' },
    2,
    /HF_ENDPOINT is .*EGRESS_ALLOW does not list it/,
  ],
  [
    'a hub that nobody runs',
    ['pull', 'chartqa'],
    { HF_ENDPOINT: 'http://127.0.0.1:9', EGRESS_ALLOW: '127.0.0.1:9' },
    1,
    /cannot be fetched from http:\/\/127\.0\.0\.1:9\. The connection was refused/,
  ],
  [
    'no network at all',
    ['pull', 'chartqa'],
    { HF_HUB_OFFLINE: '1' },
    2,
    /HF_HUB_OFFLINE is set, and .* does not hold all of/,
  ],
  ['a token that is none', ['pull', 'chartqa'], { HF_TOKEN: 'secret' }, 2, /does not begin with hf_/],
  [
    'data that must be fetched by hand',
    ['pull', 'ai2d'],
    {},
    2,
    /ai2d-all\.zip.*Put the files, zips as they are, into .*datasets\/ai2d/,
  ],
  [
    'a folder with a revision',
    ['pull', 'chartqa', '--from', '/tmp', '--revision', 'main'],
    {},
    2,
    /--revision or --from/,
  ],
])('%s is one sentence', async (_name, args, more, code, sentence) => {
  const { arena } = await place()
  const ended = await arena(['datasets', ...args], more)
  expect(ended.output).toMatch(sentence)
  expect(ended.output).not.toMatch(/^\s+at .*\.ts/m)
  expect(ended.output).not.toContain('secret')
  expect(ended.code).toBe(code)
})
