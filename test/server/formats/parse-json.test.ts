import { expect, test } from 'vitest'
import { parseJson } from '#server/formats/parse-json.ts'

const texts: [text: string, value: unknown][] = [
  [
    '{"id": 9007199254740993, "least": -12345678901234567890}',
    { id: '9007199254740993', least: '-12345678901234567890' },
  ],
  [
    '[9007199254740992, 9007199254740991, -0, 1234567890123456.5]',
    [9007199254740992, 9007199254740991, -0, 1234567890123456.5],
  ],
  ['"9007199254740993"', '9007199254740993'],
  [
    String.raw`{"NaN": NaN, "a": [Infinity, -Infinity], "b": "NaN \" NaN"}`,
    { NaN: null, a: [null, null], b: 'NaN " NaN' },
  ],
]

test.each(texts)('%s', (text, value) => {
  expect(parseJson(text)).toEqual(value)
})

test('what is no JSON throws, at once however long it is', () => {
  for (const text of ['', '{"a": nan}', '{"a": NaNs}', `NaN"${'\\'.repeat(3e6)}`, `NaN${'"'.repeat(3e5 + 1)}`])
    expect(() => parseJson(text)).toThrow(SyntaxError)
})

test('a long text beside a number that is none', () => {
  const long = 'x'.repeat(2e7)
  expect(parseJson(`{"a": NaN, "b": "${long}"}`)).toEqual({ a: null, b: long })
})
