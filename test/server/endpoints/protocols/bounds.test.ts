import { expect, test } from 'vitest'
import { withinBounds } from '#server/endpoints/protocols/bounds.ts'
import type { WireReply } from '#server/endpoints/protocols/protocol.ts'

const reply = (rest: Partial<WireReply>): WireReply => ({
  kind: 'reply',
  response: 'Four.',
  finishReason: 'stop',
  refused: false,
  truncated: false,
  repliedModel: 'm',
  thinking: null,
  tokensIn: null,
  tokensOut: null,
  tokensCached: null,
  tokensThinking: null,
  ...rest,
})

test.each([
  [0, 0],
  [2_147_483_647, 2_147_483_647],
  [2_147_483_648, null],
  [-1, null],
  [0.5, null],
  [NaN, null],
  [Infinity, null],
  [null, null],
])('%s tokens are kept as %s', (tokens, kept) => {
  expect(withinBounds(reply({ tokensIn: tokens }))).toEqual(reply({ tokensIn: kept }))
  expect(withinBounds(reply({ tokensOut: tokens }))).toEqual(reply({ tokensOut: kept }))
})

test('names are whole up to their longest, and cut beyond it', () => {
  const whole = { finishReason: 'f'.repeat(64), repliedModel: 'm'.repeat(256) }
  expect(withinBounds(reply(whole))).toEqual(reply(whole))
  const long = { finishReason: 'f'.repeat(65), repliedModel: 'm'.repeat(257) }
  const cut = { finishReason: `${'f'.repeat(63)}…`, repliedModel: `${'m'.repeat(255)}…` }
  expect(withinBounds(reply(long))).toEqual(reply(cut))
  expect(withinBounds(reply({ finishReason: null, repliedModel: null }))).toMatchObject({ repliedModel: null })
})

test('what no column can hold is replaced in every text, and half a pair that is cut off too', () => {
  const odd = { response: 'a\0', finishReason: '\ud83d', repliedModel: `${'m'.repeat(254)}😀m` }
  const kept = { response: 'a\ufffd', finishReason: '\ufffd', repliedModel: `${'m'.repeat(254)}\ufffd…` }
  expect(withinBounds(reply(odd))).toEqual(reply(kept))
})

test.each([
  [null, null],
  [0, 0],
  [1.2, 2],
  [-5, 0],
  [86_400_000, 86_400_000],
  [86_400_001, 86_400_000],
  [Infinity, 86_400_000],
  [NaN, 0],
])('a wait of %s ms is one of %s', (waitMs, kept) => {
  const failure = { kind: 'failure', errorClass: 'rate_limit', message: 'later' } as const
  expect(withinBounds({ ...failure, waitMs })).toEqual({ ...failure, waitMs: kept })
})
