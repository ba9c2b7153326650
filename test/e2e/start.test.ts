import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'
import { RunSummary } from '#server/runs/schema.ts'
import { StudySummary } from '#server/studies/schema.ts'
import { emptyDatabase } from '../support/database.ts'
import { freePort, listens, processesNaming, startProgram } from '../support/program.ts'

const folders: string[] = []
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

/** A data folder of its own and, when the tests run on a given server, a database of its own there. */
async function freshPlace() {
  const folder = mkdtempSync(join(tmpdir(), 'arena-start-'))
  folders.push(folder)
  const database: Record<string, string> = process.env.DATABASE_URL ? { DATABASE_URL: await emptyDatabase() } : {}
  return { folder, env: { ...database, ARENA_DATA: folder, ARENA_SAMPLES: 'on' } }
}

const fetchJson = async <Shape>(shape: z.ZodType<Shape>, url: string) => shape.parse(await (await fetch(url)).json())

/** Four built-in models on every benchmark that has a sample. */
async function sampleRuns(): Promise<number> {
  const benchmarks = [...(await loadBenchmarks()).values()]
  return 4 * benchmarks.filter((benchmark) => 'sample' in benchmark.splits && !benchmark.variantOf).length
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s to npm start leaves no process and no port behind', async (signal) => {
  const { folder, env } = await freshPlace()
  const port = await freePort()
  const started = startProgram('npm', ['start'], { ...env, PORT: String(port) })
  const [, address] = await started.until(/(http:\/\/127\.0\.0\.1:\d+)\S*/)
  expect((await fetch(`${address}/readyz`)).status).toBe(200)
  started.child.kill(signal)
  await started.ended
  await expect.poll(() => processesNaming(folder), { timeout: 15_000 }).toEqual([])
  expect(await listens(port)).toBe(false)
})

// How long it may take is measured by `npm run bench -- start`; beside other tests it takes longer.
test('a first start answers all samples by itself, and a second one keeps them', { timeout: 480_000 }, async () => {
  const { env } = await freshPlace()
  const first = startProgram('npm', ['start'], { ...env, PORT: '0' })
  const [, address] = await first.until(/(http:\/\/127\.0\.0\.1:\d+)\/join\/\S+/)
  const runs = () => fetchJson(z.array(RunSummary), `${address}/api/v1/runs`)
  await expect
    .poll(async () => (await runs()).filter((run) => run.status === 'complete').length, {
      timeout: 400_000,
      interval: 500,
    })
    .toBe(await sampleRuns())
  for (const run of await runs()) {
    expect(run).toMatchObject({
      sample: true,
      counts: { error: 0, pending: 0, skipped: 0 },
    })
    expect(run.examples).toBeGreaterThanOrEqual(12)
    expect(run.headline.value).not.toBeNull()
  }
  const [study] = await fetchJson(z.array(StudySummary), `${address}/api/v1/boards`)
  expect(study).toMatchObject({ slug: 'sample', models: 4, sample: true, status: 'open' })
  expect(first.output()).not.toContain('could not be loaded')
  expect(study!.queries).toBeGreaterThanOrEqual(60)
  first.child.kill('SIGTERM')
  await first.ended

  const second = startProgram('npm', ['start'], { ...env, PORT: '0' })
  const [, again] = await second.until(/(http:\/\/127\.0\.0\.1:\d+)/)
  expect((await fetch(`${again}/leaderboard`)).status).toBe(200)
  expect(await fetchJson(z.array(RunSummary), `${again}/api/v1/runs`)).toHaveLength(await sampleRuns())
  second.child.kill('SIGTERM')
  await second.ended
})

test('a port in use is one sentence and exit code 1, and nothing stays', async () => {
  const { folder, env } = await freshPlace()
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const started = startProgram('npm', ['start'], { ...env, PORT: String(port) })
  expect(await started.ended).toBe(1)
  expect(started.output()).toMatch(new RegExp(`^arena: Port ${port} is in use. Set PORT to another one`, 'm'))
  expect(started.output()).not.toMatch(/^\s+at /m)
  taken.close()
  await expect.poll(() => processesNaming(folder), { timeout: 15_000 }).toEqual([])
})
