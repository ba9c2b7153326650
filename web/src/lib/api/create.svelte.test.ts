import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Fetch } from './ask.ts'
import { create } from './create.ts'

/** A server that notes the keys it is sent and answers as told; null: not at all. */
function server(answers: (number | null)[]) {
  const keys: (string | null)[] = []
  const fetch = (async (_url: string, { headers }: RequestInit) => {
    keys.push(new Headers(headers).get('idempotency-key'))
    const status = answers[keys.length - 1]
    if (status == null) throw new TypeError('offline')
    return new Response(JSON.stringify({ id: keys.length, title: 'No', status }), { status })
  }) as Fetch
  return { keys, fetch }
}

const make = (fetch: Fetch, body: object) =>
  create(fetch, '/runs', z.object({ id: z.number() }), body).catch(() => null)

test('a double press has one key, and a press after the answer has another', async () => {
  const { keys, fetch } = server([201, 201, 201])
  await Promise.all([make(fetch, { seed: 1 }), make(fetch, { seed: 1 })])
  await make(fetch, { seed: 1 })
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
  expect(keys[1]).toBe(keys[0])
  expect(keys[2]).not.toBe(keys[0])
})

test('after a lost reply the same request keeps its key, another one has its own', async () => {
  const { keys, fetch } = server([null, 201, 201])
  await make(fetch, { seed: 2 })
  await make(fetch, { seed: 3 })
  await make(fetch, { seed: 2 })
  expect(keys[2]).toBe(keys[0])
  expect(keys[1]).not.toBe(keys[0])
})

test('a refusal is an answer: the next try has a key of its own', async () => {
  const { keys, fetch } = server([409, 201])
  await make(fetch, { seed: 4 })
  await make(fetch, { seed: 4 })
  expect(keys[1]).not.toBe(keys[0])
})
