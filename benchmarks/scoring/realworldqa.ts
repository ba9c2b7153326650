import { cleanUpForEvaluation } from './text/molmo-clean-up.ts'
import { extractMcqLetter } from './choice/lmms-eval-choice.ts'
import { inferChoice, refusalLetter, selectChoice } from './choice/multiple-choice.ts'
import { strip, stripEnd } from './text/python-text.ts'
import { goldOf, type Question, type Scorer } from './scorer.ts'
import { normaliseLowered } from './vqa/normaliser.ts'

/** RealWorldQA's gold: a letter A–D, or a word or number. Its options stand inside the question. */
export interface RealWorldGold {
  kind: 'multiple_choice' | 'short_answer'
  answer: string
}

const letters = ['A', 'B', 'C', 'D']
const noTexts = ['', '', '', '']

/** Whether two short answers are equal once both are lower-cased and normalised as VQA does. */
export function equalsNormalised(response: string, gold: string): boolean {
  return normaliseLowered(response) === normaliseLowered(gold)
}

/** Molmo's RealWorldQA: a selected letter, or normalised equality. */
export function matchesMolmoRealWorld(response: string, gold: RealWorldGold): boolean {
  if (gold.kind === 'short_answer') return equalsNormalised(response, gold.answer)
  return letters[selectChoice(response, letters)] === gold.answer
}

/** lmms-eval's RealWorldQA: its letter extractor, or equality after lower-casing, trimming and dropping final full stops. */
export function matchesLmmsEvalRealWorld(response: string, gold: RealWorldGold): boolean {
  if (gold.kind === 'multiple_choice') return extractMcqLetter(response, letters) === gold.answer
  return stripEnd(strip(response.toLowerCase()), '.') === strip(gold.answer.toLowerCase())
}

/** The default for RealWorldQA, which has no official scorer: an inferred letter, or normalised equality. */
export const realWorldQa: Scorer<RealWorldGold> = {
  extract(response, question) {
    if (goldOf(question).kind === 'short_answer') return response
    const letter = inferChoice(response, noTexts)
    return letter === refusalLetter ? null : letter
  },
  score: markBy((answer, gold) =>
    gold.kind === 'short_answer' ? equalsNormalised(answer, gold.answer) : answer === gold.answer,
  ),
}

/** Molmo's RealWorldQA after its clean-up of the response. */
export const realWorldQaMolmo: Scorer<RealWorldGold> = {
  extract: (response) => cleanUpForEvaluation(response),
  score: markBy(matchesMolmoRealWorld),
}

/** lmms-eval's RealWorldQA. */
export const realWorldQaLmmsEval: Scorer<RealWorldGold> = {
  extract: (response) => response,
  score: markBy(matchesLmmsEvalRealWorld),
}

function markBy(matches: (answer: string, gold: RealWorldGold) => boolean) {
  return (answer: string, question: Question<RealWorldGold>) => {
    const gold = goldOf(question)
    const value = matches(answer, gold) ? 1 : 0
    return { value, steps: [`“${answer}”, gold is “${gold.answer}” → ${value ? 'right' : 'wrong'}`] }
  }
}
