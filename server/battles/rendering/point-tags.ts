import type { Point } from '../schema.ts'
import { labelOf, toPercent, type Group, type Pair } from './places.ts'
import { replaceJsonPoints } from './point-json.ts'

/**
 * A stretch of an answer: plain text, or the words with which it names places; `first` counts points from 1, `more` says
 * how many beyond the most that are drawn it names.
 */
export type Segment =
  { kind: 'text'; text: string } | { kind: 'points'; label: string; first: number; count: number; more: number }

interface PointedText {
  segments: Segment[]
  /** In percent of the picture's width and height, in the order of the text. */
  points: Point[]
}

const mostPoints = 200

const number = String.raw`-?\d{1,6}(?:\.\d{1,30})?`
/** Where a tag begins, as Molmo writes them, or `Click(x, y)` of its older data. */
const openings = new RegExp(String.raw`<points?(?=\s)|\bClick\(\s*(${number})\s*,\s*(${number})\s*\)`, 'gi')
/** One attribute; a value may hold any sign but the begin of another tag. */
const attribute =
  /[\s,]+([\w:]+)\s*=\s*(?:"((?:[^"<]|<(?!\/?point))*)"|'((?:[^'<]|<(?!\/?point))*)'|(\d{3}\s*,\s*\d{3}|[^\s"'<>]+))/iy
/** What is left of a tag behind its last whole attribute: its end, or, where the token limit cut it, the end of the text. */
const tagEnd = /[^<>]*(?:>|$)/y
const inner = /((?:[^<]|<(?!\/?point)){0,500})<\/points?\s*>/iy
const coordinate = /^\s*(-?(?:\d{1,6}(?:\.\d{0,30})?|\.\d{1,30}))\s*$/
/** `p=123,456` and `1=123,456`: tenths of a percent, whatever the endpoint's scale. */
const tenths = /^\s*(\d{3})\s*,\s*(\d{3})\s*$/
/** `coords="1 1 123 456"`: picture, then number, x and y in per mille. */
const perMilleTriples = /\b\d+ (\d{3,4}) (\d{3,4})\b/g
/** An answer that is nothing but lines of `(x, y)`. */
const pairLine = new RegExp(String.raw`^\s*\(\s*(${number})\s*,\s*(${number})\s*\)\s*$`)

/**
 * Separates the places that an answer names from its words: tags, clicks, lines of pairs, and JSON where the scale is 1000
 * (see replaceJsonPoints). `scale` is the full width of the endpoint's coordinates (1, 100 or 1000). Coordinates outside
 * the picture are dropped, and all after the first 200; what a model wrote is only ever read as numbers and label text.
 */
export function readPoints(text: string, scale: number): PointedText {
  const pairs = readPairLines(text)
  if (pairs) return joinSegments([{ label: '', pairs: toPercent(pairs, scale) }])
  const pieces = scale === 1000 ? replaceJsonPoints(text) : [text]
  return joinSegments(pieces.flatMap((piece) => (typeof piece === 'string' ? readTags(piece, scale) : [piece])))
}

function readPairLines(text: string): Pair[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const pairs = lines.map((line) => pairLine.exec(line))
  if (pairs.length === 0 || pairs.includes(null)) return null
  return pairs.map((match): Pair => [Number(match![1]), Number(match![2])])
}

function readTags(text: string, scale: number): (string | Group)[] {
  const found: (string | Group)[] = []
  let end = 0
  for (const match of text.matchAll(openings)) {
    if (match.index < end) continue
    const [opening, x, y] = match
    const start = match.index + opening.length
    const tag =
      x === undefined
        ? readTag(text, start, scale)
        : { label: '', pairs: toPercent([[Number(x), Number(y)]], scale), end: start }
    if (!tag) continue
    found.push(text.slice(end, match.index), { label: tag.label, pairs: tag.pairs })
    end = tag.end
  }
  return [...found, text.slice(end)]
}

/** Null: a tag without coordinates or without an end, which stays text. */
function readTag(text: string, start: number, scale: number): (Group & { end: number }) | null {
  const attributes: [name: string, value: string][] = []
  let end = start
  for (let match = matchAt(attribute, text, end); match; match = matchAt(attribute, text, end)) {
    attributes.push([match[1]!.toLowerCase(), match[2] ?? match[3] ?? match[4]!])
    end += match[0].length
  }
  const closing = matchAt(tagEnd, text, end)
  const pairs = pairsOf(attributes, scale)
  if (!closing || !pairs) return null
  end += closing[0].length
  const words = matchAt(inner, text, end)
  const alt = attributes.find(([name]) => name === 'alt')?.[1] ?? ''
  return { label: labelOf(words?.[1]?.trim() || alt), pairs, end: end + (words?.[0].length ?? 0) }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** Null: no attribute names a place. */
function pairsOf(attributes: [name: string, value: string][], scale: number): Pair[] | null {
  const coords = attributes.find(([name]) => name === 'coords')?.[1]
  if (coords !== undefined)
    return toPercent(
      Array.from(coords.matchAll(perMilleTriples), ([, x, y]): Pair => [Number(x), Number(y)]),
      1000,
    )
  const scaled = scaledPairs(attributes)
  if (scaled.length > 0) return toPercent(scaled, scale)
  const inTenths = attributes.flatMap(([name, value]): Pair[] => {
    const match = /^(?:p|\d+)$/.test(name) ? tenths.exec(value) : null
    return match ? [[Number(match[1]), Number(match[2])]] : []
  })
  return inTenths.length > 0 ? toPercent(inTenths, 1000) : null
}

/** `x` and `y` with the same number behind them, in either order. */
function scaledPairs(attributes: [name: string, value: string][]): Pair[] {
  const pairs: Pair[] = []
  const halves = new Map<string, { x?: number; y?: number }>()
  for (const [name, value] of attributes) {
    const axis = /^([xy])(\d*)$/.exec(name)
    const read = axis && coordinate.exec(value)?.[1]
    if (!axis || read === null || read === undefined) continue
    const half = { ...halves.get(axis[2]!), [axis[1]!]: Number(read) }
    halves.set(axis[2]!, half)
    if (half.x === undefined || half.y === undefined) continue
    pairs.push([half.x, half.y])
    halves.delete(axis[2]!)
  }
  return pairs
}

function joinSegments(found: (string | Group)[]): PointedText {
  const segments: Segment[] = []
  const points: Point[] = []
  for (const piece of found) {
    if (typeof piece === 'string') {
      if (piece !== '') segments.push({ kind: 'text', text: piece })
      continue
    }
    const { label, pairs } = piece
    const kept = pairs.slice(0, mostPoints - points.length)
    const [first, count] = [points.length + 1, kept.length]
    segments.push({ kind: 'points', label, first, count, more: pairs.length - count })
    points.push(...kept.map(([x, y]) => ({ x: round(x), y: round(y), label })))
  }
  return { segments, points }
}

const round = (percent: number) => Math.round(percent * 1000) / 1000
