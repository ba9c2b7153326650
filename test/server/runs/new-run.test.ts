import { expect, test } from 'vitest'
import { NewRun } from '#server/runs/schema.ts'

const plain = { endpointId: '00000000-0000-4000-8000-000000000000', benchmark: 'chartqa' }
const accepted = (changes: object) => NewRun.safeParse({ ...plain, ...changes }).success

test('a run asks all examples, or any number of them from one on', () => {
  expect(NewRun.parse(plain).limit).toBeUndefined()
  expect([1, 20, 200_000].map((limit) => accepted({ limit }))).toEqual([true, true, true])
  expect([0, -1, 2.5].map((limit) => accepted({ limit }))).toEqual([false, false, false])
})

test('the seed of the drawn examples is 0 unless named, and fits the database', () => {
  expect(NewRun.parse(plain).seed).toBe(0)
  expect([0, 7, 2_147_483_647].map((seed) => accepted({ seed }))).toEqual([true, true, true])
  expect([-1, 2_147_483_648].map((seed) => accepted({ seed }))).toEqual([false, false])
})
