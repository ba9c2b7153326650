import { nearest } from '../text/levenshtein.ts'
import { lengthInCodePoints, SPACE, splitWords, strip } from '../text/python-text.ts'
import { goldOf, type Mark, type Question, type Scorer } from '../scorer.ts'

/** The letter of the option at an index: A, B, C … */
export function letterOf(index: number): string {
  return String.fromCharCode(65 + index)
}

/** What stands for "no option": VLMEvalKit's mark for a refusal. */
export const refusalLetter = 'Z'

const refusals = [
  "Sorry, I can't help with images of people yet.",
  "I can't process this file.",
  "I'm sorry, but without the image provided",
  'Cannot determine the answer',
]
const separators = /[.()[\],:;!*#{}]/g
// Python folds İ and ı onto i where a pattern ignores case; JavaScript does not.
const saysAnswerIs = new RegExp(`answer[${SPACE}]+[iİı]s[${SPACE}]+\\**([A-D])`, 'iu')

/**
 * The letter VLMEvalKit infers without a judge, `Z` for a refusal, null when it cannot tell: a lone letter near the end,
 * then "answer is X", then the only option whose text occurs. `options` are texts; their letters follow from their place.
 */
export function inferChoice(response: string, options: readonly string[]): string | null {
  return inferLetter(response, options.length) ?? inferFromText(response, options)
}

function inferLetter(response: string, optionCount: number): string | null {
  if (response.includes('Failed to obtain answer via API')) return null
  if (refusals.some((refusal) => response.includes(refusal))) return refusalLetter
  const tokens = splitWords(response.replace(separators, ' '))
  const letters = Array.from({ length: optionCount }, (_, index) => letterOf(index))
  const present = letters.filter((letter) => tokens.includes(letter))
  if (present.length === 1 && tokens.indexOf(present[0]!) > tokens.length - 5) return present[0]!
  if (present.length === 0 && tokens.includes(refusalLetter)) return refusalLetter
  const stated = saysAnswerIs.exec(response)?.[1]?.toUpperCase()
  return stated !== undefined && letters.includes(stated) ? stated : null
}

function inferFromText(response: string, options: readonly string[]): string | null {
  const text = response.toLowerCase()
  const optionLength = options.reduce((sum, option) => sum + lengthInCodePoints(option), 0)
  if (lengthInCodePoints(text) > 2 * optionLength) return null
  const found = options.flatMap((option, index) => (text.includes(option.toLowerCase()) ? [letterOf(index)] : []))
  return found.length === 1 ? found[0]! : null
}

/**
 * The index of the option Molmo selects: the one that equals the response, else the only one that contains it, else the
 * nearest by edit distance, so there is always one. `names` are letters, or the texts of options without letters.
 */
export function selectChoice(response: string, names: readonly string[]): number {
  const text = strip(response).toLowerCase()
  const options = names.map((name) => strip(name).toLowerCase())
  const equal = options.indexOf(text)
  if (equal >= 0) return equal
  const containing = options.flatMap((option, index) => (option.includes(text) ? [index] : []))
  return containing.length === 1 ? containing[0]! : nearest(text, options)
}

/** VLMEvalKit's rule without a judge, the default where a benchmark has no extractor of its own. Gold is a letter. */
export const inferredChoice: Scorer<string> = {
  extract: (response, question) => inferChoice(response, choicesOf(question)),
  score: markLetter,
}

/** Molmo's rule over the letters, or over other names of a question's options. Gold is a letter. */
export function selectedChoiceBy(namesOf: (question: Question) => string[]): Scorer<string> {
  return {
    extract(response, question) {
      const index = selectChoice(response, namesOf(question))
      return index < 0 ? null : letterOf(index)
    },
    score: markLetter,
  }
}

/** Molmo's rule over the letters. */
export const selectedChoice = selectedChoiceBy((question) => choicesOf(question).map((_, index) => letterOf(index)))

/** The mark of a letter against the gold letter. */
function markLetter(answer: string, question: Question<string>): Mark {
  const gold = goldOf(question)
  const value = answer === gold ? 1 : 0
  return {
    value,
    steps: [
      `${answer === refusalLetter ? 'a refusal' : `option ${answer}`}, gold is ${gold} → ${value ? 'right' : 'wrong'}`,
    ],
  }
}

/** The options of a multiple-choice question. Throws when the definition gave none. */
export function choicesOf(question: Question): string[] {
  if (!question.choices) throw new Error(`Question ${question.id} has no options to choose from`)
  return question.choices
}
