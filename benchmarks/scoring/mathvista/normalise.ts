import { inferChoice, letterOf, selectChoice } from '../choice/multiple-choice.ts'
import { nearest } from '../text/levenshtein.ts'
import {
  floatToText,
  parseFloatLikePython,
  parseIntLikePython,
  roundHalfEven,
  roundToWhole,
  truncateToWhole,
} from '../text/python-number.ts'
import { textOf, type PythonValue } from '../text/python-repr.ts'
import { strip } from '../text/python-text.ts'

/** What MathVista asks for. `precision` is the number of decimals of a float answer. */
export interface MathVistaProblem {
  choices: string[] | null
  questionType: string
  answerType: string
  precision: number | null
  /** Whether upstream holds the precision as a float, which the other tools' rounding cannot handle. */
  precisionIsFloat: boolean
}

/** How one script turns an extraction into the text it compares. */
export interface MathVistaRule {
  /** The letter in an extraction: `(B)`, or `B:` in Molmo's. */
  letter: RegExp
  integer(extraction: PythonValue): bigint | null
  /** Whether the precision goes to `round` as it is stored; a float fails there, and null rounds to a whole number. */
  roundsAsStored: boolean
  ignoresEmpty: boolean
}

/** The current official script. An empty extraction selects the nearest choice, as any text does. Rule: Lu et al. 2023. */
export const mathvistaOfficial: MathVistaRule = {
  letter: /\(([a-zA-Z])\)/,
  integer: (extraction) => {
    const number = toFloat(extraction)
    return number === null ? null : truncateToWhole(number)
  },
  roundsAsStored: false,
  ignoresEmpty: false,
}

/** The official script told to leave empty extractions unanswered: what new runs use. */
export const mathvistaIgnoringEmpty: MathVistaRule = { ...mathvistaOfficial, ignoresEmpty: true }

/** The rule behind the published 2023 results: an integer must be written as one, so `3.0` is none. */
export const mathvistaOf2023: MathVistaRule = {
  ...mathvistaOfficial,
  integer: toInteger,
}

/** Molmo's copy: letters are written `B:`, and a precision that is stored as a float makes rounding fail. */
export const mathvistaOfMolmo: MathVistaRule = { ...mathvistaOfficial, letter: /([a-zA-Z]):/, roundsAsStored: true }
/** lmms-eval's copy: rounding fails as in Molmo's; its comparison is `matchesTrimmed`. */
export const mathvistaOfLmmsEval: MathVistaRule = { ...mathvistaOfficial, roundsAsStored: true }

/**
 * What is compared with the answer: a choice, a whole number, a rounded float or a list, each as text; any other answer
 * stays as it was extracted. Null for none.
 */
export function normaliseExtraction(
  rule: MathVistaRule,
  extraction: PythonValue,
  problem: MathVistaProblem,
): PythonValue {
  if (problem.questionType === 'multi_choice') return nearestChoice(rule, extraction, problem.choices ?? [])
  switch (problem.answerType) {
    case 'integer':
      return rule.integer(extraction)?.toString() ?? null
    case 'float':
      return roundedText(rule, extraction, problem)
    case 'list':
      return textOf(extraction)
    default:
      return extraction
  }
}

/** lmms-eval compares trimmed text, in which none reads "None"; the others compare exactly. */
export function matchesTrimmed(normalised: PythonValue, answer: string): boolean {
  return strip(textOf(normalised)) === strip(answer)
}

function nearestChoice(rule: MathVistaRule, extraction: PythonValue, choices: readonly string[]): string | null {
  const text = typeof extraction === 'string' ? strip(extraction) : textOf(extraction)
  if (rule.ignoresEmpty && text === '') return null
  const chosen = rule.letter.exec(text)?.[1]?.toUpperCase() ?? text
  const index = lettered(chosen, choices)
  return choices[index >= 0 ? index : nearest(chosen, choices)] ?? null
}

function lettered(chosen: string, choices: readonly string[]): number {
  return choices.findIndex((_, index) => letterOf(index) === chosen)
}

/** Whether an extraction names no choice, neither by its letter nor word for word, so that the nearest one stands in for it. */
export function isMarkedByDistance(rule: MathVistaRule, extraction: string, { choices }: MathVistaProblem): boolean {
  const text = strip(extraction)
  if (!choices || text === '') return false
  const chosen = rule.letter.exec(text)?.[1]?.toUpperCase() ?? text
  return lettered(chosen, choices) < 0 && !choices.includes(chosen)
}

function roundedText(rule: MathVistaRule, extraction: PythonValue, problem: MathVistaProblem): string | null {
  const number = toFloat(extraction)
  if (number === null) return null
  const { precision, precisionIsFloat } = problem
  if (precision === null) return rule.roundsAsStored ? (roundToWhole(number)?.toString() ?? null) : null
  if (rule.roundsAsStored && precisionIsFloat) return null
  return floatToText(roundHalfEven(number, Math.trunc(precision)))
}

/** Python's `float(value)` for what a judge may return; null where it raises, as it does for a whole number beyond doubles. */
function toFloat(value: PythonValue): number | null {
  if (typeof value === 'string') return parseFloatLikePython(value)
  if (value === null || Array.isArray(value)) return null
  const number = Number(value)
  return typeof value === 'bigint' && !Number.isFinite(number) ? null : number
}

/** Python's `int(value)` for what a judge may return; null where it raises. */
function toInteger(value: PythonValue): bigint | null {
  if (typeof value === 'string') return parseIntLikePython(value)
  if (value === null || Array.isArray(value)) return null
  return typeof value === 'number' ? truncateToWhole(value) : BigInt(value)
}

/** VLMEvalKit's check of an extraction: an inferred letter, or equal numbers without rounding; a list is never right. */
export function matchesVlmevalkit(extraction: PythonValue, problem: MathVistaProblem, answer: string): boolean {
  if (problem.questionType === 'multi_choice') {
    const choices = problem.choices ?? []
    const letter = inferChoice(textOf(extraction), choices)
    const index = choices.indexOf(answer)
    return index >= 0 && letter === letterOf(index)
  }
  switch (problem.answerType) {
    case 'integer': {
      const number = toInteger(extraction)
      return number !== null && number === parseIntLikePython(answer)
    }
    case 'float': {
      const number = toFloat(extraction)
      return number !== null && number === parseFloatLikePython(answer)
    }
    default:
      return answer === 'None'
  }
}

/** Molmo's marking of a whole response without a judge: the text of the selected letter, or the response itself. */
export function matchesMolmoWithoutJudge(response: string, problem: MathVistaProblem, answer: string): boolean {
  const extraction =
    problem.questionType === 'multi_choice'
      ? textOfSelected(response, problem.choices ?? [])
      : (extractNumber(response, problem.answerType) ?? response)
  return normaliseExtraction(mathvistaOfMolmo, extraction, problem) === answer
}

function textOfSelected(response: string, choices: readonly string[]): string {
  const letters = choices.map((_, index) => letterOf(index))
  return choices[selectChoice(response, letters)] ?? response
}

/** The canonical text of a response that is nothing but the number asked for, null for any other. */
export function extractNumber(response: string, answerType: string): string | null {
  if (answerType === 'integer') return parseIntLikePython(response)?.toString() ?? null
  if (answerType !== 'float') return null
  const number = parseFloatLikePython(response)
  return number === null ? null : floatToText(number)
}
