import { z } from 'zod'
import { anlsOfMmf, anlsOfMolmo, anlsOfPix2struct, anlsOfRrc, anlsScore } from '#benchmarks/scoring/anls.ts'
import {
  containsCount,
  matchesExactCount,
  matchesFirstDigits,
  matchesWordCount,
  molmoCount,
  parseCount,
} from '#benchmarks/scoring/counting/counts.ts'
import { extractMcqLetter, filterAi2d, matchesAi2d } from '#benchmarks/scoring/choice/lmms-eval-choice.ts'
import { extractByRule } from '#benchmarks/scoring/mathvista/extract.ts'
import {
  matchesMolmoWithoutJudge,
  matchesTrimmed,
  matchesVlmevalkit,
  mathvistaIgnoringEmpty,
  mathvistaOf2023,
  mathvistaOfficial,
  mathvistaOfLmmsEval,
  mathvistaOfMolmo,
  normaliseExtraction,
  type MathVistaProblem,
  type MathVistaRule,
} from '#benchmarks/scoring/mathvista/normalise.ts'
import {
  parseMmmuChoice,
  parseMmmuChoiceOfLmmsEval,
  parseMmmuProChoice,
} from '#benchmarks/scoring/mmmu/multiple-choice.ts'
import { matchesMmmuOpen, parseMmmuOpen } from '#benchmarks/scoring/mmmu/open.ts'
import { inferOpenChoice, matchesOneText, oneText } from '#benchmarks/scoring/mmmu/scorers.ts'
import { cleanUpForEvaluation, cleanUpForSubmission } from '#benchmarks/scoring/text/molmo-clean-up.ts'
import { inferChoice, letterOf, selectChoice } from '#benchmarks/scoring/choice/multiple-choice.ts'
import { countPoints, extractPoints, isValidPointFormat, pointsFromPairs } from '#benchmarks/scoring/counting/points.ts'
import type { PythonValue } from '#benchmarks/scoring/text/python-repr.ts'
import { relaxedCorrectness, relaxedNumber } from '#benchmarks/scoring/relaxed-correctness.ts'
import type { Scorer } from '#benchmarks/scoring/scorer.ts'
import { matchesLmmsEvalRealWorld, matchesMolmoRealWorld } from '#benchmarks/scoring/realworldqa.ts'
import {
  vqaM4c,
  vqaOfficial,
  vqaOfLmmsEval,
  vqaOfMolmo,
  vqaOfVlmevalkit,
  type VqaRule,
} from '#benchmarks/scoring/vqa/accuracy.ts'

/** Runs one case: what should stand under the key in its `expected`, a set where order is of no matter. Throws when the input is not of the file's form. */
export type CaseRunner = (input: unknown, prediction: PythonValue) => unknown

