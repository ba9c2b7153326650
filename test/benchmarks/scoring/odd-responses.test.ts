import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anls, anlsOfMmf, anlsOfMolmo, anlsOfPix2struct, anlsOfRrc } from '#benchmarks/scoring/anls.ts'
import * as counting from '#benchmarks/scoring/counting/counts.ts'
import { lmmsEvalAi2d, lmmsEvalChoice } from '#benchmarks/scoring/choice/lmms-eval-choice.ts'
import * as mathvista from '#benchmarks/scoring/mathvista/scorers.ts'
import * as mmmu from '#benchmarks/scoring/mmmu/scorers.ts'
import { inferredChoice, selectedChoice } from '#benchmarks/scoring/choice/multiple-choice.ts'
import { extractPoints, isValidPointFormat, pointsFromPairs } from '#benchmarks/scoring/counting/points.ts'
import { cleanUpForEvaluation, cleanUpForSubmission } from '#benchmarks/scoring/text/molmo-clean-up.ts'
import { relaxedCorrectness } from '#benchmarks/scoring/relaxed-correctness.ts'
import type { NeedsJudge, Question, Scorer } from '#benchmarks/scoring/scorer.ts'
import { realWorldQa, realWorldQaLmmsEval, realWorldQaMolmo } from '#benchmarks/scoring/realworldqa.ts'
import {
  molmoVqaAccuracy,
  vqaAccuracy,
  vqaM4c,
  vqaOfficial,
  vqaOfLmmsEval,
  vqaOfVlmevalkit,
} from '#benchmarks/scoring/vqa/accuracy.ts'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'
import { sampleOf } from '../../support/sample-of.ts'

/** Pieces that scorers look for, between characters of every kind: lone surrogates, controls, odd spaces and digits. */
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', '\u0000', '\u0085', '\ufeff', 'İ', 'ß', '٣') }),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...[
        '(A)',
        ' B ',
        'C.',
        'Answer:',
        'the answer is ',
        'correct answer is **',
        'a total of ',
        'none',
        '\n',
        '=',
        'is ',
      ],
      ...[
        '1e999',
        '-0',
        'nan',
        '%',
        '1_0',
        '9'.repeat(5000),
        '1,000,000',
        '0.5',
        '[1, 2]',
        'Click(1.0, 2.0)',
        'x="1" y="2"',
      ],
    ),
  },
)
const oddText = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))

/** 64 KB of one piece over and over, where a careless pattern takes minutes. */
const longText = fc
  .constantFrom(
    ...[
      '(',
      ' ',
      '.',
      '1',
      '1,',
      '1.1',
      '٣',
      'İ',
      '\ud83d',
      '\n',
      'is 1\n',
      'x="1" ',
      '">',
      '<point x="1" y="1" alt="',
    ],
    ...[
      'a total of ',
      'answer is ',
      'the answer is ',
      'Answer:',
      'The answer is "',
      '[',
      '1 = 123,',
      "dont's ",
      '1e9 ',
    ],
  )
  .map((unit) => unit.repeat(65_536 / unit.length))

function staysInRange<Gold>(scorer: Scorer<Gold>, gold: fc.Arbitrary<Gold>, choices?: string[]) {
  const questions = gold.map((gold) => ({ id: '1', question: 'Which?', tags: [], gold, ...(choices && { choices }) }))
  checkRange(scorer, questions, oddText, 200)
}

function checkRange<Gold>(
  scorer: Scorer<Gold>,
  questions: fc.Arbitrary<Question<Gold>>,
  responses: fc.Arbitrary<string>,
  numRuns: number,
) {
  fc.assert(
    fc.property(responses, questions, (response, question) => {
      const answer = scorer.extract(response, question)
      const mark = answer === null ? scorer.unparsed?.(question) : scorer.score(textOf(answer, response), question)
      const values = mark ? [mark.value, ...Object.values(mark.also ?? {})] : []
      const shown = JSON.stringify(response.slice(0, 200))
      values.forEach((value) => expect(value >= 0 && value <= 1, `${value} for ${shown}`).toBe(true))
    }),
    { numRuns },
  )
}

const scorers = [...(await loadBenchmarks()).values()].flatMap((benchmark) =>
  Object.entries(benchmark.scorers).map(([profile, scorer]) => ({ id: benchmark.id, profile, scorer, benchmark })),
)
test.each(scorers)('no response, odd or long, makes $profile of $id throw or leave [0, 1]', async (row) => {
  const questions = fc.constantFrom(...(await sampleOf(row.benchmark)))
  checkRange(row.scorer, questions, oddText, 60)
  checkRange(row.scorer, questions, longText, 6)
})

