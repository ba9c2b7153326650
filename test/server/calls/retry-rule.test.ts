import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ErrorClass } from '#server/endpoints/schema.ts'
import { verdictOn, type RetryRule } from '#server/calls/retry-rule.ts'
import type { WireReply } from '#server/endpoints/protocols/protocol.ts'

const rule: RetryRule = { maxRetries: 6, firstBackoffMs: 1_000, longestBackoffMs: 60_000, random: () => 0.5 }
const none = { transient: 0, protocol: 0, waits: 0 }
const failure = (errorClass: ErrorClass, waitMs: number | null = null) => ({
  kind: 'failure' as const,
  errorClass,
  message: '',
  waitMs,
})
const reply = (rest: Partial<WireReply> = {}): WireReply => ({
  kind: 'reply',
  response: '',
  finishReason: 'stop',
  refused: false,
  truncated: false,
  repliedModel: null,
  thinking: null,
  tokensIn: null,
  tokensOut: null,
  tokensCached: null,
  tokensThinking: null,
  ...rest,
})

test('faults that pass wait 1, 2, 4 … 60 s, half of it with this draw, and end after six retries', () => {
  const waits = [0, 1, 2, 3, 4, 5, 6].map((transient) => verdictOn(failure('server'), { ...none, transient }, rule))
  expect(waits.map((verdict) => (verdict.kind === 'retry' ? verdict.waitMs : verdict.kind))).toEqual([
    500,
    1_000,
    2_000,
    4_000,
    8_000,
    16_000,
    'error',
  ])
  expect(verdictOn(failure('timeout'), { ...none, transient: 20 }, { ...rule, maxRetries: 99 })).toMatchObject({
    waitMs: 30_000,
  })
})

test('a 429 never ends a call, and waits at least what it asks', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 500 }),
      fc.nat({ max: 1e6 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (waits, asked, draw) => {
        const verdict = verdictOn(
          failure('rate_limit', asked),
          { transient: 6, protocol: 2, waits },
          { ...rule, random: () => draw },
        )
        expect(verdict).toMatchObject({ kind: 'retry', asked: true })
        expect(verdict.kind === 'retry' && verdict.waitMs).toBeGreaterThanOrEqual(asked)
      },
    ),
  )
})

test('every class has its verdict, with and without retries left', () => {
  const spent = { transient: 99, protocol: 99, waits: 99 }
  const table = ErrorClass.options.map((name) => [
    name,
    verdictOn(failure(name), none, rule).kind,
    verdictOn(failure(name), spent, rule).kind,
  ])
  expect(table).toEqual([
    ['connection', 'retry', 'error'],
    ['timeout', 'retry', 'error'],
    ['rate_limit', 'retry', 'retry'],
    ['overloaded', 'retry', 'retry'],
    ['quota', 'pause', 'pause'],
    ['auth', 'pause', 'pause'],
    ['not_found', 'pause', 'pause'],
    ['bad_request', 'error', 'error'],
    ['too_large', 'error', 'error'],
    ['context', 'error', 'error'],
    ['server', 'retry', 'error'],
    ['protocol', 'retry', 'error'],
    ['data', 'error', 'error'],
    ['internal', 'error', 'error'],
  ])
})

test('an empty answer that ended by itself is asked once more; one cut off, refused or with words is not', () => {
  expect(verdictOn(reply({ response: ' \n' }), none, rule).kind).toBe('retry')
  for (const finishReason of ['completed', 'end_turn', 'STOP', null]) {
    expect(verdictOn(reply({ finishReason }), none, rule).kind).toBe('retry')
  }
  expect(verdictOn(reply(), { ...none, protocol: 1 }, rule).kind).toBe('answered')
  expect(verdictOn(reply({ truncated: true, finishReason: 'length' }), none, rule).kind).toBe('answered')
  expect(verdictOn(reply({ refused: true }), none, rule).kind).toBe('answered')
  expect(verdictOn(reply({ response: '0' }), none, rule).kind).toBe('answered')
})

test('with no retries allowed nothing but a 429 is asked twice', () => {
  const never = { ...rule, maxRetries: 0 }
  for (const name of ['connection', 'timeout', 'server', 'protocol'] as const) {
    expect(verdictOn(failure(name), none, never).kind).toBe('error')
  }
  expect(verdictOn(reply(), none, never).kind).toBe('answered')
})
