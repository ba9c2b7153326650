import { expect, test } from 'vitest'
import { NewRun, PredictionQuery } from '#server/runs/schema.ts'

const plain = { endpointId: '00000000-0000-4000-8000-000000000000', benchmark: 'chartqa' }
const accepted = (changes: object) => NewRun.safeParse({ ...plain, ...changes }).success

test('a run asks all examples, or any number of them from one on that fits the database', () => {
  expect(NewRun.parse(plain).limit).toBeUndefined()
  expect([1, 20, 2_147_483_647].map((limit) => accepted({ limit }))).toEqual([true, true, true])
  expect([0, -1, 2.5, 2_147_483_648].map((limit) => accepted({ limit }))).toEqual([false, false, false, false])
})

test('the seed of the drawn examples is 0 unless named, and fits the database', () => {
  expect(NewRun.parse(plain).seed).toBe(0)
  expect([0, 7, 2_147_483_647].map((seed) => accepted({ seed }))).toEqual([true, true, true])
  expect([-1, 2_147_483_648].map((seed) => accepted({ seed }))).toEqual([false, false])
})

test('a page of predictions begins at the first, or after any position that fits the database', () => {
  const begins = (after?: number) => PredictionQuery.safeParse({ after }).data?.after
  expect([undefined, -1, 0, 2_147_483_647].map(begins)).toEqual([-1, -1, 0, 2_147_483_647])
  expect([-2, 2_147_483_648].map(begins)).toEqual([undefined, undefined])
})
