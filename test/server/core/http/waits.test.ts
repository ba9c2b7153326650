import { expect, test } from 'vitest'
import { askedWaitMs, growingWaitMs } from '#server/core/http/waits.ts'

const now = Date.UTC(2026, 0, 1, 12, 0, 0)

test.each<[Record<string, string>, number | null]>([
  [{}, null],
  [{ 'retry-after': '2' }, 2_000],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': '1.5' }, 1_500],
  [{ 'retry-after': 'Thu, 01 Jan 2026 12:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Thu, 01 Jan 2026 11:59:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, null],
  [{ 'retry-after-ms': '350', 'retry-after': '9' }, 350],
  [{ 'retry-after': '999999999' }, 86_400_000],
  [{ 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-remaining-requests': '0' }, 1_000],
  [{ 'x-ratelimit-reset-tokens': '6m0s' }, 360_000],
  [{ 'x-ratelimit-reset-tokens': '20ms' }, 20],
  [{ 'x-ratelimit-reset-tokens': '1m30s', 'x-ratelimit-remaining-tokens': '5' }, null],
  [{ 'x-ratelimit-reset': String(now / 1000 + 45) }, 45_000],
  [{ 'x-ratelimit-reset': String(now + 45_000) }, 45_000],
  [{ 'x-ratelimit-reset': '2026-01-01T12:01:00Z' }, 60_000],
  [{ 'x-ratelimit-reset-requests': '2s', 'x-ratelimit-reset-tokens': '7s' }, 7_000],
  [{ 'x-ratelimit-reset': 'never' }, null],
  [{ 'retry-after': '37s' }, 37_000],
  [{ 'retry-after': '7 seconds' }, 7_000],
  [{ 'retry-after': '1m 30s' }, 90_000],
  [{ 'retry-after': '2, 2' }, 2_000],
  [{ 'retry-after': '' }, null],
  [{ 'retry-after': '5 apples' }, null],
  [{ 'retry-after-ms': 'x', 'retry-after': '9' }, 9_000],
  [{ 'x-ms-retry-after-ms': '1200' }, 1_200],
  [{ 'ratelimit-reset': '12' }, 12_000],
  [{ 'anthropic-ratelimit-tokens-reset': '2026-01-01T12:00:20Z' }, 20_000],
  [{ 'anthropic-ratelimit-tokens-reset': '2026-01-01T12:00:20Z', 'anthropic-ratelimit-tokens-remaining': '9' }, null],
  [{ 'x-ratelimit-reset-tokens': '1h2m3.5s' }, 3_723_500],
])('%j asks for a wait of %j ms', (headers, wait) => {
  expect(askedWaitMs(headers, now)).toBe(wait)
})

test('waits double from the first to the longest, and stay there', () => {
  expect([0, 1, 2, 3, 9, 5000].map((failures) => growingWaitMs(failures, 250, 2_000))).toEqual([
    250, 500, 1_000, 2_000, 2_000, 2_000,
  ])
})
