import { countPoints } from './points.ts'
import { parseIntLikePython } from '../text/python-number.ts'
import { splitWords, strip, stripEnd } from '../text/python-text.ts'
import { goldOf, type Mark, type Question, type Scorer } from '../scorer.ts'

const numberWords = [
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'],
  ...['thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen', 'twenty'],
]

/**
 * The count Molmo's text rule reads: the last word as a number, then as a number word, then the last "a total of N" on the
 * first line. Null when nothing parses. Its broken rule for "none" only fires between two backspace characters; kept.
 */
export function parseCount(response: string): bigint | null {
  const text = strip(stripEnd(strip(response).toLowerCase(), '.'))
  const last = splitWords(text).at(-1)
  if (last !== undefined) {
    const number = parseIntLikePython(last) ?? wordToNumber(last)
    if (number !== null) return number
  }
  const firstLine = text.split('\n', 1)[0]!
  const total = /^.*a total of ([0-9]+)/s.exec(firstLine)?.[1]
  if (total !== undefined) return parseIntLikePython(total)
  return firstLine.includes('\bnone\b') ? 0n : null
}

/** Molmo's text rule, then the number of points in the response, then 0 for the words none and no. */
export function parseCountLeniently(response: string): bigint | null {
  const count = parseCount(response)
  if (count !== null) return count
  const points = countPoints(response)
  if (points > 0) return BigInt(points)
  return /(?<![\p{L}\p{N}_])(?:none|no)(?![\p{L}\p{N}_])/iu.test(response) ? 0n : null
}

/** lmms-eval's CountBenchQA: the trimmed response is the number and nothing else. */
export function matchesExactCount(response: string, count: number): boolean {
  return strip(response) === String(count)
}

/**
 * lmms-eval's CountBench: the trimmed response in lower case is the number and nothing else, or its word, none to
 * twenty.
 */
export function matchesWordCount(response: string, count: number): boolean {
  const text = strip(response).toLowerCase()
  const number = text === 'none' ? 0n : wordToNumber(text)
  return (number === null ? text : String(number)) === String(count)
}

/** lmms-eval's PixMo-Count: the first run of digits is the number as it is written, so 09 is wrong for 9. */
export function matchesFirstDigits(response: string, count: number): boolean {
  return /\p{Nd}+/u.exec(response)?.[0] === String(count)
}

/** VLMEvalKit's CountBenchQA: the digits of the number occur anywhere, so 10 is right for a true count of 1. */
export function containsCount(response: string, count: number): boolean {
  return response.includes(String(count))
}

/** Counting by a parser, with `close` (off by one at most) and `valid` (something parsed) beside the exact match. */
function countingBy(parse: (response: string) => bigint | null): Scorer<number> {
  return {
    extract: (response) => parse(response)?.toString() ?? null,
    score(answer, question) {
      const gold = goldOf(question)
      const difference = BigInt(answer) - BigInt(gold)
      const close = difference >= -1n && difference <= 1n ? 1 : 0
      const value = difference === 0n ? 1 : 0
      return {
        value,
        also: { close, valid: 1 },
        steps: [`${answer} counted, ${gold} are there → ${value ? 'right' : 'wrong'}`],
      }
    },
    unparsed: () => ({ value: 0, also: { close: 0, valid: 0 }, steps: ['no number found'] }),
  }
}

function countingWhere(matches: (response: string, count: number) => boolean): Scorer<number> {
  return {
    extract: (response) => response,
    score(answer: string, question: Question<number>): Mark {
      const gold = goldOf(question)
      const value = matches(answer, gold) ? 1 : 0
      return { value, steps: [`“${answer}”, ${gold} are there → ${value ? 'right' : 'wrong'}`] }
    },
  }
}

/** Molmo's text rule, the default for counting. */
export const molmoCount = countingBy(parseCount)
/** The lenient profile: points count too, and none and no are zero. */
export const lenientCount = countingBy(parseCountLeniently)
/** lmms-eval's CountBenchQA. */
export const exactCount = countingWhere(matchesExactCount)
/** lmms-eval's CountBench. */
export const wordCount = countingWhere(matchesWordCount)
/** lmms-eval's PixMo-Count. */
export const firstDigitsCount = countingWhere(matchesFirstDigits)
/** VLMEvalKit's CountBenchQA. */
export const containedCount = countingWhere(containsCount)

function wordToNumber(word: string): bigint | null {
  const index = numberWords.indexOf(word)
  return index < 0 ? null : BigInt(index)
}
