import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { chartqaRow, writeChartqa } from '../../support/chartqa-file.ts'
import { testDatabase } from '../../support/database.ts'
import { startArena, type StartedProgram } from '../../support/program.ts'
import { chatty } from '../../support/judged-run.ts'
import { scriptedEndpoint } from '../../support/scripted-endpoint.ts'

async function place() {
  const { url, sql } = await testDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'arena-interrupted-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const env = { DATABASE_URL: url, ARENA_DATA: folder }
  return { folder, sql, start: (...args: string[]) => startArena(args, env) }
}

const sample = ['run', '--tasks', 'chartqa', '--split', 'sample', '--model', 'test-model', '--base-url']
const tooMany = { kind: 'status', status: 429, headers: { 'retry-after': '600' } } as const

/** Exit code, and seconds from the signal to the end. */
async function told({ child, ended }: StartedProgram, signal: NodeJS.Signals) {
  const at = performance.now()
  child.kill(signal)
  return { code: await ended, seconds: (performance.now() - at) / 1000 }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`R25: ${signal} ends a run that waits for Retry-After: 600 at once, with the command that resumes it`, async () => {
    const { start } = await place()
    const { baseUrl, seen } = await scriptedEndpoint(() => tooMany)
    const run = start(...sample, baseUrl)
    await expect.poll(() => seen.length, { timeout: 60_000 }).toBeGreaterThan(0)
    await pause(500)
    const { code, seconds } = await told(run, signal)
    expect(code).toBe(130)
    expect(seconds).toBeLessThan(4)
    expect(run.output()).toMatch(/Stopping: .*npx arena resume 1/s)
  })
}

test('R25: an answer that is under way is waited for, and not paid for again', async () => {
  const { start } = await place()
  const server = await scriptedEndpoint(() => ({ kind: 'answer', text: '2', delayMs: 2_000 }))
  const run = start(...sample, server.baseUrl, '--max-concurrency', '3')
  await expect.poll(() => server.seen.length, { timeout: 60_000 }).toBe(3)
  const { code, seconds } = await told(run, 'SIGINT')
  expect(code).toBe(130)
  expect(seconds).toBeLessThan(6)
  server.script = () => ({ kind: 'answer', text: '2' })
  expect(await start('resume').ended).toBe(0)
  expect(server.seen).toHaveLength(24)
})

test('R25: the second Ctrl+C ends the run at once, in words; one that npm passes on a second time does not', async () => {
  const { start } = await place()
  const { baseUrl, seen } = await scriptedEndpoint(() => ({ kind: 'hang' }))
  const run = start(...sample, baseUrl)
  await expect.poll(() => seen.length, { timeout: 60_000 }).toBeGreaterThan(0)
  run.child.kill('SIGINT')
  await pause(50)
  run.child.kill('SIGINT')
  await pause(600)
  expect(run.child.exitCode).toBeNull()
  expect(run.output()).toMatch(/30 s at most. Ctrl\+C again ends at once/)
  const { code, seconds } = await told(run, 'SIGINT')
  expect(code).toBe(130)
  expect(seconds).toBeLessThan(1)
  expect(run.output()).toMatch(/Ended at once. What is answered is kept; go on with: npx arena resume 1/)
})

test('R25: Ctrl+C while the examples are read stops the reading, and resume reads them to the end', async () => {
  const { start, folder, sql } = await place()
  const examples = 800
  const rows = Array.from({ length: examples }, (_, n) => ({ ...chartqaRow, query: `How many in ${n}?` }))
  await writeChartqa(join(folder, 'chartqa'), rows)
  const server = await scriptedEndpoint(() => ({ kind: 'status', status: 503 }))
  const data = ['--tasks', 'chartqa', '--data', join(folder, 'chartqa')]
  const run = start('run', ...data, '--model', 'test-model', '--base-url', server.baseUrl)
  const written = async () => (await sql<{ n: number }[]>`select count(*)::int as n from predictions`)[0]!.n
  await expect.poll(written, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0)
  const { code } = await told(run, 'SIGINT')
  expect(code).toBe(130)
  expect(run.output()).toMatch(/Stopping: .*npx arena resume 1/s)
  expect(await written()).toBeLessThan(examples)
  server.script = () => ({ kind: 'answer', text: '2' })
  expect(await start('resume').ended).toBe(0)
  expect(await written()).toBe(examples)
}, 120_000)

test('R25: SIGTERM ends a worker whose calls wait for Retry-After: 600', async () => {
  const { start } = await place()
  const { baseUrl, seen } = await scriptedEndpoint(() => tooMany)
  const run = start(...sample, baseUrl)
  await expect.poll(() => seen.length, { timeout: 60_000 }).toBeGreaterThan(0)
  run.child.kill('SIGKILL')
  await run.ended
  const worker = start('worker')
  await worker.until(/Working on jobs/)
  await pause(3_000)
  const { code, seconds } = await told(worker, 'SIGTERM')
  expect(code).toBe(0)
  expect(seconds).toBeLessThan(4)
  expect(worker.output()).toMatch(/Stopping: answers that are under way are waited for/)
})

/** A run whose answers only a judge can read, at the moment at which the judge is asked. */
async function judgedRun(command: 'run' | 'rescore') {
  const { start, sql } = await place()
  const model = await scriptedEndpoint(({ text }) => ({
    kind: 'answer',
    text: text.includes('Choices:') ? chatty : '15',
  }))
  const judge = await scriptedEndpoint(() => tooMany)
  const run = [...sample, model.baseUrl].map((word) => (word === 'chartqa' ? 'mathvista' : word))
  const byJudge = ['--judge-base-url', judge.baseUrl, '--judge-model', 'test-model']
  if (command === 'rescore') expect(await start(...run).ended).toBe(0)
  const program =
    command === 'run' ? start(...run, ...byJudge) : start('rescore', '1', '--profile', 'official', ...byJudge)
  await expect.poll(() => judge.seen.length, { timeout: 60_000 }).toBeGreaterThan(0)
  return { start, sql, model, judge, program }
}

for (const command of ['run', 'rescore'] as const) {
  test(`R25: SIGTERM ends a ${command} whose judge asks to wait 600 s, and what the model said is read later`, async () => {
    const { start, sql, model, judge, program } = await judgedRun(command)
    const asked = model.seen.length
    await pause(300)
    const { code, seconds } = await told(program, 'SIGTERM')
    expect(code, program.output()).toBe(130)
    expect(seconds).toBeLessThan(4)
    expect(program.output()).toMatch(/is the judge of 4 responses that rules could not read; 4 of them it has not read/)
    expect(program.output()).toMatch(/npx arena resume 1/)
    judge.script = () => ({ kind: 'answer', text: 'B' })
    await sql`update calls set run_at = now()`
    await sql`update endpoint_traffic set blocked_until = now()`
    const resumed = start('resume', '1', '--json')
    expect(await resumed.ended, resumed.output()).toBe(0)
    expect(resumed.output()).toMatch(/"status": "complete"/)
    expect(model.seen).toHaveLength(asked)
  }, 120_000)
}
