import { expect, onTestFinished, test } from 'vitest'
import { crashLab } from '../../support/crash-lab.ts'
import { isKilled } from '../../support/kill-postgres.ts'

const examples = 240
const kills = 3
const stackTrace = /\n\s+at |"stack"/

test(`R18: a run whose PostgreSQL is killed ${kills} times goes on by itself, scores each example once and says what it waited for`, async () => {
  const lab = await crashLab({ examples, places: 8, delayMs: 60 })
  onTestFinished(() => lab.close())
  const run = lab.run()
  for (let kill = 1; kill <= kills; kill++) {
    const enough = (examples * kill) / (kills + 2)
    await expect.poll(() => lab.asked.size, { timeout: 60_000, interval: 20 }).toBeGreaterThan(enough)
    // It may just be starting again after the kill before.
    await expect.poll(() => isKilled(lab.killPostgres), { timeout: 60_000, interval: 10 }).toBe(true)
  }
  expect(await run.ended).toBe(0)
  expect(run.output()).toMatch(/The database does not answer; what came is held, and everything goes on by itself/)
  expect(run.output()).toMatch(/The database is back after \d+ s/)
  expect(run.output()).not.toMatch(stackTrace)
  // What had been answered was held: nothing was paid for twice.
  expect(await lab.outcome()).toEqual({ scored: examples, examples, status: 'complete', repeats: 0 })
  expect(lab.most()).toBeLessThanOrEqual(8)
}, 180_000)

test('R18: PostgreSQL killed as soon as it starts, again at the first call, and while the score is made costs nothing', async () => {
  const lab = await crashLab({ examples, places: 8, delayMs: 20 })
  onTestFinished(() => lab.close())
  const run = lab.run()
  await expect.poll(() => isKilled(lab.killPostgres), { timeout: 60_000, interval: 10 }).toBe(true)
  for (const enough of [1, examples]) {
    await expect.poll(() => lab.asked.size, { timeout: 60_000, interval: 5 }).toBeGreaterThanOrEqual(enough)
    isKilled(lab.killPostgres)
  }
  expect(await run.ended, run.output()).toBe(0)
  expect(run.output()).not.toMatch(stackTrace)
  expect(await lab.outcome()).toMatchObject({ scored: examples, examples, status: 'complete' })
}, 180_000)

test('R17: PostgreSQL and the run killed at the same moment lose nothing, and resume repeats no more calls than were under way', async () => {
  const lab = await crashLab({ examples, places: 8, delayMs: 60 })
  onTestFinished(() => lab.close())
  const run = lab.run()
  await expect.poll(() => lab.asked.size, { timeout: 60_000, interval: 10 }).toBeGreaterThan(examples / 3)
  lab.killPostgres()
  run.child.kill('SIGKILL')
  await run.ended
  expect(await lab.arena('resume').ended).toBe(0)
  const { repeats, ...rest } = await lab.outcome()
  expect(rest).toEqual({ scored: examples, examples, status: 'complete' })
  expect(repeats).toBeLessThanOrEqual(8)
}, 180_000)
