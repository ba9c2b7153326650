import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { callsLab } from '../../support/calls-lab.ts'
import { checkInvariants } from '../../support/invariants.ts'
import { startProgram } from '../../support/program.ts'
import { scriptedEndpoint } from '../../support/scripted-endpoint.ts'

const places = 16
const questions = 600
const kills = 6

test(`R16: a plan of ${questions} calls whose worker is killed ${kills} times loses none, takes none twice and repeats at most those under way`, async () => {
  const { ctx, plan, endpoint, states, taken, database, dataDir } = await callsLab()
  const server = await scriptedEndpoint(({ text }) => ({ kind: 'answer', text: `said ${text}`, delayMs: 30 }))
  const endpointId = await endpoint(server.baseUrl, { maxConcurrency: places })
  const made = await plan(endpointId, questions)
  const start = () =>
    startProgram(process.execPath, [
      'test/support/plan-worker.ts',
      'ledger',
      database.url,
      dataDir,
      server.origin,
      made.id,
    ])

  for (let kill = 0; kill < kills; kill++) {
    const before = server.seen.length
    const worker = start()
    await expect.poll(() => server.seen.length, { interval: 5, timeout: 20_000 }).toBeGreaterThan(before + 30)
    await pause(ctx.random() * 60)
    worker.child.kill('SIGKILL')
    await worker.ended
    await checkInvariants(ctx.sql)
    expect((await states(made))['active']).toBeGreaterThan(0)
  }
  const atLastStart = performance.now()
  const sent = server.seen.length
  const last = start()
  await expect.poll(() => server.seen.length, { interval: 5, timeout: 20_000 }).toBeGreaterThan(sent)
  const resumedWithinMs = performance.now() - atLastStart
  await last.until(/finished/)

  expect(await states(made)).toEqual({ answered: questions })
  const replies = await taken(made)
  expect(replies.size).toBe(questions)
  expect([...replies].every(([key, { response }]) => response === `said ${key}`)).toBe(true)
  expect(server.seen.length - questions).toBeLessThanOrEqual(kills * places)
  // A lease lasts a minute: had it to run out, nothing would have been sent yet.
  expect(resumedWithinMs).toBeLessThan(20_000)
}, 120_000)

test('R16: three workers on one plan, killed in turn, lose none, take none twice and never ask more at once than allowed', async () => {
  const { ctx, plan, endpoint, states, taken, database, dataDir } = await callsLab()
  const server = await scriptedEndpoint(({ text }) => ({ kind: 'answer', text: `said ${text}`, delayMs: 60 }))
  const endpointId = await endpoint(server.baseUrl, { maxConcurrency: places })
  const made = await plan(endpointId, questions)
  const start = () =>
    startProgram(process.execPath, [
      'test/support/plan-worker.ts',
      'ledger',
      database.url,
      dataDir,
      server.origin,
      made.id,
    ])

  const workers = [start(), start(), start()]
  for (const worker of workers) {
    const before = server.seen.length
    await expect.poll(() => server.seen.length, { interval: 5, timeout: 30_000 }).toBeGreaterThan(before + 100)
    worker.child.kill('SIGKILL')
    await worker.ended
    await checkInvariants(ctx.sql)
  }
  await start().until(/finished/)

  expect(await states(made)).toEqual({ answered: questions })
  expect((await taken(made)).size).toBe(questions)
  expect(server.seen.length - questions).toBeLessThanOrEqual(workers.length * places)
  expect(server.most()).toBeLessThanOrEqual(places)
}, 120_000)
