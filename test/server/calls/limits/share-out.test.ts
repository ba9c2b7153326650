import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdForMs, shareOut, type Holder } from '#server/calls/limits/share-out.ts'

const worker = (name: string, places: number, wanted: number, until = 1_000_000): Holder => ({
  worker: name,
  places,
  wanted,
  until,
})

const ask = (known: Holder[], name: string, held: number, wanted: number, limit: number, now = 0) =>
  shareOut(known, { worker: name, held, wanted }, limit, now)

test('a process that is alone may use all places, whatever it wants just now', () => {
  expect(ask([], 'a', 0, 0, 8).allowed).toBe(8)
  expect(ask([], 'a', 0, 8, 8).allowed).toBe(8)
})

test('a second process gets places only as the first lets them go', () => {
  const alone = [worker('a', 8, 8)]
  expect(ask(alone, 'b', 0, 8, 8).allowed).toBe(0)
  const told = ask([...alone, worker('b', 0, 8)], 'a', 8, 8, 8)
  expect(told.allowed).toBe(4)
  // Its calls still run: the places stay its own until it says that they have ended.
  expect(told.holders.find((holder) => holder.worker === 'a')!.places).toBe(8)
  const ended = ask(told.holders, 'a', 6, 8, 8)
  expect(ask(ended.holders, 'b', 0, 8, 8).allowed).toBe(2)
})

test('who wants little leaves the rest to the others', () => {
  expect(ask([worker('a', 2, 2)], 'b', 0, 8, 8).allowed).toBe(6)
})

test('places of a process that is not heard of any more are free after their time', () => {
  const gone = [worker('a', 8, 8, 500)]
  expect(ask(gone, 'b', 0, 8, 8, 499).allowed).toBe(0)
  expect(ask(gone, 'b', 0, 8, 8, 501).allowed).toBe(8)
  expect(ask([], 'b', 0, 8, 8, 7).holders[0]!.until).toBe(7 + holdForMs)
})

test('one place goes round among three that want it', () => {
  const had = new Set<string>()
  let holders: Holder[] = ['a', 'b', 'c'].map((name) => worker(name, 0, 1))
  for (let now = 0; now < 12_000; now += 500) {
    for (const name of ['a', 'b', 'c']) {
      const { allowed, holders: next } = ask(holders, name, 0, 1, 1, now)
      if (allowed > 0) had.add(name)
      holders = next
    }
  }
  expect([...had].toSorted()).toEqual(['a', 'b', 'c'])
})

const step = fc.record({
  who: fc.integer({ min: 0, max: 4 }),
  what: fc.constantFrom('ask', 'begin', 'end', 'die'),
  wanted: fc.integer({ min: 0, max: 20 }),
  passed: fc.integer({ min: 0, max: 3_000 }),
})

test('however processes come, ask, call and die, the calls under way never pass the limit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 16 }), fc.array(step, { maxLength: 300 }), (limit, steps) => {
      const processes = Array.from({ length: 5 }, () => ({ allowed: 0, inUse: 0 }))
      let holders: Holder[] = []
      let now = 0
      for (const { who, what, wanted, passed } of steps) {
        const me = processes[who]!
        now += passed % 400
        if (what === 'ask') {
          const held = Math.max(me.inUse, me.allowed)
          const answer = ask(holders, String(who), held, wanted, limit, now)
          holders = answer.holders
          me.allowed = answer.allowed
        } else if (what === 'begin' && me.inUse < me.allowed) me.inUse++
        else if (what === 'end' && me.inUse > 0) me.inUse--
        else if (what === 'die') {
          Object.assign(me, { allowed: 0, inUse: 0 })
          holders = holders.filter((holder) => holder.worker !== String(who))
        }
        // Those that are still heard of: nobody here is silent for longer than its places are kept.
        for (const holder of holders) holder.until = now + holdForMs
        expect(processes.reduce((sum, { inUse }) => sum + inUse, 0)).toBeLessThanOrEqual(limit)
        expect(holders.reduce((sum, { places }) => sum + places, 0)).toBeLessThanOrEqual(limit)
      }
    }),
    { numRuns: 500 },
  )
})

test('processes that all want more end within one place of each other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 8 }), (limit, count) => {
      let holders: Holder[] = []
      const allowed = Array.from({ length: count }, () => 0)
      for (let round = 0; round < 4; round++) {
        for (let index = 0; index < count; index++) {
          const answer = ask(holders, `w${index}`, allowed[index]!, limit, limit)
          holders = answer.holders
          allowed[index] = answer.allowed
        }
      }
      expect(Math.max(...allowed) - Math.min(...allowed)).toBeLessThanOrEqual(1)
      expect(allowed.reduce((sum, places) => sum + places, 0)).toBe(limit)
    }),
  )
})