/** The answer, or what a judge might say of the response: the whole of it. */
function textOf(answer: string | NeedsJudge, response: string): string {
  return typeof answer === 'string' ? answer : response
}

const texts = fc.array(oddText, { minLength: 1, maxLength: 10 })
const options = ['frog', 'İ', '', '1.5']
const letter = fc.constantFrom('A', 'B', 'C', 'D')

const ofTexts: Record<string, Scorer<string[]>> = {
  'relaxed correctness': relaxedCorrectness({ trim: true }),
  'relaxed correctness of Molmo': relaxedCorrectness({ trim: false, clean: cleanUpForEvaluation }),
  'relaxed correctness of lmms-eval': relaxedCorrectness({ trim: false, firstTargetOnly: true }),
  'VQA accuracy': vqaAccuracy(vqaOfficial),
  'VQA accuracy of M4C': vqaAccuracy(vqaM4c),
  'VQA accuracy of lmms-eval': vqaAccuracy(vqaOfLmmsEval),
  'VQA accuracy of VLMEvalKit': vqaAccuracy(vqaOfVlmevalkit),
  'VQA accuracy of Molmo': molmoVqaAccuracy,
  'ANLS of the competition': anls(anlsOfRrc),
  'ANLS of MMF': anls(anlsOfMmf),
  'ANLS of Molmo': anls(anlsOfMolmo, cleanUpForEvaluation),
  'ANLS of pix2struct': anls(anlsOfPix2struct),
}
test.each(Object.entries(ofTexts))('no response makes %s throw or leave [0, 1]', (_, scorer) => {
  staysInRange(scorer, texts)
})

const ofLetters: Record<string, Scorer<string>> = { inferredChoice, selectedChoice, lmmsEvalAi2d, lmmsEvalChoice }
test.each(Object.entries(ofLetters))('no response makes %s throw or leave [0, 1]', (_, scorer) => {
  staysInRange(scorer, letter, options)
})

const { mmmuOfficial, mmmuLmmsEval, mmmuMolmo, mmmuVlmevalkit } = mmmu
test.each(Object.entries({ mmmuOfficial, mmmuLmmsEval, mmmuMolmo, mmmuVlmevalkit }))(
  'no response makes %s throw or leave [0, 1]',
  (_, scorer) => {
    staysInRange(scorer, letter, options)
    staysInRange(scorer, fc.oneof(oddText, texts))
  },
)

const { mathvistaWithJudge, mathvistaWithoutJudge, mathvistaLmmsEval, mathvistaMolmo, mathvistaVlmevalkit } = mathvista
const problem = fc.record({
  choices: fc.constant(options),
  questionType: fc.constantFrom('multi_choice', 'free_form'),
  answerType: fc.constantFrom('text', 'integer', 'float', 'list'),
  precision: fc.constantFrom(null, 0, 1, 2, -400, 400),
  precisionIsFloat: fc.boolean(),
  answer: oddText,
})
test.each(
  Object.entries({ mathvistaWithJudge, mathvistaWithoutJudge, mathvistaLmmsEval, mathvistaMolmo, mathvistaVlmevalkit }),
)('no response makes %s throw or leave [0, 1]', (_, scorer) => {
  staysInRange(scorer, problem)
})

const { molmoCount, lenientCount, exactCount, wordCount, firstDigitsCount, containedCount } = counting
test.each(Object.entries({ molmoCount, lenientCount, exactCount, wordCount, firstDigitsCount, containedCount }))(
  'no response makes %s throw or leave [0, 1]',
  (_, scorer) => {
    staysInRange(scorer, fc.nat(20))
  },
)

const realWorldGold = fc.record({
  kind: fc.constantFrom('multiple_choice' as const, 'short_answer' as const),
  answer: fc.oneof(letter, oddText),
})
test.each(Object.entries({ realWorldQa, realWorldQaMolmo, realWorldQaLmmsEval }))(
  'no response makes %s throw or leave [0, 1]',
  (_, scorer) => {
    staysInRange(scorer, realWorldGold)
  },
)

test('no response makes the readers of points and the clean-ups throw, and points stay inside the picture', () => {
  fc.assert(
    fc.property(oddText, (response) => {
      isValidPointFormat(response)
      pointsFromPairs(response, 640, 480)
      cleanUpForEvaluation(response)
      cleanUpForSubmission(response)
      for (const [x, y] of extractPoints(response, 640, 480))
        expect(x >= 0 && x <= 640 && y >= 0 && y <= 480).toBe(true)
    }),
  )
})
