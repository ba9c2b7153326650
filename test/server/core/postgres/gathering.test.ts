import { expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { gathering } from '#server/core/postgres/gathering.ts'

/** The pool of a database, as far as it is asked here; without `begin` a transaction. */
const contextOn = (sql: object) => ({ sql }) as Context
const pool = () => contextOn({ begin() {} })

function notes() {
  const batches: { requests: string[]; end: (fault?: Error) => void }[] = []
  const answer = (_ctx: Context, requests: string[]) =>
    new Promise<string[]>((resolve, reject) => {
      const end = (fault?: Error) => (fault ? reject(fault) : resolve(requests.map((request) => `${request}!`)))
      batches.push({ requests, end })
    })
  return { batches, answer }
}

test('what comes while others are answered shares the next batches, so many in each and in their order', async () => {
  const { batches, answer } = notes()
  const ask = gathering(answer, { most: 2 })
  const ctx = pool()
  const asked = ['a', 'b', 'c', 'd'].map((request) => ask(ctx, request))
  for (let turn = 0; turn < 3; turn++) {
    await expect.poll(() => batches.length).toBe(turn + 1)
    batches[turn]!.end()
  }
  expect(await Promise.all(asked)).toEqual(['a!', 'b!', 'c!', 'd!'])
  expect(batches.map(({ requests }) => requests)).toEqual([['a'], ['b', 'c'], ['d']])
})

test('of one key only one is in a batch; a batch that fails fails alone, and the queue goes on', async () => {
  const { batches, answer } = notes()
  const ask = gathering(answer, { most: 9, keyOf: (request) => request[0] })
  const ctx = pool()
  const asked = ['x', 'a1', 'a2', 'b1'].map((request) => ask(ctx, request))
  const settled = Promise.allSettled(asked)
  batches[0]!.end()
  await expect.poll(() => batches.length).toBe(2)
  batches[1]!.end(new Error('refused'))
  await expect.poll(() => batches.length).toBe(3)
  batches[2]!.end()
  expect(batches.map(({ requests }) => requests)).toEqual([['x'], ['a1', 'b1'], ['a2']])
  expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected'])
})

test('databases do not wait for each other, nor does a transaction for what is outside it', async () => {
  const { batches, answer } = notes()
  const ask = gathering(answer, { most: 9 })
  const asked = [pool(), pool(), contextOn({}), contextOn({})].map((ctx, n) => ask(ctx, String(n)))
  expect(batches.map(({ requests }) => requests)).toEqual([['0'], ['1'], ['2'], ['3']])
  for (const { end } of batches) end()
  expect(await Promise.all(asked)).toEqual(['0!', '1!', '2!', '3!'])
})
