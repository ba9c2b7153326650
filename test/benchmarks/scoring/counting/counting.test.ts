import { expect, test } from 'vitest'
import {
  containsCount,
  lenientCount,
  matchesExactCount,
  matchesFirstDigits,
  matchesWordCount,
  molmoCount,
  parseCount,
} from '#benchmarks/scoring/counting/counts.ts'
import { cleanUpForEvaluation, cleanUpForSubmission } from '#benchmarks/scoring/text/molmo-clean-up.ts'
import { countPoints, extractPoints, isValidPointFormat, pointsFromPairs } from '#benchmarks/scoring/counting/points.ts'

test.each([
  ['There are 7.', 7n],
  ['Twenty..', 20n],
  ['٤', 4n],
  ['1_0', 10n],
  ['a total of 5 of a total of 6 birds', 6n],
  ['birds\na total of 6 birds', null],
  ['There are none.', null],
  ['\bnone\b', 0n],
  ['4,', null],
  ['', null],
])('Molmo counts %j as %s', (response, count) => {
  expect(parseCount(response)).toBe(count)
})

const asked = (gold: number) => ({ id: '1', question: '', tags: [], gold })

test('one off is close and valid but wrong, and what does not parse is neither', () => {
  expect(molmoCount.score('4', asked(5))).toMatchObject({ value: 0, also: { close: 1, valid: 1 } })
  expect(molmoCount.score('9'.repeat(30), asked(5))).toMatchObject({ value: 0, also: { close: 0, valid: 1 } })
  expect(molmoCount.extract('several', asked(5))).toBe(null)
  expect(molmoCount.unparsed?.(asked(5))).toMatchObject({ value: 0, also: { close: 0, valid: 0 } })
})

test('the lenient profile also counts points, and reads none and no as zero', () => {
  const points = '<points x1="1.0" y1="2.0" x2="3.0" y2="4.0" alt="no entry signs">signs</points>'
  expect(lenientCount.extract(points, asked(2))).toBe('2')
  expect(lenientCount.extract('There are no birds here', asked(0))).toBe('0')
  expect(lenientCount.extract('nothing', asked(0))).toBe(null)
  expect(molmoCount.extract(points, asked(2))).toBe(null)
})

test('lmms-eval and VLMEvalKit have four more ways to compare', () => {
  expect(matchesExactCount(' 4\n', 4)).toBe(true)
  expect(matchesExactCount('four', 4)).toBe(false)
  expect(matchesWordCount('Four', 4)).toBe(true)
  expect(matchesWordCount('none', 0)).toBe(true)
  expect(matchesFirstDigits('I see 4 of 5', 4)).toBe(true)
  expect(matchesFirstDigits('04', 4)).toBe(false)
  expect(containsCount('10', 1)).toBe(true)
})

test('points come in the order of the patterns, a Click point twice, and none beyond 100%', () => {
  const text = 'x="50" y="25.55" (10.5, 20.5) Click(30.0, 40.0) p=123, 456 (100.1, 5.0)'
  const points = extractPoints(text, 200, 100)
  const expected = [
    [60, 40],
    [21, 20.5],
    [60, 40],
    [100, 25.55],
    [24.6, 45.6],
  ]
  expect(points).toHaveLength(expected.length)
  points.flat().forEach((coordinate, index) => expect(coordinate).toBeCloseTo(expected.flat()[index]!, 9))
})

test('a year before a number in thousands is a point, as in Molmo', () => {
  expect(countPoints('In 2020 = 123,456')).toBe(1)
})

test('an older parser multiplies pairs without dividing by 100', () => {
  expect(pointsFromPairs('1.5, 2.5 and 1,2 and 3.5,4.5,5.5', 10, 20)).toEqual([
    [15, 50],
    [35, 90],
  ])
  expect(pointsFromPairs('٣.٥,\n 1.25', 10, 20)).toEqual([[35, 25]])
})

test.each([
  ['(1, 2)\n(-3.5, 4)', true],
  [' <point x="1" y="2.0" alt="a">a</point> ', true],
  ['<points x1="1" y1="2" x2="3" y2="4" alt="a\nb">a</points>', true],
  ['<point p=123, 456 alt="a">a</point>', true],
  ['<points 1=123,456 2=123,456 alt="a">a</points>', true],
  ['<point x="1" y="2" alt=""></point>"></point>', true],
  ['<point x="1" y="2" alt="a"></point>">', false],
  ['Click(1.0, 2.0)', false],
  ['<points alt="a">a</points>', false],
  ['<point x="1" y="2">a</point>', false],
])('%j is a well-formed list of points: %s', (text, valid) => {
  expect(isValidPointFormat(text)).toBe(valid)
})

test('Molmo reads what follows the first Answer:, else the most frequent line, the first on ties', () => {
  expect(cleanUpForEvaluation('My Answer: black  cat \nAnswer: no')).toBe('black  cat')
  expect(cleanUpForEvaluation('a\n\nb\n b ')).toBe('b')
  expect(cleanUpForEvaluation('a\n\nb')).toBe('a')
  expect(cleanUpForEvaluation(' two   words ')).toBe('two words')
  expect(cleanUpForSubmission(' two   words ')).toBe('two   words')
  expect(cleanUpForSubmission('Answer:\n2')).toBe('Answer:')
})
