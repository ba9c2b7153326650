import { expect, test } from 'vitest'
import type { PlanProgress } from '#server/calls/schema.ts'
import { foresee, type Queued } from '#server/runs/queue/foresee.ts'

const now = Date.parse('2026-01-01T00:00:00Z')
const progress = (rest: Partial<PlanProgress> = {}): PlanProgress => ({
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
  ...rest,
})
const entry = (run: number | null, rest: Partial<PlanProgress> = {}, more: Partial<Queued> = {}): Queued => ({
  what: 'run',
  run,
  model: 'm',
  benchmark: 'ChartQA, test',
  expected: 0,
  waitsForModel: false,
  progress: progress(rest),
  ...more,
})
const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString()

test('one run after the other at the pace of the last minute; what is paused takes no time', () => {
  const queue = [
    entry(1, { answered: 50, active: 8, perMinute: 10 }),
    entry(2, { state: 'paused', reason: 'paused by hand' }),
    entry(3),
    entry(null, {}, { what: 'answers', benchmark: null }),
  ]
  expect(foresee(queue, 8, now)).toMatchObject([
    { state: 'running', why: null, startsAt: null, endsAt: at(5) },
    { state: 'paused', why: 'paused by hand', startsAt: null, endsAt: null },
    { state: 'waiting', why: 'run 1 is before it, and has the places first', startsAt: at(5), endsAt: at(15) },
    { state: 'waiting', startsAt: at(15), endsAt: at(25) },
  ])
})

test('a silence that was asked for comes before all, and without a pace nothing is foretold', () => {
  const silentUntil = at(10)
  expect(foresee([entry(1, { silentUntil, perMinute: 10 })], 8, now)).toMatchObject([
    { why: 'the endpoint asked to be left alone', until: silentUntil, endsAt: at(20) },
  ])
  expect(foresee([entry(1), entry(2)], 8, now)).toMatchObject([
    { why: 'no worker has taken it up yet', startsAt: null, endsAt: null },
    { why: 'run 1 is before it, and has the places first', startsAt: null, endsAt: null },
  ])
})

test('waits are said with what the endpoint said, and a judge waits for its model', () => {
  const waits: PlanProgress['waits'] = [
    { class: 'rate_limit', count: 3, until: at(1), asked: true, said: '429: slow down' },
  ]
  expect(foresee([entry(1, { waits, waiting: 3 })], 8, now)).toMatchObject([
    { why: '3 of its calls wait: rate limit, “429: slow down”', until: at(1) },
  ])
  expect(foresee([entry(1, { state: 'preparing' }, { what: 'judge', waitsForModel: true })], 8, now)).toMatchObject([
    { why: 'its model has not said everything yet', endsAt: null },
  ])
})

test('while it is read, a run is as long as its split', () => {
  const growing = { growing: true, total: 30, answered: 10, active: 2, perMinute: 10 }
  expect(foresee([entry(1, growing, { expected: 110 })], 8, now)).toMatchObject([
    { total: 110, done: 10, endsAt: at(10) },
  ])
})
