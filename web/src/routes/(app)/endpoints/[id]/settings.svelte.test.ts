import { expect, test } from 'vitest'
import { ChangedEndpoint, type Endpoint } from '#server/endpoints/schema.ts'
import { changeOf, generation, price, reading, type Setting } from './settings.ts'

const endpoint = {
  sampling: { temperature: 0.6, stop: ['\n', 'a\\n'], seed: null },
  pictures: { longestSide: 1024 },
  thinkingTags: ['usual'],
  price: { in: 1, out: 2, cached: null, source: 'a table' },
} as unknown as Endpoint

const all = [...generation, ...reading, ...price]
const field = (name: string): Setting => all.find((setting) => setting.name === name)!
const typing = (texts: Record<string, string>) =>
  changeOf(
    endpoint,
    Object.entries(texts).map(([name, text]) => [name, field(name).read(text, endpoint)]),
  )

test('fields change their part of a whole, and an empty one takes it out', () => {
  const change = typing({ 'sampling/topP': '0.95', 'sampling/temperature': '', 'sampling/topK': 'none' })
  expect(change).toEqual({ sampling: { topP: 0.95, topK: null, stop: ['\n', 'a\\n'], seed: null } })
  expect(ChangedEndpoint.safeParse(change).success).toBe(true)
  expect(typing({ 'pictures/longestSide': '', 'pictures/format': 'jpeg' })).toEqual({ pictures: { format: 'jpeg' } })
})

test('what a field shows is read as what it is', () => {
  for (const name of ['sampling/stop', 'sampling/seed', 'sampling/temperature', 'thinkingTags'])
    expect(typing({ [name]: field(name).show(endpoint) })).toEqual(
      name === 'thinkingTags' ? { thinkingTags: ['usual'] } : { sampling: endpoint.sampling },
    )
})

test('thinking tags are listed, added and switched off', () => {
  expect(typing({ thinkingTags: 'usual\n <plan> </plan> \n' })).toEqual({ thinkingTags: ['usual', '<plan> </plan>'] })
  expect(typing({ thinkingTags: '' })).toEqual({ thinkingTags: [] })
})

test('a price that was typed is nobody else’s, and without a number there is none', () => {
  expect(typing({ 'price/cached': '0.1' })).toEqual({ price: { in: 1, out: 2, cached: 0.1 } })
  expect(typing({ 'price/in': '', 'price/out': ' ' })).toEqual({ price: null })
})

test('what is no number is refused, not taken for one', () => {
  expect(ChangedEndpoint.safeParse(typing({ 'sampling/temperature': '0,6' })).success).toBe(false)
  expect(ChangedEndpoint.safeParse(typing({ 'sampling/temperature': '2.5' })).success).toBe(false)
})
