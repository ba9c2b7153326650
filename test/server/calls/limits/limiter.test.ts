import { expect, onTestFinished, test, vi } from 'vitest'
import { Limiter, type Place } from '#server/calls/limits/limiter.ts'

/** A limiter on a clock that the test moves; `granted` are the places that were given so far. */
function limited(concurrency: number, requestsPerMinute: number | null = null) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const limiter = new Limiter({ concurrency, requestsPerMinute })
  const granted: Place[] = []
  const want = (times: number) => {
    for (let time = 0; time < times; time++) {
      void limiter.take(new AbortController().signal).then((place) => place && granted.push(place))
    }
    return vi.advanceTimersByTimeAsync(0)
  }
  return { limiter, granted, want, pass: (ms: number) => vi.advanceTimersByTimeAsync(ms) }
}

test('as many places as allowed are given, the next when one comes back', async () => {
  const { limiter, granted, want, pass } = limited(3)
  await want(5)
  expect(granted).toHaveLength(3)
  limiter.giveBack()
  await pass(0)
  expect(granted).toHaveLength(4)
})

test('a place goes to whoever has the first turn, whenever it came', async () => {
  const { limiter, want, pass } = limited(1)
  await want(1)
  const given: string[] = []
  const wait = (name: string, turn: number) =>
    void limiter.take(new AbortController().signal, turn).then(() => given.push(name))
  wait('late', 3)
  wait('first', 1)
  wait('second', 2)
  wait('first, too', 1)
  for (let place = 0; place < 4; place++) {
    limiter.giveBack()
    await pass(0)
  }
  expect(given).toEqual(['first', 'first, too', 'second', 'late'])
})

test('sixty requests a minute go out a second apart', async () => {
  const { granted, want, pass } = limited(100, 60)
  await want(5)
  expect(granted).toHaveLength(1)
  await pass(2_000)
  expect(granted).toHaveLength(3)
})

test('sixty thousand a minute go out a millisecond apart', async () => {
  const { granted, want, pass } = limited(100, 60_000)
  await want(5)
  expect(granted).toHaveLength(1)
  await pass(2)
  expect(granted).toHaveLength(3)
})

test('after a 429 nothing goes out before the stated moment, however much is waiting', async () => {
  const { limiter, granted, want, pass } = limited(10)
  limiter.rateLimited(5_000)
  await want(4)
  await pass(4_990)
  expect(granted).toHaveLength(0)
  await pass(20)
  expect(granted).toHaveLength(4)
})

test('R1: a burst of 429s takes a fifth of the places once, and rounds of answers give them back', async () => {
  const { limiter, granted, want, pass } = limited(10)
  for (let time = 0; time < 6; time++) limiter.rateLimited(0)
  await want(20)
  expect(granted).toHaveLength(8)
  for (let time = 0; time < 8 + 9; time++) limiter.answered()
  limiter.giveBack()
  await pass(0)
  expect(granted).toHaveLength(8 + 1 + 2)
})

test('R3: twenty failures in a row close the way for 5 s, then one call tries it', async () => {
  const { limiter, granted, want, pass } = limited(30)
  await want(60)
  for (const place of granted.slice(0, 25)) {
    expect(limiter.failed(place)).toBe(false)
    limiter.giveBack()
  }
  await pass(4_000)
  expect(granted).toHaveLength(30 + 19)
  await pass(2_000)
  for (let time = 0; time < 24; time++) limiter.giveBack()
  await pass(0)
  expect(granted).toHaveLength(30 + 19 + 1)
  limiter.answered()
  limiter.giveBack()
  await pass(0)
  expect(granted).toHaveLength(60)
})

test('an endpoint whose trial calls all fail is given up after six of them', async () => {
  const { limiter, granted, want, pass } = limited(1)
  let trials = 0
  let givenUp = false
  await want(60)
  for (let call = 0; call < 40 && !givenUp; call++) {
    await pass(60_000)
    trials = granted.length - 20
    givenUp = limiter.failed(granted.at(-1)!)
    limiter.giveBack()
  }
  expect(givenUp).toBe(true)
  expect(trials).toBe(6)
})

test('a single answer among failures keeps the way open', async () => {
  const { limiter, granted, want } = limited(50)
  await want(50)
  for (const [index, place] of granted.entries()) {
    limiter.failed(place)
    if (index % 10 === 9) limiter.answered()
  }
  expect(limiter.blockedMs).toBe(0)
})

test('who gives up waiting takes no place', async () => {
  const { limiter, want, pass, granted } = limited(1)
  await want(1)
  const giveUp = new AbortController()
  const waiting = limiter.take(giveUp.signal)
  giveUp.abort()
  expect(await waiting).toBeNull()
  await want(1)
  limiter.giveBack()
  await pass(0)
  expect(granted).toHaveLength(2)
})

test('moments to send that passed unused are given up: made up for late, they would come on top of what others send', async () => {
  let now = 0
  const limiter = new Limiter({ concurrency: 8, requestsPerMinute: 600, shared: true, now: () => now })
  const sends = Array.from({ length: 10 }, (_, index) => index * 100)
  limiter.grant({ places: 8, requestsPerMinute: 600, sends, blockedMs: 0 })
  now = 550
  const ending = new AbortController()
  expect(await limiter.take(ending.signal)).not.toBeNull()
  const next = limiter.take(ending.signal)
  expect(limiter.need.sends).toBe(5)
  ending.abort()
  expect(await next).toBeNull()
})
