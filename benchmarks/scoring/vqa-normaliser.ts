import { isSpace, splitWords, strip } from './python-text.ts'
import { contractions } from './vqa-contractions.ts'

const punctuation = new Set(';/[]"{}()=+\\_-><@`,?!')
const anyPunctuation = /[;/[\]"{}()=+\\_\-><@`,?!]/
const lineOrTab = /[\n\t]/
const digitCommaDigit = /\p{Nd},\p{Nd}/u
const stopWithoutDigitAfter = /\.(?!\p{Nd})/gu
const stopBetweenNoDigits = /(?<!\p{Nd})\.(?!\p{Nd})/gu

/** Upstream passes a flag whose value is 32 where the number of replacements belongs. */
const maxStopsDeleted = 32

const numberWords: [string, string][] = [
  ['none', '0'],
  ['zero', '0'],
  ['one', '1'],
  ['two', '2'],
  ['three', '3'],
  ['four', '4'],
  ['five', '5'],
  ['six', '6'],
  ['seven', '7'],
  ['eight', '8'],
  ['nine', '9'],
  ['ten', '10'],
]
const dropped = ''
const wordMap = new Map<string, string>([
  ...numberWords,
  ['a', dropped],
  ['an', dropped],
  ['the', dropped],
  ...Object.entries(contractions),
])

/** Which full stops go: those that no digit follows, or only those without a digit on either side (VLMEvalKit). */
export type StopRule = 'no-digit-after' | 'no-digit-beside'

/**
 * The answer normaliser of the VQA evaluation: punctuation deleted or spaced, number words to digits, articles dropped,
 * contractions restored, lower case, single spaces. Rule: Antol et al. 2015, the official evaluation code.
 */
export function normaliseVqa(text: string, stops: StopRule = 'no-digit-after'): string {
  return normaliseWords(normalisePunctuation(text, stops))
}

/** Lower-cased first, as Molmo normalises every short answer. */
export function normaliseLowered(text: string): string {
  return normaliseVqa(flatten(text.toLowerCase()))
}

/** Newlines and tabs to spaces, then trimmed: the first step of every VQA pipeline. */
export function flatten(text: string): string {
  return strip(lineOrTab.test(text) ? text.replaceAll('\n', ' ').replaceAll('\t', ' ') : text)
}

/**
 * Each listed mark is deleted everywhere if it touches a space somewhere, or if a digit, a comma and a digit meet anywhere
 * in the text; otherwise each becomes a space. The tests read the original text, so the order of the marks is of no matter.
 */
function normalisePunctuation(text: string, stops: StopRule): string {
  const spaced = anyPunctuation.test(text) ? spaceOrDelete(text) : text
  return spaced.includes('.') ? deleteStops(spaced, stops) : spaced
}

function spaceOrDelete(text: string): string {
  const deletesAll = digitCommaDigit.test(text)
  const replacements = new Map<string, string>()
  let result = ''
  for (let i = 0; i < text.length; i++) {
    const mark = text[i]!
    if (!punctuation.has(mark)) {
      result += mark
      continue
    }
    let replacement = replacements.get(mark)
    if (replacement === undefined) {
      replacement = deletesAll || text.includes(`${mark} `) || text.includes(` ${mark}`) ? '' : ' '
      replacements.set(mark, replacement)
    }
    result += replacement
  }
  return result
}

function deleteStops(text: string, stops: StopRule): string {
  let deleted = 0
  return text.replace(stops === 'no-digit-after' ? stopWithoutDigitAfter : stopBetweenNoDigits, (stop) =>
    ++deleted > maxStopsDeleted ? stop : '',
  )
}

function normaliseWords(text: string): string {
  const lower = text.toLowerCase()
  if (isSettled(lower)) return lower
  let result = ''
  for (const word of splitWords(lower)) {
    const mapped = mayChange(word, 0, word.length) ? (wordMap.get(word) ?? word) : word
    if (mapped !== dropped) result += result === '' ? mapped : ` ${mapped}`
  }
  return result
}

/** Whether the text is words with one space between them, none of which can change: most answers are, and need no copy. */
function isSettled(text: string): boolean {
  let start = 0
  for (let i = 0; i <= text.length; i++) {
    const unit = i < text.length ? text.charCodeAt(i) : 0x20
    if (!isSpace(unit)) continue
    if (unit !== 0x20 || i === start || mayChange(text, start, i)) return false
    start = i + 1
  }
  return true
}

/** For each length, the first letters of the words in the map, one bit each from a to z. */
const firstLetters = new Uint32Array(16)
for (const word of wordMap.keys()) firstLetters[word.length]! |= 1 << (word.charCodeAt(0) - 97)

/** Whether the map can hold the word, by its length and first letter; one that starts otherwise is taken for granted. */
function mayChange(text: string, start: number, end: number): boolean {
  const letters = firstLetters[end - start]
  const first = text.charCodeAt(start) - 97
  return Boolean(letters) && (first < 0 || first > 25 || ((letters! >> first) & 1) === 1)
}
