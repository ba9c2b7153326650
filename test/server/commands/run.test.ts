import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { testDatabase } from '../../support/database.ts'
import { pngOf } from '../../support/png.ts'
import { startArena } from '../../support/program.ts'
import { scriptedEndpoint } from '../../support/scripted-endpoint.ts'

/** An OpenAI-compatible endpoint that says 42 after a while, and counts what it was asked. */
interface Endpoint {
  url: string
  asked: string[]
}

const servers: Server[] = []
const folders: string[] = []
afterEach(() => servers.splice(0).forEach((server) => server.closeAllConnections()))
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

async function endpoint({ delayMs = 0, status = 200 }: { delayMs?: number; status?: number } = {}): Promise<Endpoint> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    void (async () => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      if (request.url !== '/v1/chat/completions') return response.writeHead(404).end('{}')
      const { messages } = JSON.parse(body) as { messages: { content: { type: string; text?: string }[] }[] }
      asked.push(messages[0]!.content.find((part) => part.type === 'text')!.text!)
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      const reply = {
        model: 'm',
        choices: [{ message: { content: '42' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 9, completion_tokens: 1 },
      }
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify(status === 200 ? reply : { error: { message: 'no' } }))
    })().catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/v1`, asked }
}

async function place() {
  const database = await testDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'arena-run-'))
  folders.push(folder)
  return { sql: database.sql, env: { DATABASE_URL: database.url, ARENA_DATA: folder } }
}

const sample = (url: string) => ['run', '--tasks', 'chartqa', '--split', 'sample', '--base-url', url, '--model', 'm']

test('arena run asks every example once and prints a table', async () => {
  const { sql, env } = await place()
  const { url, asked } = await endpoint()
  const run = startArena(sample(url), env)
  expect(await run.ended).toBe(0)
  expect(run.output()).toMatch(/chartqa sample, run 1: 24 of 24/)
  expect(run.output()).toMatch(/relaxed correctness +\d+\.\d +\d+\.\d to \d+\.\d +24/)
  expect(asked).toHaveLength(24)
  expect(new Set(asked).size).toBe(24)
  expect(asked[0]).toMatch(/\nAnswer the question using a single word or phrase\.$/)
  const [counts] =
    await sql`select count(*)::int as scored, count(distinct example_id)::int as examples from predictions where outcome = 'scored'`
  expect(counts).toEqual({ scored: 24, examples: 24 })
})

test('MMMU tells how often its official script would have drawn a letter, and what the draws are worth', async () => {
  const { env } = await place()
  const { url } = await endpoint()
  const run = startArena(['run', '--tasks', 'mmmu_sample', '--base-url', url, '--model', 'm'], env)
  expect(await run.ended).toBe(0)
  expect(run.output()).toMatch(/fallback count +10 +– +10\n/)
  expect(run.output()).toMatch(/expected value +\d+\.\d +\d+\.\d to \d+\.\d +12\n/)
})

test('a picture that cannot be used is an error of its examples, in words, and all others are scored', async () => {
  const { sql, env } = await place()
  const { url } = await endpoint()
  const data = join(env.ARENA_DATA, 'mine')
  for (const id of ['chartqa', 'ai2d']) cpSync(`benchmarks/${id}/sample`, data, { recursive: true })
  writeFileSync(join(data, 'images/0.png'), pngOf(50_000, 50_000))
  const tasks = ['--tasks', 'chartqa_sample,ai2d_sample', '--data', data]
  const run = startArena(['run', ...tasks, '--base-url', url, '--model', 'm'], env)
  expect(await run.ended).toBe(1)
  expect(run.output()).toMatch(/relaxed correctness +\d+\.\d +\d+\.\d to \d+\.\d +24/)
  expect(run.output()).toMatch(/questions\/0\.png\.json, image \(images\/0\.png\) measures/)
  const [counted] = await sql<{ faulty: number; unanswered: number }[]>`
    select count(*) filter (where fault is not null)::int as faulty, count(*) filter (where outcome is null)::int as unanswered
    from predictions`
  expect(counted!.faulty).toBeGreaterThan(0)
  expect(counted!.unanswered).toBe(counted!.faulty)
})

test('killed halfway and resumed, every example is scored exactly once and only calls in flight are repeated', async () => {
  const { sql, env } = await place()
  const { url, asked } = await endpoint({ delayMs: 150 })
  const run = startArena([...sample(url), '--max-concurrency', '2'], env)
  await expect.poll(() => asked.length, { timeout: 30_000 }).toBeGreaterThan(10)
  run.child.kill('SIGKILL')
  await run.ended

  const resumed = startArena(['resume'], env)
  expect(await resumed.ended).toBe(0)
  expect(resumed.output()).toMatch(/24 of 24/)
  const [scored] = await sql`
    select count(*)::int as predictions, count(scored_at)::int as scored,
      (select count(*)::int from replies) as replies, (select status from runs where id = 1) as status from predictions`
  expect(scored).toEqual({ predictions: 24, scored: 24, replies: 24, status: 'complete' })
  expect(asked.length).toBeLessThanOrEqual(24 + 2)
})

test('Ctrl+C leaves a run that can be resumed, and says how', async () => {
  const { env } = await place()
  const { url, asked } = await endpoint({ delayMs: 200 })
  const run = startArena([...sample(url), '--max-concurrency', '2'], env)
  await expect.poll(() => asked.length, { timeout: 30_000 }).toBeGreaterThan(4)
  run.child.kill('SIGINT')
  expect(await run.ended).toBe(130)
  expect(run.output()).toMatch(/interrupted.*npx arena resume 1/)
  expect(await startArena(['resume', '1'], env).ended).toBe(0)
})

test('a refused key pauses the run in words, asks no more, and exits with 3', async () => {
  const { env } = await place()
  const { url, asked } = await endpoint({ status: 401 })
  const run = startArena([...sample(url), '--max-concurrency', '4'], env)
  expect(await run.ended).toBe(3)
  expect(run.output()).toMatch(/Run 1 is paused: .*(401|key)/i)
  expect(asked.length).toBeLessThanOrEqual(4)
})

test('--limit takes the same examples for the same seed', async () => {
  const { env } = await place()
  const first = await endpoint()
  const second = await endpoint()
  expect(await startArena([...sample(first.url), '--limit', '5', '--seed', '3'], env).ended).toBe(0)
  expect(await startArena([...sample(second.url), '--limit', '5', '--seed', '3'], env).ended).toBe(0)
  expect(first.asked).toHaveLength(5)
  expect(second.asked.toSorted()).toEqual(first.asked.toSorted())
})

test.each([
  [
    'a misspelt benchmark',
    ['run', '--tasks', 'chartaq', '--base-url', 'http://127.0.0.1:9/v1', '--model', 'm'],
    /no benchmark 'chartaq'/,
  ],
  [
    'an unknown split',
    ['run', '--tasks', 'chartqa', '--split', 'dev', '--base-url', 'http://127.0.0.1:9/v1', '--model', 'm'],
    /no split 'dev'/,
  ],
  ['no address', ['run', '--tasks', 'chartqa', '--split', 'sample'], /Say where the model answers/],
  [
    'an address that is none',
    ['run', '--tasks', 'chartqa', '--split', 'sample', '--base-url', 'lab-a100/v1', '--model', 'm'],
    /lab-a100\/v1/,
  ],
  ['a limit of none', ['run', '--tasks', 'chartqa', '--limit', '0'], /whole number from 1/],
  ['an unknown option', ['run', '--tasks', 'chartqa', '--task', 'x'], /unknown option '--task'/],
  ['an unknown command', ['rnu'], /unknown command 'rnu'/],
  [
    'data that is not there',
    ['run', '--tasks', 'chartqa', '--data', '/nowhere', '--base-url', 'http://127.0.0.1:9/v1', '--model', 'm'],
    /nothing at \/nowhere/,
  ],
  ['a run that does not exist', ['resume', '99'], /no run 99/],
])('%s is one sentence and exit code 2', async (_name, args, sentence) => {
  const { env } = await place()
  const { url } = await endpoint()
  const started = startArena(
    args.map((arg) => arg.replace('http://127.0.0.1:9/v1', url)),
    env,
  )
  expect(await started.ended).toBe(2)
  expect(started.output()).toMatch(sentence)
  expect(started.output()).not.toMatch(/^\s+at .*\.ts/m)
})

test('an endpoint that only ever breaks the connection leaves every example missing, never scored', async () => {
  const { sql, env } = await place()
  const { baseUrl } = await scriptedEndpoint(() => ({ kind: 'reset' }))
  const run = startArena([...sample(baseUrl), '--limit', '2', '--timeout', '1', '--retries', '0'], env)
  expect(await run.ended).toBe(1)
  expect(run.output()).toMatch(/connection/)
  expect(await sql`select 1 from predictions where outcome is not null`).toHaveLength(0)
})

test('all eleven in one start: a table, a summary of the model with its mean, and a file with the result', async () => {
  const { env } = await place()
  const { url } = await endpoint()
  const output = join(env.ARENA_DATA, 'result.json')
  const options = ['--tasks', 'all', '--split', 'sample', '--limit', '2', '--output', output]
  const run = startArena(['run', ...options, '--base-url', url, '--model', 'm'], env)
  expect(await run.ended).toBe(0)
  expect(run.output()).toMatch(/\nm +split +metric +score/)
  expect(run.output()).toMatch(/\nmean of \d+ +\d+\.\d/)
  const runs = JSON.parse(readFileSync(output, 'utf8')) as { benchmark: { id: string }; status: string }[]
  expect(new Set(runs.map(({ benchmark }) => benchmark.id)).size).toBe(11)
  expect(runs.every(({ status }) => status === 'complete')).toBe(true)
}, 120_000)

test('waits are told with their reason and what the endpoint said, while they last and at the end', async () => {
  const { env } = await place()
  const words = JSON.stringify({ error: { message: 'Slow\u202E down,\u0007 please' } })
  const { baseUrl } = await scriptedEndpoint(({ number, text }) =>
    number < 2
      ? { kind: 'status', status: 429, headers: { 'retry-after': '2' }, body: words }
      : { kind: 'answer', text },
  )
  const run = startArena([...sample(baseUrl), '--limit', '4'], env)
  expect(await run.ended).toBe(0)
  expect(run.output()).toMatch(/waiting as asked until \d\d:\d\d:\d\d: rate_limit, “429: Slow {2}down, {2}please/)
  expect(run.output()).toMatch(
    /Run 1: \d attempts? without a reply of class rate_limit, calls waited \d+ s for it in all/,
  )
  for (const character of ['\u202E', '\u0007']) expect(run.output()).not.toContain(character)
})

test('a place where the result cannot be written is said before anything is asked', async () => {
  const { env } = await place()
  const { url, asked } = await endpoint()
  const run = startArena([...sample(url), '--output', '/nowhere/result.json'], env)
  expect(await run.ended).toBe(2)
  expect(run.output()).toMatch(/\/nowhere\/result.json cannot be written: its folder is not there/)
  expect(asked).toHaveLength(0)
})

test('--dry-run prints five exact requests, pictures abbreviated and without the key, and sends and stores nothing', async () => {
  const { sql, env } = await place()
  const { url, asked } = await endpoint()
  const settings = ['--temperature', '0.5', '--dry-run']
  const run = startArena([...sample(url), ...settings], { ...env, OPENAI_API_KEY: 'sk-very-secret-1234' })
  expect(await run.ended).toBe(0)
  expect(run.output().match(/POST http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions/g)).toHaveLength(5)
  expect(run.output()).toMatch(/"temperature": 0\.5/)
  expect(run.output()).toMatch(/data:image\/png;base64,⟨\d+ bytes in base64, SHA-256 [0-9a-f]{16}…⟩/)
  expect(run.output()).toMatch(/Answer the question using a single word or phrase\./)
  expect(run.output()).not.toContain('secret')
  expect(asked).toHaveLength(0)
  expect(await sql`select id from runs`).toEqual([])
})

test('the data of every benchmark is looked for before anything is asked: all that lack it are named, and the others', async () => {
  const { sql, env } = await place()
  const { url, asked } = await endpoint()
  const tasks = ['--tasks', 'chartqa_sample,docvqa,ai2d']
  const run = startArena(['run', ...tasks, '--base-url', url, '--model', 'm'], env)
  expect(await run.ended).toBe(2)
  const said = run.output().replace(/\s+/g, ' ')
  expect(said).toMatch(/The data of docvqa \w+ is not here.*The data of ai2d \w+ is not here/)
  expect(said).toMatch(/Nothing was asked\. The others are ready: --tasks chartqa_sample/)
  expect(asked).toHaveLength(0)
  expect(await sql`select id from runs`).toEqual([])
})
