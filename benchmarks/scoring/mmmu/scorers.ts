import { matchesMmmuOpen, parseMmmuOpen } from './open.ts'
import { parseMmmuChoice, parseMmmuChoiceOfLmmsEval } from './multiple-choice.ts'
import { inferChoice, refusalLetter } from '../choice/multiple-choice.ts'
import { reprOf } from '../text/python-repr.ts'
import { goldOf, type Mark, type Question, type Scorer } from '../scorer.ts'

/** The gold of an MMMU question: its letter where there are choices, else the accepted answers. */
export type MmmuGold = string | string[]

/**
 * MMMU's own rules. Where the script would draw a letter at random, the answer is wrong, and `fallback` and
 * `expected value`, the chance of a lucky draw, are reported beside it.
 */
export const mmmuOfficial = mmmuBy(parseMmmuChoice, (response, gold) =>
  matchesMmmuOpen(parseMmmuOpen(response), typeof gold === 'string' ? [gold] : gold),
)

/** lmms-eval's reading of letters; at the studied commit it never marks an open answer right. */
export const mmmuLmmsEval = mmmuBy(parseMmmuChoiceOfLmmsEval, () => false)

/** Molmo's copy of the official script, which takes several accepted answers for one text. */
export const mmmuMolmo = mmmuBy(parseMmmuChoice, matchesOneText)

/** VLMEvalKit without a judge: open questions become a choice between the gold text and "Other Answers". */
export const mmmuVlmevalkit = mmmuBy(
  (response, choices) => withoutRefusal(inferChoice(response, choices)),
  (response, gold) => inferOpenChoice(response, gold) === 'A',
)

/** Molmo's open rule: a list of accepted answers is read as the one text that stands in the data. */
export function matchesOneText(response: string, gold: MmmuGold): boolean {
  return matchesMmmuOpen(parseMmmuOpen(response), [oneText(gold)])
}

/** The letter VLMEvalKit infers for an open question: A for the gold text, B for anything else, null if undecided. */
export function inferOpenChoice(response: string, gold: MmmuGold): string | null {
  return inferChoice(response, [oneText(gold), 'Other Answers'])
}

/** The gold as the data set stores it: a text as it is, several accepted answers as a Python list. */
export function oneText(gold: MmmuGold): string {
  return typeof gold === 'string' ? gold : reprOf(gold)
}

function mmmuBy(
  parseChoice: (response: string, choices: readonly string[]) => string | null,
  matchesOpen: (response: string, gold: MmmuGold) => boolean,
): Scorer<MmmuGold> {
  return {
    extract: (response, question) => (question.choices ? parseChoice(response, question.choices) : response),
    score(answer, question) {
      const gold = goldOf(question)
      const matches = question.choices ? answer === gold : matchesOpen(answer, gold)
      return marked(matches ? 1 : 0, `“${answer}”, gold is “${String(gold)}” → ${matches ? 'right' : 'wrong'}`)
    },
    unparsed: (question) => ({
      value: 0,
      also: { fallback: 1, 'expected value': chanceOf(question) },
      steps: [`no option found; a random draw would be right with a chance of ${chanceOf(question).toFixed(2)}`],
    }),
  }
}

function marked(value: number, step: string): Mark {
  return { value, also: { fallback: 0, 'expected value': value }, steps: [step] }
}

function chanceOf(question: Question<MmmuGold>): number {
  return question.choices?.length ? 1 / question.choices.length : 0
}

function withoutRefusal(letter: string | null): string | null {
  return letter === refusalLetter ? null : letter
}
