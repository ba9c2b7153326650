import { expect, test } from 'vitest'
import type { PlanProgress } from '#server/calls/schema.ts'
import { progressWords } from '#server/commands/runs/telling/run-progress.ts'

const now = Date.parse('2030-01-01T12:00:00.000Z')
const clock = (moment: string) => new Date(moment).toTimeString().slice(0, 8)

const progress = (what: Partial<PlanProgress>): PlanProgress => ({
  state: 'running',
  reason: null,
  growing: false,
  total: 100,
  answered: 0,
  errors: 0,
  active: 0,
  waiting: 0,
  nextAttemptAt: null,
  waits: [],
  silentUntil: null,
  errorClasses: {},
  perMinute: 0,
  ...what,
})

test('a run that has just begun says nothing it does not know', () => {
  expect(progressWords(progress({}), now)).toBe('')
})

test.each([
  [{ answered: 40, perMinute: 120 }, '120/min, 30 s left'],
  [{ answered: 40, perMinute: 10 }, '10/min, 6 min left'],
  [{ total: 10_000, answered: 0, perMinute: 40 }, '40/min, 4.2 h left'],
  [{ answered: 100, perMinute: 120 }, '120/min'],
])('pace and time left: %j', (what, words) => {
  expect(progressWords(progress(what), now)).toBe(words)
})

test('errors are told by class, and waits by reason with what the endpoint said', () => {
  const until = '2030-01-01T12:04:31.000Z'
  const words = progressWords(
    progress({
      answered: 40,
      errors: 3,
      errorClasses: { context: 2, protocol: 1 },
      waits: [{ class: 'rate_limit', count: 18, until, asked: true, said: '429: slow down' }],
    }),
    now,
  )
  expect(words).toBe(
    `3 without an answer (2 context, 1 protocol), 18 waiting as asked until ${clock(until)}: rate_limit, “429: slow down”`,
  )
})

test('the time for which an endpoint asked to be left alone is part of the time left', () => {
  const until = '2030-01-01T12:10:00.000Z'
  const words = progressWords(progress({ answered: 40, perMinute: 60, silentUntil: until, active: 7 }), now)
  expect(words).toBe(`60/min, 11 min left, silent until ${clock(until)} as the endpoint asked, 7 under way`)
})
