import { parseFloatLikePython, roundHalfEven } from '../text/python-number.ts'
import { lengthInCodePoints, strip, stripCharacters } from '../text/python-text.ts'

/** What an open answer is read as: numbers rounded to two decimals, and lower-case strings. */
type OpenAnswer = number | string

const cues = ['could be ', 'so ', 'is ', 'thus ', 'therefore ', 'final ', 'answer ', 'result ']
const trivial = new Set([':', ',', '.', '!', '?', ';', "'"])

const word = '[\\p{L}\\p{N}_]'
const edge = `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`
// A run of digits is read from its start: (?<!\p{Nd}) changes no match and keeps long runs linear.
const digits = '(?<!\\p{Nd})\\p{Nd}+'
const commaGrouped = new RegExp(`-?${edge}\\p{Nd}{1,3}(?:,\\p{Nd}{3})+${edge}`, 'gu')
const scientific = new RegExp(`-?${digits}(?:\\.\\p{Nd}+)?[eE][+-]?\\p{Nd}+`, 'gu')
const plain = new RegExp(
  `-?(?:${digits}\\.\\p{Nd}+|\\.\\p{Nd}+|${digits}${edge})(?![eE][+-]?\\p{Nd})(?![,\\p{Nd}])`,
  'gu',
)

/**
 * Everything the official MMMU script reads in an open response: the short pieces after its cues, the numbers in them, and
 * both normalised; without a piece, the whole response. Rule: Yue et al. 2023, the authors' evaluation code.
 */
export function parseMmmuOpen(response: string): OpenAnswer[] {
  const pieces = keyPieces(response)
  const found = new Set([...pieces, ...pieces.flatMap(numbersIn)])
  return [...new Set([...found].flatMap(normaliseOpen))]
}

/** Whether any parsed answer meets any accepted one: a string that contains it, or the same number. */
export function matchesMmmuOpen(parsed: readonly OpenAnswer[], accepted: readonly string[]): boolean {
  const golds = accepted.flatMap(normaliseOpen)
  return parsed.some((answer) =>
    golds.some((gold) =>
      typeof answer === 'string' ? typeof gold === 'string' && answer.includes(gold) : answer === gold,
    ),
  )
}

function keyPieces(response: string): string[] {
  const text = stripCharacters(strip(response), '.').toLowerCase()
  const lines = text.split('\n')
  const pieces = lines.flatMap((line, index) => {
    const piece = shortestAfterCue(line, index === lines.length - 1 ? [...cues, '='] : cues)
    return piece === '' || trivial.has(piece) ? [] : [piece]
  })
  return pieces.length > 0 ? pieces : [text]
}

/** The shortest text after the last occurrence of a cue; '' when there is none. An empty one gives way to the next. */
function shortestAfterCue(line: string, cues: readonly string[]): string {
  let shortest = ''
  for (const cue of cues) {
    const position = line.lastIndexOf(cue)
    if (position < 0) continue
    const rest = strip(line.slice(position + cue.length))
    if (shortest === '' || lengthInCodePoints(rest) < lengthInCodePoints(shortest)) shortest = rest
  }
  return shortest
}

function numbersIn(text: string): string[] {
  return [commaGrouped, scientific, plain].flatMap((pattern) => text.match(pattern) ?? [])
}

/** A number rounded to two decimals, or the text in lower case; one character alone is padded, so that it matches less. */
function normaliseOpen(text: string): OpenAnswer[] {
  const trimmed = strip(text)
  const number = parseFloatLikePython(trimmed.replaceAll(',', ''))
  if (number !== null) return [roundHalfEven(number, 2)]
  const lower = trimmed.toLowerCase()
  return lengthInCodePoints(lower) === 1 ? [` ${lower}`, `${lower} `] : [lower]
}