/** What is under test, by file name and key of `expected`. */
export const goldenFiles: Record<string, Record<string, CaseRunner>> = {
  'anls.jsonl': runners(z.object({ answers: z.array(z.string()) }), {
    rrc_official: ({ answers }, prediction) => anlsScore(anlsOfRrc, answers, prediction),
    lmms_eval: ({ answers }, prediction) => anlsScore(anlsOfRrc, answers, prediction),
    vlmevalkit: ({ answers }, prediction) => anlsScore(anlsOfRrc, answers, prediction),
    molmo_anls: ({ answers }, prediction) => anlsScore(anlsOfMolmo, answers, prediction),
    pix2struct: ({ answers }, prediction) => anlsScore(anlsOfPix2struct, answers, prediction),
    mmf_stvqa: ({ answers }, prediction) => anlsScore(anlsOfMmf, answers, prediction),
  }),
  'vqa_accuracy.jsonl': runners(z.object({ answers: z.array(z.string()) }), {
    vqa_v2_official: ({ answers }, prediction) => {
      const { normalised, references } = vqaOfficial.process(prediction, answers)
      return { ...vqaResult(vqaOfficial, answers, prediction), normalised, gt: references }
    },
    lmms_eval_vqav2: ({ answers }, prediction) => vqaResult(vqaOfLmmsEval, answers, prediction),
    textvqa_m4c: ({ answers }, prediction) => vqaResult(vqaM4c, answers, prediction),
    molmo_vqa_score: ({ answers }, prediction) => vqaResult(vqaOfMolmo, answers, prediction),
    vlmevalkit_vqa_score: ({ answers }, prediction) => vqaResult(vqaOfVlmevalkit, answers, prediction),
  }),
  'relaxed_correctness.jsonl': runners(z.object({ answers: z.array(z.string()) }), {
    pix2struct: ({ answers }, prediction) => isRight(relaxedCorrectness({ trim: false }), answers, prediction),
    molmo: ({ answers }, prediction) => isRight(relaxedCorrectness({ trim: false }), answers, prediction),
    vlmevalkit: ({ answers }, prediction) => isRight(relaxedCorrectness({ trim: true }), answers, prediction),
    lmms_eval: ({ answers }, prediction) =>
      isRight(relaxedCorrectness({ trim: false, firstTargetOnly: true }), answers, prediction),
    parsed_prediction: (_, prediction) => relaxedNumber(prediction),
    parsed_targets: ({ answers }) => answers.map(relaxedNumber),
  }),
  'mmmu_mc.jsonl': runners(z.object({ options: z.array(z.string()), answer: z.string() }), {
    mmmu_official: ({ options, answer }, prediction) => mmmuResult(parseMmmuChoice(prediction, options), answer),
    lmms_eval: ({ options, answer }, prediction) => mmmuResult(parseMmmuChoiceOfLmmsEval(prediction, options), answer),
    mmmu_pro: ({ options, answer }, prediction) => mmmuResult(parseMmmuProChoice(prediction, options), answer),
    vlmevalkit_can_infer: ({ options, answer }, prediction) => optionResult(inferChoice(prediction, options), answer),
    chance: ({ options }) => 1 / options.length,
  }),
  'mmmu_open.jsonl': runners(z.object({ answer: z.union([z.string(), z.array(z.string())]) }), {
    mmmu_official: ({ answer }, prediction) => {
      const parsed = parseMmmuOpen(prediction)
      return { parsed: new Set(parsed), correct: matchesMmmuOpen(parsed, listOf(answer)) }
    },
    molmo: ({ answer }, prediction) => ({
      correct: matchesOneText(prediction, answer),
      gold_seen: [oneText(answer)],
    }),
    vlmevalkit_exact_matching: ({ answer }, prediction) => optionResult(inferOpenChoice(prediction, answer), 'A'),
  }),
  'mathvista_score.jsonl': problemRunners({
    mathvista_official: normalisedBy(mathvistaOfficial),
    official_ignore_empty: normalisedBy(mathvistaIgnoringEmpty),
    legacy_2023_int: normalisedBy(mathvistaOf2023),
    molmo: normalisedBy(mathvistaOfMolmo),
    lmms_eval: (problem, prediction, answer) => {
      const normalised = normaliseExtraction(mathvistaOfLmmsEval, prediction, problem)
      return [normalised, matchesTrimmed(normalised, answer)]
    },
    vlmevalkit_post_check: (problem, prediction, answer) => matchesVlmevalkit(prediction, problem, answer),
  }),
  'mathvista_extract.jsonl': problemRunners({
    mathvista_official: (problem, prediction) => extraction(extractByRule(textIn(prediction), problem)),
    official_quick_extract: (problem, prediction) => extraction(extractByRule(textIn(prediction), problem, true)),
    lmms_eval: (problem, prediction) => extraction(extractByRule(textIn(prediction), problem)),
    molmo_no_api: (problem, prediction, answer) => ({
      correct: matchesMolmoWithoutJudge(textIn(prediction), problem, answer),
    }),
  }),
  'multiple_choice.jsonl': runners(
    z.object({ options: z.array(z.string()), option_names: z.array(z.string()), answer_index: z.number() }),
    {
      molmo_select: ({ option_names, answer_index }, prediction) => {
        const index = selectChoice(prediction, option_names)
        return { index, correct: index === answer_index }
      },
      vlmevalkit_can_infer: ({ options, answer_index }, prediction) =>
        optionResult(inferChoice(prediction, options), letterOf(answer_index)),
      lmms_eval_ai2d: ({ answer_index }, prediction) => {
        const filtered = filterAi2d(prediction)
        return { filtered, correct: matchesAi2d(filtered, letterOf(answer_index)) }
      },
      lmms_eval_mcq_extract: ({ options, answer_index }, prediction) =>
        optionResult(
          extractMcqLetter(
            prediction,
            options.map((_, index) => letterOf(index)),
          ),
          letterOf(answer_index),
        ),
    },
  ),
  'realworldqa.jsonl': runners(
    z.object({ answer: z.string(), question_type: z.enum(['multiple_choice', 'short_answer']) }),
    {
      molmo: ({ answer, question_type: kind }, prediction) => matchesMolmoRealWorld(prediction, { kind, answer }),
      molmo_end_to_end: ({ answer, question_type: kind }, prediction) =>
        matchesMolmoRealWorld(cleanUpForEvaluation(prediction), { kind, answer }),
      lmms_eval: ({ answer, question_type: kind }, prediction) =>
        matchesLmmsEvalRealWorld(prediction, { kind, answer }),
      molmo_prediction_after_postprocess: (_, prediction) => cleanUpForEvaluation(prediction),
    },
  ),
  'counting_text.jsonl': runners(z.object({ count: z.number() }), {
    molmo: ({ count }, prediction) => {
      const pred = parseCount(prediction)
      const mark = pred === null ? null : molmoCount.score(String(pred), question(count))
      const { close, valid } = mark?.also ?? { close: 0, valid: 0 }
      return { pred, correct: mark?.value === 1, close: close === 1, valid: valid === 1 }
    },
    lmms_eval_countbenchqa: ({ count }, prediction) => matchesExactCount(prediction, count),
    lmms_eval_countbench: ({ count }, prediction) => matchesWordCount(prediction, count),
    lmms_eval_pixmo_count: ({ count }, prediction) => matchesFirstDigits(prediction, count),
    vlmevalkit_countbenchqa: ({ count }, prediction) => containsCount(prediction, count),
  }),
  'counting_points.jsonl': runners(z.object({ image_w: z.number(), image_h: z.number() }), {
    points: ({ image_w, image_h }, prediction) => extractPoints(prediction, image_w, image_h),
    count: (_, prediction) => countPoints(prediction),
    is_valid_format: (_, prediction) => isValidPointFormat(prediction),
    points_from_pairs: ({ image_w, image_h }, prediction) => pointsFromPairs(prediction, image_w, image_h),
  }),
  'molmo_postprocess.jsonl': runners(z.object({}), {
    eval_prediction: (_, prediction) => cleanUpForEvaluation(prediction),
    submission_answer: (_, prediction) => cleanUpForSubmission(prediction),
  }),
}

