import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  floatToText,
  parseFloatLikePython,
  parseIntLikePython,
  roundHalfEven,
  truncateToWhole,
} from '#benchmarks/scoring/text/python-number.ts'
import { reprOf } from '#benchmarks/scoring/text/python-repr.ts'
import { collapseSpace, lengthInCodePoints, splitWords, strip } from '#benchmarks/scoring/text/python-text.ts'

test.each([
  ['1_000.5', 1000.5],
  ['.5', 0.5],
  ['5.', 5],
  ['1e5', 100_000],
  ['+5', 5],
  ['\u00a05\u2003', 5],
  ['\u0085\uff15', 5],
  ['\u0663.\u0665', 3.5],
  ['\u{1d7d9}\u{1d7da}', 12],
  ['-INF', -Infinity],
  ['infinity', Infinity],
  ['1e400', Infinity],
  ['1e-400', 0],
])('float(%j) is %d', (text, number) => {
  expect(parseFloatLikePython(text)).toBe(number)
})

test.each([
  '',
  ' ',
  '.',
  '1__0',
  '_1',
  '1_',
  '1_.5',
  '1e',
  '0x10',
  '1,000',
  '5%',
  '--5',
  '- 5',
  '²',
  '½',
  '5\ufeff',
  '\u001c5',
  'infin',
  'ınf',
])('float(%j) does not parse', (text) => {
  expect(parseFloatLikePython(text)).toBe(null)
})

test('float reads nan in any case and sign', () => {
  expect(parseFloatLikePython('-NaN')).toBe(NaN)
})

test('int reads signs, underscores and any digits, and whole numbers of any size, but no fraction', () => {
  expect(parseIntLikePython(' -1_0\u00a0')).toBe(-10n)
  expect(parseIntLikePython('\u0968')).toBe(2n)
  expect(parseIntLikePython('9'.repeat(40))).toBe(10n ** 40n - 1n)
  expect(parseIntLikePython('5.0')).toBe(null)
  expect(parseIntLikePython('1'.repeat(4301))).toBe(null)
})

test.each([
  [5, '5.0'],
  [-0, '-0.0'],
  [0.1 + 0.2, '0.30000000000000004'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [1e15, '1000000000000000.0'],
  [1e16, '1e+16'],
  [1.5e22, '1.5e+22'],
  [123456789.125, '123456789.125'],
  [5e-324, '5e-324'],
])('str(%d) is %j', (number, text) => {
  expect(floatToText(number)).toBe(text)
})

test('what str prints, float reads back', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (number) => Object.is(parseFloatLikePython(floatToText(number)), number)),
  )
})

test.each([
  [2.675, 2, 2.67],
  [2.665, 2, 2.67],
  [1.005, 2, 1],
  [0.125, 2, 0.12],
  [0.375, 2, 0.38],
  [2.5, 0, 2],
  [-2.5, 0, -2],
  [1e22, 2, 1e22],
  [1234, -2, 1200],
  [0.1, 30, 0.1],
])('round(%d, %d) is %d', (number, decimals, rounded) => {
  expect(roundHalfEven(number, decimals)).toBe(rounded)
})

test('int of a float keeps every digit and drops the fraction toward zero', () => {
  expect(truncateToWhole(1e20)).toBe(100_000_000_000_000_000_000n)
  expect(truncateToWhole(-3.9)).toBe(-3n)
  expect(truncateToWhole(Infinity)).toBe(null)
})

test('white space is what Python takes for it: 1C to 1F and 85 count, the byte order mark does not', () => {
  expect(strip('\u001c \u0085x\u3000\u2029')).toBe('x')
  expect(strip('\ufeffx')).toBe('\ufeffx')
  expect(splitWords(' a\u001fb \u00a0c\t')).toEqual(['a', 'b', 'c'])
  expect(collapseSpace(' a  b\u2028c ')).toBe('a b c')
})

test('a length counts code points', () => {
  expect(lengthInCodePoints('a😀b')).toBe(3)
  expect(lengthInCodePoints('\ud83d\ud83d\ude00')).toBe(2)
})

test('repr quotes as Python does', () => {
  expect(reprOf(["it's", 'say "hi"', 'both \' and "', 'a\n\u00a0\u200b\\', null, true, 5n, 2, [0.5]])).toBe(
    String.raw`["it's", 'say "hi"', 'both \' and "', 'a\n\xa0\u200b\\', None, True, 5, 2.0, [0.5]]`,
  )
})
