import { expect, test } from 'vitest'
import { decide } from '#server/comparisons/gate/decide.ts'
import { readPolicy, type Policy } from '#server/comparisons/gate/policy.ts'
import { gateMarkdown } from '#server/comparisons/gate/summary.ts'
import type { Comparison, ScoreDifference } from '#server/comparisons/schema.ts'

const run = {
  ...{ benchmark: { id: 'chartqa', title: 'ChartQA', version: 1 }, split: 'val', sample: false, endpoint: null },
  ...{ model: { slug: 'm', name: 'M', baseline: false }, scoringProfile: 'official', status: 'complete' as const },
  examples: 100,
}

/** A less B in points, with bounds so far to each side. */
function difference(points: number, reach: number): ScoreDifference {
  return {
    ...{ n: 100, pictures: 100, meanA: 0.5, meanB: 0.5, difference: points / 100, correlation: null },
    bounds: {
      ...{ standardError: reach / 198.4, degrees: 99, p: 0.5, detectable: 0.1, unpairedStandardError: 0.1 },
      low: (points - reach) / 100,
      high: (points + reach) / 100,
    },
    flips: { aOnly: 0, bOnly: 0, both: 0, neither: 0, mcnemarP: 1 },
  }
}

const compared = (overall: ScoreDifference | null, more: Partial<Comparison> = {}): Comparison => ({
  ...{ a: { ...run, id: 1 }, b: { ...run, id: 2 }, differs: [], overall, subScores: [] },
  leftOut: overall && { onlyA: 0, onlyB: 50, unscored: 0, otherPrompt: 0 },
  why: overall ? null : 'Not comparable: split val and test.',
  ...more,
})

const policy = (more: object): Policy => readPolicy(JSON.stringify({ name: 'p/1', ...more }), 'p.json')
const metrics = [{ name: 'relaxed', value: 0.8, low: 0.75, high: 0.85, n: 100 }]
const verdicts = (rules: object, comparison: Comparison) => {
  const { result, lines } = decide(policy(rules), comparison, metrics)
  return [result, ...lines.map(({ verdict }) => verdict)]
}

test.each([
  // B less A is −0.5, and a point is allowed: −0.9 to −0.1 holds, −1.5 to +0.5 is open; −3 to −2 fails.
  [0.5, 0.4, 'GO', 'holds'],
  [0.5, 1, 'INCONCLUSIVE', 'open'],
  [2.5, 0.5, 'NO-GO', 'fails'],
])('a margin of one point and A better by %d ± %d: %s', (points, reach, result, verdict) => {
  expect(verdicts({ notWorseBy: { score: 1 } }, compared(difference(points, reach)))).toEqual([
    result,
    'holds',
    verdict,
  ])
})

test('an open line says how many more examples would settle it, unless none would', () => {
  const words = (points: number) =>
    decide(policy({ notWorseBy: { score: 1 } }), compared(difference(points, 2)), metrics).lines[1]!.words
  // Bounds of ± 2 on 100 examples have to shrink to ± 0.5: sixteen times as many.
  expect(words(0.5)).toBe('-0.5, -2.5 to +1.5 on 100 examples; about 1,500 more examples would settle it')
  expect(words(1.5)).toBe('-1.5, -3.5 to +0.5 on 100 examples')
})

test('every sub-score is held to the margin for all, a named one to its own', () => {
  const subScores = [
    { name: 'human', holmP: 1, ...difference(2.5, 0.4) },
    { name: 'augmented', holmP: 1, ...difference(2.5, 0.4) },
  ]
  const comparison = compared(difference(0, 0.1), { subScores })
  expect(verdicts({ notWorseBy: { 'sub-scores': 3 } }, comparison)).toEqual(['GO', 'holds', 'holds', 'holds'])
  const named = { notWorseBy: { 'sub-scores': 3, human: 1 } }
  expect(verdicts(named, comparison)).toEqual(['NO-GO', 'holds', 'holds', 'fails'])
  expect(verdicts({ notWorseBy: { pies: 1 } }, comparison)).toEqual(['INCONCLUSIVE', 'holds', 'open'])
})

test("floors are held against the bounds of the candidate's own score", () => {
  const comparison = compared(difference(0, 0.1))
  expect(verdicts({ atLeast: { score: 75 } }, comparison)).toEqual(['GO', 'holds', 'holds'])
  expect(verdicts({ atLeast: { relaxed: 78 } }, comparison)).toEqual(['INCONCLUSIVE', 'holds', 'open'])
  expect(verdicts({ atLeast: { score: 86 } }, comparison)).toEqual(['NO-GO', 'holds', 'fails'])
})

test('what is missing from a comparison, or bars it, leaves the gate open', () => {
  const leftOut = { onlyA: 1, onlyB: 0, unscored: 1, otherPrompt: 1 }
  expect(verdicts({ notWorseBy: { score: 5 } }, compared(difference(0, 1), { leftOut }))).toEqual([
    'INCONCLUSIVE',
    'open',
    'holds',
  ])
  expect(verdicts({ notWorseBy: { score: 5 } }, compared(null))).toEqual(['INCONCLUSIVE', 'open'])
  const onePicture = compared({ ...difference(0, 1), bounds: null })
  expect(verdicts({ notWorseBy: { score: 5 } }, onePicture)).toEqual(['INCONCLUSIVE', 'holds', 'open'])
})

test('a summary is Markdown in which names of scores are plain text', () => {
  const markdown = gateMarkdown(decide(policy({ notWorseBy: { 'a|b <i>': 1 } }), compared(difference(0, 1)), metrics))
  expect(markdown).toContain('## INCONCLUSIVE: run 2 against run 1')
  expect(markdown).toContain('| a\\|b \\<i\\> | ⚠️ open | the runs have no score of this name |')
})

test.each([
  ['{', 'p.json is no JSON'],
  ['{"name": "p"}', 'decides nothing'],
  ['{"name": "p", "notWorseBy": {"score": -1}}', 'p.json: notWorseBy.score'],
  ['{"name": "p", "notWorse": {"score": 1}}', 'notWorse'],
  ['[]', 'p.json: the policy'],
])('the policy %s is refused in a sentence', (text, words) => {
  expect(() => readPolicy(text, 'p.json')).toThrow(words)
})
