import { parseFloatLikePython } from '../text/python-number.ts'
import { SPACE, strip } from '../text/python-text.ts'

/** A place in a picture, in pixels from the left and the top. */
type Point = [x: number, y: number]

const s = `[${SPACE}]`
const number = '([0-9]+(?:\\.[0-9]+)?)'

/** Tried one whole pattern after another, so that each Click point comes twice, as in Molmo. Values in percent. */
const percentPatterns = [
  /Click\(([0-9]+\.[0-9]), ?([0-9]+\.[0-9])\)/g,
  /\(([0-9]+\.[0-9]),? ?([0-9]+\.[0-9])\)/g,
  new RegExp(`x\\p{Nd}*="${s}*${number}"${s}+y\\p{Nd}*="${s}*${number}"`, 'gu'),
]
/** Values in tenths of a percent. "In 2020 = 123,456" is a point too; that is kept. */
const tenthsPattern = new RegExp(`(?:\\p{Nd}|p)${s}*=${s}*([0-9]{3})${s}*,${s}*([0-9]{3})`, 'gu')
// A run of digits is read from its start only: that changes no match and keeps long runs linear.
const pairPattern = new RegExp(`(?<!\\p{Nd})(\\p{Nd}+\\.\\p{Nd}+),${s}*(\\p{Nd}+\\.\\p{Nd}+)`, 'gu')

/**
 * The points a response names, in pixels of a picture of that width and height, in the order of the patterns. A point with
 * a coordinate above 100% is dropped. Rule: Molmo's released evaluation.
 */
export function extractPoints(response: string, width: number, height: number): Point[] {
  const percents = percentPatterns.flatMap((pattern) => matchPairs(response, pattern))
  const tenths = matchPairs(response, tenthsPattern).map(([x, y]): Point => [x / 10, y / 10])
  return [...percents, ...tenths].filter(isInside).map(([x, y]) => [(x / 100) * width, (y / 100) * height])
}

/** How many points a response names. */
export function countPoints(response: string): number {
  return extractPoints(response, 1, 1).length
}

/** An older parser of Molmo's: every pair of decimals, times width and height without dividing by 100. */
export function pointsFromPairs(response: string, width: number, height: number): Point[] {
  return matchPairs(response, pairPattern)
    .filter(isInside)
    .map(([x, y]) => [x * width, y * height])
}

const decimal = '\\p{Nd}+(?:\\.\\p{Nd}+)?'
const pairLines = new RegExp(`^(?:\\(${s}*-?${decimal}${s}*,${s}*-?${decimal}${s}*\\)\\n?)+$`, 'u')
/** Where each tag may stop being checked: from `alt="` on, only its label and its end are. */
const tagStarts: { start: RegExp; end: string }[] = [
  { start: tagStart('point', `${s}+x="${s}*${decimal}"${s}+y="${s}*${decimal}"`), end: '</point>' },
  {
    start: tagStart('points', `(?:${s}+x\\p{Nd}+="${s}*${decimal}"${s}+y\\p{Nd}+="${s}*${decimal}")+`),
    end: '</points>',
  },
  { start: tagStart('point', `${s}+p=${s}*\\p{Nd}{3}${s}*,${s}*\\p{Nd}{3}`), end: '</point>' },
  { start: tagStart('points', `(?:${s}+\\p{Nd}+=${s}*\\p{Nd}{3}${s}*,${s}*\\p{Nd}{3})+`), end: '</points>' },
]

function tagStart(name: string, coordinates: string): RegExp {
  return new RegExp(`^<${name}${coordinates}${s}+alt="`, 'u')
}

/** Whether the whole trimmed response is one well-formed list of points: pairs in brackets, or one point or points tag. */
export function isValidPointFormat(response: string): boolean {
  const text = strip(response)
  return pairLines.test(text) || tagStarts.some((tag) => isWholeTag(text, tag))
}

/** The label may hold anything but `">`, and what follows it anything. */
function isWholeTag(text: string, { start, end }: { start: RegExp; end: string }): boolean {
  const found = start.exec(text)
  const label = found ? text.indexOf('">', found[0].length) : -1
  return label >= 0 && text.endsWith(end) && text.length - end.length >= label + 2
}

function matchPairs(text: string, pattern: RegExp): Point[] {
  return Array.from(text.matchAll(pattern), (match): Point => [numberIn(match[1]!), numberIn(match[2]!)])
}

/** What the patterns find is a number to Python, whatever script its digits are of. */
function numberIn(text: string): number {
  return parseFloatLikePython(text)!
}

function isInside([x, y]: Point): boolean {
  return x <= 100 && y <= 100
}
