import { expect, test } from 'vitest'
import { visibleText } from '#server/responses/visible-text.ts'

test.each([
  ['a tag in a sentence', 'Close the <think> element with </think> first.'],
  ['a tag in code', '```html\n<thinking>hm</thinking>\n```'],
  ['a bubble of a comic', '<thought>Where is my lunch?</thought> is what the cat thinks.'],
  ['space around it', '  Four.\n'],
  ['points', '<point x="1" y="2" alt="cup">cup</point>'],
])('every character of an answer is shown: %s', (_what, response) => {
  expect(visibleText(response)).toBe(response)
})

test.each([
  ['overrides', 'a\u202Eb', 'a[U+202E]b'],
  ['overrides among Hebrew', 'שלום\u202Eabc', 'שלום[U+202E]abc'],
  ['zero-width spaces between Latin letters', 'a\u200Bb', 'a[U+200B]b'],
  ['joiners between Latin letters', 'a\u200Db\u200Cc', 'a[U+200D]b[U+200C]c'],
  ['direction marks without right-to-left letters', 'a\u200Fb\u2067c\u2069', 'a[U+200F]b[U+2067]c[U+2069]'],
  ['soft hyphens and the mark of byte order', 'a\u00ADb\uFEFFc', 'a[U+00AD]b[U+FEFF]c'],
  ['invisible operators', '2\u2062x', '2[U+2062]x'],
  ['words in tags', 'a\u{E0041}\u{E0042}', 'a[U+E0041][U+E0042]'],
  ['a message in variation selectors', 'a\uFE01\u{E0101}\u{E0102}', 'a[U+FE01][U+E0101][U+E0102]'],
  ['a run of marks among Khmer', 'ក\u200B\u200B\u200Bខ', 'ក\u200B[U+200B]\u200Bខ'],
  ['controls', 'a\u0007b\u0000', 'a[U+0007]b[U+0000]'],
  ['private use', 'a\uE000b', 'a[U+E000]b'],
])('a mark that could deceive is shown by its code: %s', (_what, response, text) => {
  expect(visibleText(response)).toBe(text)
})

test.each([
  ['Khmer', 'ខ្ញុំ\u200Bចង់\u200Bទៅ'],
  ['Thai', 'สวัสดี\u200Bครับ'],
  ['Persian', 'می\u200Cخواهم'],
  ['Tamil', 'நல்\u200Cல'],
  ['Hebrew beside Latin', 'שלום \u200FVLM\u200F! \u2068a\u2069'],
  ['Arabic', 'مرحبا\u200E 3\u061C'],
  ['a family', '👩\u200D🔬 👩🏽\u200D🚀 ❤\uFE0F\u200D🔥 1\uFE0F⃣'],
  ['the flag of Scotland', '🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}'],
  ['variants of Han', '葛\u{E0100}城市'],
  ['Mongolian', 'ᠨ\u180B'],
])('a mark that its script needs stays itself: %s', (_what, response) => {
  expect(visibleText(response)).toBe(response)
})

test('lines end in one way', () => {
  expect(visibleText('a\r\nb\rc')).toBe('a\nb\nc')
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
