import { describe, expect, test } from 'vitest'
import { benchmark } from '#benchmarks/chartqa/benchmark.ts'
import type { Question, Scorer } from '#benchmarks/scoring/scorer.ts'
import { InputError } from '#server/core/problem.ts'
import {
  defaultProfile,
  readResponse,
  refuseWithoutJudge,
  scoreJudgement,
  scoreResponse,
  scorerOf,
} from '#server/runs/scoring/score-response.ts'

const official = scorerOf(benchmark as never, 'official')
const question = { id: '7', question: 'How many bars exceed 40?', tags: ['human'], gold: ['14'] }

describe('one response becomes one outcome', () => {
  test('a right answer is scored 1 and says how', () => {
    const scored = scoreResponse(official, question, '14', false)
    expect(scored).toMatchObject({ outcome: 'scored', answer: '14', score: 1 })
    expect(scored.steps.length).toBeGreaterThan(0)
  })
  test('a wrong answer is scored 0', () => {
    expect(scoreResponse(official, question, '20', false)).toMatchObject({ outcome: 'scored', score: 0 })
  })
  test('a refusal counts 0 under its own name, even when its words hold the answer', () => {
    expect(scoreResponse(official, question, '14', true)).toMatchObject({ outcome: 'refused', score: 0, answer: null })
  })
  test('a response in which nothing is found counts 0 as unparsed', () => {
    const deaf = { ...official, extract: () => null }
    expect(scoreResponse(deaf, question, 'Hm.', false)).toMatchObject({ outcome: 'unparsed', score: 0 })
  })
  test('a reply that was cut before it came to an answer is never read as one, by rule or by a judge', () => {
    const cut = { response: ' ', refused: false, truncated: true }
    const eager = { ...official, extract: () => '14' }
    expect(readResponse(eager, question, cut)).toMatchObject({ outcome: 'unparsed', score: 0, answer: null })
    const needy = { ...official, extract: () => ({ kind: 'needs-judge' as const, prompt: () => '…' }) }
    expect(readResponse(needy, question, cut)).toMatchObject({
      outcome: 'unparsed',
      steps: [expect.stringMatching(/was cut off before/)],
    })
    expect(scoreJudgement(official, question, cut)).toMatchObject({
      outcome: 'unparsed',
      steps: [expect.stringMatching(/judge was cut off/)],
    })
    expect(readResponse(eager, question, { ...cut, response: '14' })).toMatchObject({ outcome: 'scored', score: 1 })
  })
  test('an answer that only a judge could read is asked of one, and never guessed without', () => {
    const needy = { ...official, extract: () => ({ kind: 'needs-judge' as const, prompt: () => '…' }) }
    expect(readResponse(needy, question, { response: 'maybe B', refused: false, truncated: false })).toMatchObject({
      kind: 'needs-judge',
    })
    expect(() => scoreResponse(needy, question, 'maybe B', false)).toThrow(/Only a judge can read the response to 7/)
  })
  test.each(['', '  \n', 'NONE'])('what a judge finds as %j is unparsed and counts 0', (response) => {
    const scored = scoreJudgement(official, question, { response, refused: false, truncated: false })
    expect(scored).toMatchObject({ outcome: 'unparsed', score: 0, answer: null })
  })
  test('what a judge finds is marked by the same rule as what rules find, and the steps say who read it', () => {
    const scored = scoreJudgement(official, question, { response: ' 14\n', refused: false, truncated: false })
    expect(scored).toMatchObject({ outcome: 'scored', score: 1, answer: '14' })
    expect(scored.steps[0]).toBe('the judge read “14” in the response')
  })
  test('where the gold is withheld there is an answer and no score', () => {
    expect(scoreResponse(official, { ...question, gold: null }, '14', false)).toMatchObject({
      outcome: 'withheld',
      answer: '14',
      score: null,
    })
  })
})

test('an unknown profile is refused with those there are', () => {
  expect(() => scorerOf(benchmark as never, 'offical')).toThrow(InputError)
  expect(() => scorerOf(benchmark as never, 'offical')).toThrow(/official, molmo/)
})

describe('a benchmark whose official scorer needs a judge', () => {
  const judged = {
    id: 'judged',
    scorers: { official: { ...official, needsJudge: 'judged/1' }, no_judge: official },
  } as never
  test('is scored by rule unless a profile is named, and the run says which', () => {
    expect(defaultProfile(judged)).toBe('no_judge')
    expect(defaultProfile(judged, { judged: true })).toBe('official')
    expect(defaultProfile({ scorers: { official } } as never)).toBe('official')
  })
  test('never falls back silently: naming a profile that needs a judge is refused', () => {
    expect(() => refuseWithoutJudge(judged, 'official')).toThrow(/'official' of judged needs a judge.*or take no_judge/)
    expect(() => refuseWithoutJudge(judged, 'no_judge')).not.toThrow()
    expect(() => refuseWithoutJudge(judged, 'legacy')).toThrow(/no scoring profile 'legacy'/)
  })
})

test('what a question brings with it is there whether it is answered, read in vain or refused', () => {
  const scorer: Scorer<string> = {
    extract: (response) => /^(yes|no)$/.exec(response)?.[0] ?? null,
    score: (answer, question) => ({ value: answer === question.gold ? 1 : 0, also: { 'said yes': 1 }, steps: [] }),
    ofQuestion: (question) => ({ 'is yes': question.gold === 'yes' ? 1 : 0 }),
  }
  const asked: Question<string> = { id: '1', question: 'Is it?', tags: [], gold: 'yes' }
  const alsoOf = (response: string, refused: boolean, question = asked) =>
    scoreResponse(scorer as Scorer, question, response, refused).also
  expect(alsoOf('yes', false)).toEqual({ 'is yes': 1, 'said yes': 1 })
  expect(alsoOf('well', false)).toEqual({ 'is yes': 1 })
  expect(alsoOf('', true)).toEqual({ 'is yes': 1 })
  expect(alsoOf('yes', false, { ...asked, gold: null })).toBeNull()
})
