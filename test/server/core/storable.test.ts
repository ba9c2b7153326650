import { expect, test } from 'vitest'
import { findUnstorable, storable } from '#server/core/storable.ts'
import { testDatabase } from '../../support/database.ts'

const odd = 'a\0b\ud83dc\ude00😀'

test('NUL and halves of surrogate pairs are replaced wherever they stand, and nothing else', () => {
  expect(storable(odd)).toBe('a\ufffdb\ufffdc\ufffd😀')
  expect(storable([odd, [{ [odd]: odd, n: 1, none: null }]])).toEqual([
    storable(odd),
    [{ [storable(odd)]: storable(odd), n: 1, none: null }],
  ])
  const date = new Date(0)
  expect(storable(date)).toBe(date)
  expect(storable(null)).toBeNull()
})

test('what was made storable is taken by text and jsonb columns, and what was not is found by its place', async () => {
  const { sql } = await testDatabase()
  const value = { list: [{ text: 'fine' }, { text: odd }] }
  expect(findUnstorable(value)).toBe('list.1.text')
  expect(findUnstorable(storable(value))).toBeUndefined()
  expect(findUnstorable({ in: { [`x${odd}`]: 1 } })).toBe(`in.x${storable(odd)}`)
  const store = (stored: typeof value) =>
    sql`select ${JSON.stringify(stored)}::text::jsonb as value, ${stored.list[1]!.text}::text as text`
  await expect(store(value)).rejects.toThrow()
  const [row] = await store(storable(value))
  expect(row).toEqual({ value: storable(value), text: storable(odd) })
})
