import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { preflight } from '#server/commands/runs/preflight.ts'
import { until } from '../../support/arena.ts'
import { callsLab } from '../../support/calls-lab.ts'
import { testDatabase } from '../../support/database.ts'
import { freePort, startArena } from '../../support/program.ts'
import { scriptedEndpoint } from '../../support/scripted-endpoint.ts'

const faultOf = async (work: Promise<void>) =>
  work.then(
    () => null,
    (error: Error) => error.message,
  )

test('an endpoint that lists the model is asked nothing else', async () => {
  const { ctx, endpoint } = await callsLab()
  const { baseUrl, seen } = await scriptedEndpoint()
  await preflight(ctx, await endpoint(baseUrl))
  expect(seen).toEqual([])
})

test('R11: a model that the list lacks and the endpoint does not know is named, with those that it offers', async () => {
  const { ctx, endpoint } = await callsLab()
  const { baseUrl, seen } = await scriptedEndpoint(() => ({
    kind: 'status',
    status: 404,
    body: JSON.stringify({ error: { message: 'no such model', code: 'model_not_found' } }),
  }))
  const words = await faultOf(preflight(ctx, await endpoint(baseUrl, { remoteModel: 'test-modle' })))
  expect(words).toMatch(
    /cannot be asked: it does not know test-modle \(404: no such model.*It offers: test-model\. Nothing was started\.$/,
  )
  expect(seen).toHaveLength(1)
})

test('an alias that no list has is taken when it answers', async () => {
  const { ctx, endpoint } = await callsLab()
  const { baseUrl } = await scriptedEndpoint()
  await preflight(ctx, await endpoint(baseUrl, { remoteModel: 'an-alias' }))
})

test('what passes by itself is left to the run', async () => {
  const { ctx, endpoint } = await callsLab()
  const { baseUrl } = await scriptedEndpoint(() => ({ kind: 'status', status: 503 }))
  await preflight(ctx, await endpoint(baseUrl, { remoteModel: 'not-listed' }))
})

for (const [what, baseUrl, words] of [
  ['a host that nobody knows', 'http://nobody.invalid:8000/v1', /The host name has no address/],
  ['a scheme that does not fit', 'https://PLAIN/v1', /is its address http:\/\/ rather than https/],
] as const) {
  test(`${what} is named before anything is prepared`, async () => {
    const { ctx, endpoint } = await callsLab()
    const { origin } = await scriptedEndpoint()
    expect(await faultOf(preflight(ctx, await endpoint(baseUrl.replace('PLAIN', new URL(origin).host))))).toMatch(words)
  })
}

async function place() {
  const { url, sql } = await testDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'arena-preflight-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return { sql, env: { DATABASE_URL: url, ARENA_DATA: folder } }
}

const sample = ['run', '--tasks', 'chartqa_sample', '--model', 'test-model', '--base-url']

test('a port where nobody listens ends arena run within ten seconds with code 1, and no run is left behind', async () => {
  const { sql, env } = await place()
  const begun = performance.now()
  const run = startArena([...sample, `http://127.0.0.1:${await freePort()}/v1`], env)
  expect(await run.ended).toBe(1)
  expect(performance.now() - begun).toBeLessThan(20_000)
  expect(run.output()).toMatch(
    /cannot be asked: The connection was refused: nothing listens there. Nothing was started./,
  )
  expect(await sql`select id from runs`).toEqual([])
})

test('a key with a character that no header can carry is refused with code 2; a line break at its end is not part of it', async () => {
  const { env } = await place()
  const { baseUrl, seen } = await scriptedEndpoint()
  const bad = startArena([...sample, baseUrl], { ...env, OPENAI_API_KEY: 'sk-“quoted”' })
  expect(await bad.ended).toBe(2)
  expect(bad.output()).toMatch(/key: a key holds only letters, digits and signs of ASCII/)
  const good = startArena([...sample, baseUrl, '--limit', '1', '--key-env', 'MINE'], {
    ...env,
    MINE: 'sk-1234567890\n',
  })
  expect(await good.ended).toBe(0)
  expect(seen[0]!.headers.authorization).toBe('Bearer sk-1234567890')
})

test('the address that vLLM prints at its start works as it is', async () => {
  const { env } = await place()
  const { origin } = await scriptedEndpoint()
  const run = startArena([...sample, `http://0.0.0.0:${new URL(origin).port}`, '--limit', '2'], env)
  expect(await run.ended).toBe(0)
  expect(run.output()).toMatch(/2 of 2/)
})

test('told to end before anything was started, the command starts nothing', async () => {
  const database = await testDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'arena-preflight-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { baseUrl, seen } = await scriptedEndpoint(() => ({ kind: 'hang' }))
  const place = ['--tasks', 'chartqa', '--split', 'sample', '--base-url', baseUrl, '--model', 'an-alias']
  const run = startArena(['run', ...place], { DATABASE_URL: database.url, ARENA_DATA: folder })
  await until(() => seen.length > 0, 60_000)
  run.child.kill('SIGTERM')
  expect(await run.ended).toBe(130)
  expect(run.output()).toMatch(/No run had begun\.\s*$/)
  expect(await database.sql`select id from runs`).toEqual([])
})
