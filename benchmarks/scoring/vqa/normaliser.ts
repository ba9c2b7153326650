import { isSpace, splitWords, strip } from '../text/python-text.ts'
import { contractions } from './contractions.ts'

const punctuation = new Set(';/[]"{}()=+\\_-><@`,?!')
const anyPunctuation = /[;/[\]"{}()=+\\_\-><@`,?!]/
const lineOrTab = /[\n\t]/

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

/** Where the copies of the normaliser differ: what is a number with commas, and which full stops go. */
interface VqaDialect {
  groupedDigits: RegExp
  deletedStop: RegExp
}

const officialDialect: VqaDialect = { groupedDigits: /\p{Nd},\p{Nd}/u, deletedStop: /\.(?!\p{Nd})/gu }

/** lmms-eval takes several commas in a row for one, so `1,,000` is a number with commas. */
export const lmmsEvalDialect: VqaDialect = { ...officialDialect, groupedDigits: /\p{Nd},+\p{Nd}/u }

/** VLMEvalKit keeps a full stop that has a digit on either side. */
export const vlmevalkitDialect: VqaDialect = { ...officialDialect, deletedStop: /(?<!\p{Nd})\.(?!\p{Nd})/gu }

/**
 * The answer normaliser of the VQA evaluation: punctuation deleted or spaced, number words to digits, articles dropped,
 * contractions restored, lower case, single spaces. Rule: Antol et al. 2015, the official evaluation code.
 */
export function normaliseVqa(text: string, dialect = officialDialect): string {
  return normaliseWords(normalisePunctuation(text, dialect))
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
 * Each listed mark is deleted everywhere if it touches a space somewhere, or if a digit, a comma and a digit meet
 * anywhere in the text; otherwise each becomes a space. The tests read the original text, so the order of the marks
 * does not matter.
 */
function normalisePunctuation(text: string, { groupedDigits, deletedStop }: VqaDialect): string {
  const spaced = anyPunctuation.test(text) ? spaceOrDelete(text, groupedDigits) : text
  return spaced.includes('.') ? deleteStops(spaced, deletedStop) : spaced
}

function spaceOrDelete(text: string, groupedDigits: RegExp): string {
  const deletesAll = groupedDigits.test(text)
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

function deleteStops(text: string, deletedStop: RegExp): string {
  let deleted = 0
  return text.replace(deletedStop, (stop) => (++deleted > maxStopsDeleted ? stop : ''))
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

/**
 * Whether the map can hold the word, by its length and first letter; one that starts with anything but a to z passes.
 */
function mayChange(text: string, start: number, end: number): boolean {
  const letters = firstLetters[end - start]
  const first = text.charCodeAt(start) - 97
  return Boolean(letters) && (first < 0 || first > 25 || ((letters! >> first) & 1) === 1)
}
