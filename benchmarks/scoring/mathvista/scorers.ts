import { extractByRule, extractWithoutJudge, judgePrompt, judgePromptName } from './extract.ts'
import {
  isMarkedByDistance,
  matchesTrimmed,
  matchesVlmevalkit,
  mathvistaIgnoringEmpty,
  mathvistaOf2023,
  mathvistaOfLmmsEval,
  matchesMolmoWithoutJudge,
  normaliseExtraction,
  type MathVistaProblem,
  type MathVistaRule,
} from './normalise.ts'
import { textOf } from '../text/python-repr.ts'
import { goldOf, type Mark, type NeedsJudge, type Question, type Scorer } from '../scorer.ts'

/** The gold of a MathVista question, with what its scorers need to read a response. */
export interface MathVistaGold extends MathVistaProblem {
  answer: string
}

/** Extraction by rule, then by a judge; the official marking with empty extractions left unanswered. */
export const mathvistaWithJudge: Scorer<MathVistaGold> = {
  needsJudge: judgePromptName,
  extract(response, question) {
    const extraction = extractByRule(response, goldOf(question))
    if (extraction === null) return askJudge(response, question)
    return extraction === '' ? null : extraction
  },
  score: (answer, question) => markNormalised(mathvistaIgnoringEmpty, answer, question),
}

/** Extraction by rules alone, for runs without a judge; marked as with one. */
export const mathvistaWithoutJudge: Scorer<MathVistaGold> = {
  extract: (response, question) => extractWithoutJudge(response, goldOf(question)),
  score: (answer, question) => markNormalised(mathvistaIgnoringEmpty, answer, question),
}

/** As with a judge, but by the integer rule behind the published results of 2023. */
export const mathvistaLegacy: Scorer<MathVistaGold> = {
  ...mathvistaWithJudge,
  score: (answer, question) => markNormalised({ ...mathvistaOf2023, ignoresEmpty: true }, answer, question),
}

/** lmms-eval: a judge reads what the rules leave; float answers are never right where the precision is stored as a float. */
export const mathvistaLmmsEval: Scorer<MathVistaGold> = {
  needsJudge: judgePromptName,
  extract: (response, question) => extractByRule(response, goldOf(question)) ?? askJudge(response, question),
  score: (answer, question) => markNormalised(mathvistaOfLmmsEval, answer, question),
}

/** Molmo without a judge: the whole response is a letter to select or a number. */
export const mathvistaMolmo: Scorer<MathVistaGold> = {
  extract: (response) => response,
  score(answer, question) {
    const gold = goldOf(question)
    return marked(matchesMolmoWithoutJudge(answer, gold, gold.answer), answer, gold)
  },
}

/** VLMEvalKit: a judge reads what the rules leave; numbers are compared without rounding. */
export const mathvistaVlmevalkit: Scorer<MathVistaGold> = {
  needsJudge: judgePromptName,
  extract: mathvistaLmmsEval.extract,
  score(answer, question) {
    const gold = goldOf(question)
    return marked(matchesVlmevalkit(answer, gold, gold.answer), answer, gold)
  },
}

function askJudge(response: string, { question }: Question): NeedsJudge {
  return { kind: 'needs-judge', prompt: (marker) => judgePrompt(question, response, marker) }
}

function markNormalised(rule: MathVistaRule, answer: string, question: Question<MathVistaGold>): Mark {
  const gold = goldOf(question)
  const normalised = normaliseExtraction(rule, answer, gold)
  const matches = rule === mathvistaOfLmmsEval ? matchesTrimmed(normalised, gold.answer) : normalised === gold.answer
  const mark = marked(matches, normalised === null ? 'nothing' : textOf(normalised), gold)
  if (gold.questionType !== 'multi_choice') return mark
  const byDistance = isMarkedByDistance(rule, answer, gold)
  const steps = byDistance
    ? [`“${answer}” names no choice; the official rule takes the nearest`, ...mark.steps]
    : mark.steps
  return { ...mark, also: { 'nearest choice': byDistance ? 1 : 0 }, steps }
}

function marked(matches: boolean, read: string, gold: MathVistaGold): Mark {
  return {
    value: matches ? 1 : 0,
    steps: [`read as “${read}”, gold is “${gold.answer}” → ${matches ? 'right' : 'wrong'}`],
  }
}
