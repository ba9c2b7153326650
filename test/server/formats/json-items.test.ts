import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InputError } from '#server/core/problem.ts'
import { readJsonItems } from '#server/formats/json-items.ts'

async function* inPieces(text: string, length: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length)
}

const read = (text: string, key?: string, length = 7) =>
  Array.fromAsync(readJsonItems(inPieces(text, length), 'questions.json', key))

test('the items of any array come out as they are, wherever the text is cut into pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.json()),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      async (items, length, nested) => {
        const values = items.map((item) => JSON.parse(item) as unknown)
        const whole = nested ? { info: { data: [1, '"]'] }, note: 'data', data: values, later: [2] } : values
        expect(await read(JSON.stringify(whole, null, length % 3), nested ? 'data' : undefined, length)).toEqual(values)
      },
    ),
    { numRuns: 200 },
  )
})

test('a file that breaks off, lacks the array or holds something odd in it is refused by name', async () => {
  await expect(read('{"data": [{"a": 1}, {"b": ', 'data')).rejects.toThrow(/questions\.json breaks off after item 1/)
  await expect(read('{"date": [1]}', 'data')).rejects.toThrow(/no array 'data'/)
  await expect(read('{"a": 1}')).rejects.toThrow(InputError)
  await expect(read('[1, nope, 2]')).rejects.toThrow(/item 1 is not valid JSON/)
})

test('an item without end is refused before it fills the memory', async () => {
  const endless = (async function* () {
    yield '[1,\n{"a": "'
    while (true) yield 'x'.repeat(2 ** 20)
  })()
  await expect(Array.fromAsync(readJsonItems(endless, 'endless.json'))).rejects.toThrow(
    'endless.json, line 2: item 1 is longer than 64 MB',
  )
})

test('reading ends with the array: what follows is not looked at', async () => {
  expect(await read('{"data": [1, 2], "rest": broken', 'data')).toEqual([1, 2])
})
