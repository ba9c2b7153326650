import { parseFloatLikePython } from '../text/python-number.ts'
import { SPACE, strip } from '../text/python-text.ts'

/** A place in a picture, in pixels from the left and the top. */
export type Point = [x: number, y: number]

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
// The label ends at the first `">`: any later end would allow no more, and would have to be tried for each.
const tail = `${s}+alt="(?:(?!">)[^])*">[^]*`
const validForms = [
  `(?:\\(${s}*-?${decimal}${s}*,${s}*-?${decimal}${s}*\\)\\n?)+`,
  `<point${s}+x="${s}*${decimal}"${s}+y="${s}*${decimal}"${tail}</point>`,
  `<points(?:${s}+x\\p{Nd}+="${s}*${decimal}"${s}+y\\p{Nd}+="${s}*${decimal}")+${tail}</points>`,
  `<point${s}+p=${s}*\\p{Nd}{3}${s}*,${s}*\\p{Nd}{3}${tail}</point>`,
  `<points(?:${s}+\\p{Nd}+=${s}*\\p{Nd}{3}${s}*,${s}*\\p{Nd}{3})+${tail}</points>`,
].map((form) => new RegExp(`^${form}$`, 'u'))

/** Whether the whole trimmed response is one well-formed list of points: pairs in brackets, or one point or points tag. */
export function isValidPointFormat(response: string): boolean {
  const text = strip(response)
  return validForms.some((form) => form.test(text))
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