function runners<Input>(
  form: z.ZodType<Input>,
  scorers: Record<string, (input: Input, prediction: string) => unknown>,
): Record<string, CaseRunner> {
  return Object.fromEntries(
    Object.entries(scorers).map(([key, scorer]): [string, CaseRunner] => [
      key,
      (input, prediction) => scorer(form.parse(input), textIn(prediction)),
    ]),
  )
}

const mathvistaInput = z.object({
  choices: z.array(z.string()).nullable().default(null),
  question_type: z.string(),
  answer_type: z.string(),
  precision: z.number().nullable().default(null),
  precision_is_float: z.boolean().default(false),
  answer: z.string(),
})

function problemRunners(
  scorers: Record<string, (problem: MathVistaProblem, prediction: PythonValue, answer: string) => unknown>,
): Record<string, CaseRunner> {
  return Object.fromEntries(
    Object.entries(scorers).map(([key, scorer]): [string, CaseRunner] => [
      key,
      (input, prediction) => {
        const { choices, question_type, answer_type, precision, precision_is_float, answer } =
          mathvistaInput.parse(input)
        const problem = {
          choices,
          questionType: question_type,
          answerType: answer_type,
          precision,
          precisionIsFloat: precision_is_float,
        }
        return scorer(problem, prediction, answer)
      },
    ]),
  )
}

function normalisedBy(rule: MathVistaRule) {
  return (problem: MathVistaProblem, prediction: PythonValue, answer: string) => {
    const normalised = normaliseExtraction(rule, prediction, problem)
    return [normalised, normalised === answer]
  }
}

function textIn(prediction: PythonValue): string {
  if (typeof prediction !== 'string') throw new TypeError('The prediction of this file must be a text')
  return prediction
}

function vqaResult(rule: VqaRule, answers: string[], prediction: string) {
  const { prediction: pred, references } = rule.process(prediction, answers)
  const agreeing = references.filter((reference) => reference === pred).length
  return { score: rule.worth(agreeing, references.length), pred }
}

function isRight(scorer: Scorer<string[]>, gold: string[], prediction: string): boolean {
  const asked = question(gold)
  const answer = scorer.extract(prediction, asked)
  return typeof answer === 'string' && scorer.score(answer, asked).value === 1
}

function question<Gold>(gold: Gold) {
  return { id: '', question: '', tags: [], gold }
}

function mmmuResult(parsed: string | null, answer: string) {
  return { parsed, fallback: parsed === null, correct: parsed === null ? null : parsed === answer }
}

function optionResult(option: string | null, answer: string) {
  return { option, correct: option === answer }
}

function extraction(text: string | null) {
  return text === null ? { needs_llm: true } : { extraction: text }
}

function listOf(answer: string | string[]): string[] {
  return Array.isArray(answer) ? answer : [answer]
}
