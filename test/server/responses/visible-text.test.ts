import { expect, test } from 'vitest'
import { visibleText } from '#server/responses/visible-text.ts'

test.each([
  ['<think>hm</think>Four.', 'Four.'],
  ['<THINKING>\nhm\n</THINKING>\n\nFour.', 'Four.'],
  ['hm, four?</think>Four.', 'Four.'],
  ['<think>one</think>A<think>two</think>B', 'AB'],
  ['A<think>one</think>two</think>B', 'B'],
  ['<think>never ends', ''],
  ['<think>one<think>two', ''],
  ['I think < 4 of them.', 'I think < 4 of them.'],
])('what a model thought is left out of %j', (response, text) => {
  expect(visibleText(response)).toBe(text)
})

test('marks that turn or hide text are shown', () => {
  expect(visibleText('a\u202Eb\u200Bc\uFEFFd\u0007e')).toBe('a[U+202E]b[U+200B]c[U+FEFF]d\uFFFDe')
  expect(visibleText('👩\u200D🔬 நல்ல\r\nnew line')).toBe('👩\u200D🔬 நல்ல\nnew line')
})

test('an endless answer is cut at 64 Ki characters, never through one, and says so', () => {
  const text = visibleText(`x${'😀'.repeat(40_000)}`)
  expect(text.length).toBeLessThan(65_600)
  expect(text).toMatch(/😀\n\n\(The answer goes on; the rest is not shown\.\)$/u)
})

test('an answer of just 64 Ki characters is whole', () => {
  const text = 'x'.repeat(65_536)
  expect(visibleText(text)).toBe(text)
  expect(visibleText(`${text}x`)).toBe(`${text}\n\n(The answer goes on; the rest is not shown.)`)
})
