import { expect, test } from 'vitest'
import { renderAnswer } from '#server/battles/rendering/render-answer.ts'
import { readPoints } from '#server/battles/rendering/point-tags.ts'

test.each([
  ['one point', '<point x="10.0" y="20.5" alt="cup">the cup</point>', 100, [[10, 20.5, 'the cup']]],
  ['spaces inside the quotes', '<point x=" 10.0" y=" 20.5" alt="cup">cup</point>', 100, [[10, 20.5, 'cup']]],
  ['single quotes', "<point x='10' y='20' alt='cup'>cup</point>", 100, [[10, 20, 'cup']]],
  [
    'several points',
    '<points x1="1" y1="2" x2="3" y2="4" alt="cups">cups</points>',
    100,
    [
      [1, 2, 'cups'],
      [3, 4, 'cups'],
    ],
  ],
  ['no text: the alt', '<point x="1" y="2" alt="cup"></point>', 100, [[1, 2, 'cup']]],
  ['a tag that the token limit cut', 'See <point x="1" y="2" alt="cup">', 100, [[1, 2, 'cup']]],
  ['coordinates in per mille', '<point x="500" y="250" alt="cup">cup</point>', 1000, [[50, 25, 'cup']]],
  ['coordinates as fractions', '<point x="0.5" y="0.25" alt="cup">cup</point>', 1, [[50, 25, 'cup']]],
  ['tenths of a percent', '<point p=123,456 alt="cup">cup</point>', 100, [[12.3, 45.6, 'cup']]],
  [
    'numbered tenths',
    '<points 1=123,456 2=234,567 alt="cups">cups</points>',
    100,
    [
      [12.3, 45.6, 'cups'],
      [23.4, 56.7, 'cups'],
    ],
  ],
  [
    'pictures and per mille',
    '<points coords="1 1 123 456 2 234 567">cups</points>',
    100,
    [
      [12.3, 45.6, 'cups'],
      [23.4, 56.7, 'cups'],
    ],
  ],
  ['clicks', 'Click(10.0, 20.5)', 100, [[10, 20.5, '']]],
  [
    'an answer of nothing but pairs',
    '(10.0, 20.5)\n(1.5, 2.5)\n',
    100,
    [
      [10, 20.5, ''],
      [1.5, 2.5, ''],
    ],
  ],
  [
    'points outside the picture are dropped',
    '<points x1="1" y1="2" x2="130" y2="4" alt="c">c</points>',
    100,
    [[1, 2, 'c']],
  ],
  ['a tag cut within its alt', 'See <point x="1" y="2" alt="cu', 100, [[1, 2, '']]],
  ['a tag cut within a number', '<points x1="1" y1="2" x2="3', 100, [[1, 2, '']]],
  ['many decimals', '<point x="10.123456789012" y="0.5" alt="c">c</point>', 100, [[10.123, 0.5, 'c']]],
  [
    'y before x',
    '<points y1="2" x1="1" y2="4" x2="3" alt="c">c</points>',
    100,
    [
      [1, 2, 'c'],
      [3, 4, 'c'],
    ],
  ],
  ['negative ones are outside', '<points x1="-1" y1="2" x2="3" y2="4" alt="c">c</points>', 100, [[3, 4, 'c']]],
  ['an alt with angle brackets', '<point x="1" y="2" alt="a > b < c"></point>', 100, [[1, 2, 'a > b < c']]],
  ['tenths with a space', '<point p=123, 456 alt="cup">cup</point>', 100, [[12.3, 45.6, 'cup']]],
  [
    'Qwen’s points',
    'Here:\n```json\n[{"point_2d": [500, 250], "label": "cup"}, {"bbox_2d": [100, 200, 300, 400], "label": "mug"}]\n```\nDone.',
    1000,
    [
      [50, 25, 'cup'],
      [20, 30, 'mug'],
    ],
  ],
  [
    'Gemini’s points, y before x',
    '[{"point": [250, 500], "label": "cup"}, {"box_2d": [200, 100, 400, 300], "label": "mug"}]',
    1000,
    [
      [50, 25, 'cup'],
      [20, 30, 'mug'],
    ],
  ],
  [
    'a list that was cut',
    '```json\n[{"point_2d": [500, 250], "label": "cup"}, {"point_2d": [1',
    1000,
    [[50, 25, 'cup']],
  ],
  ['pixels of Qwen are words', '[{"point_2d": [500, 250], "label": "cup"}]', 100, []],
  ['other JSON is words', '```json\n[{"name": "cup"}, {"point_2d": "x"}]\n```', 1000, []],
  ['pairs within a sentence are words', 'The vertex lies at (1.5, 2.5).', 100, []],
  ['a year is no point', 'In 2020 = 123,456 people', 100, []],
  ['a tag without places is words', '<point alt="x">cup</point>', 100, []],
] as const)('%s', (_fact, text, scale, expected) => {
  const { points } = readPoints(text, scale)
  expect(points.map(({ x, y, label }) => [x, y, label])).toEqual(expected)
})

test('the text around the places stays as it is', () => {
  const { segments } = readPoints(
    'A <point x="1" y="2" alt="cup">cup</point> and <points x1="1" y1="1" x2="2" y2="2" alt="x">y</points>.',
    100,
  )
  expect(segments).toEqual([
    { kind: 'text', text: 'A ' },
    { kind: 'points', label: 'cup', first: 1, count: 1, more: 0 },
    { kind: 'text', text: ' and ' },
    { kind: 'points', label: 'y', first: 2, count: 2, more: 0 },
    { kind: 'text', text: '.' },
  ])
})

test('two hundred points are drawn and no more', () => {
  const pairs = Array.from({ length: 500 }, (_, n) => `x${n}="1" y${n}="2"`).join(' ')
  expect(readPoints(`<points ${pairs} alt="a">a</points>`, 100).points).toHaveLength(200)
})

test('places beyond two hundred are said in words', () => {
  const pairs = Array.from({ length: 203 }, (_, n) => `x${n}="1" y${n}="2"`).join(' ')
  const { html } = renderAnswer(`<points ${pairs} alt="a">a</points> <point x="1" y="1">b</point>`, 100, {
    pointsShown: true,
  })
  expect(html).toContain('<b>200</b></span> (3 more places, not drawn)')
  expect(html).toContain('b (1 more place, not drawn)')
})

test('places of JSON are chips in the text, and the words around them stay', () => {
  const { html, text } = renderAnswer(
    'Two:\n\n```json\n[{"point_2d": [500, 250], "label": "cup"}, {"point_2d": [5, 5], "label": "mug"}]\n```\n\nDone.',
    1000,
    {
      pointsShown: true,
    },
  )
  expect(html).toBe(
    '<p>Two:</p>\n<p><span class="point" data-n="1"><b>1</b> cup</span>, <span class="point" data-n="2"><b>2</b> mug</span></p>\n<p>Done.</p>\n',
  )
  expect(text).toContain('"point_2d": [500, 250]')
})
