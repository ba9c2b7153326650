import type { Point } from './schema.ts'

/** A stretch of an answer: plain text, or the words with which it names places; `first` counts points from 1. */
export type Segment = { kind: 'text'; text: string } | { kind: 'points'; label: string; first: number; count: number }

interface PointedText {
  segments: Segment[]
  /** In percent of the picture's width and height, in the order of the text. */
  points: Point[]
}

const mostPoints = 200
const mostLabel = 120

const number = String.raw`\d{1,4}(?:\.\d{1,6})?`
/** Tags as Molmo writes them, `Click(x, y)` of its older data; a tag that the token limit cut off still has its points. */
const tagPattern = new RegExp(
  String.raw`<points?\s([^<>]*)>(?:([^<]{0,500})</points?\s*>)?|\bClick\(\s*(${number})\s*,\s*(${number})\s*\)`,
  'gi',
)
const attributePairs = new RegExp(
  String.raw`\bx\d*\s*=\s*(?:["']\s*)?(${number})(?:\s*["'])?\s+y\d*\s*=\s*(?:["']\s*)?(${number})`,
  'gi',
)
/** `p=123,456` and `1=123,456`: tenths of a percent, whatever the endpoint's scale. */
const tenthPairs = /\b(?:p|\d+)\s*=\s*(?:["']\s*)?(\d{3})\s*,\s*(\d{3})\b/gi
/** `coords="1 1 123 456"`: picture, then number, x and y in per mille. */
const perMilleTriples = /\b\d+ (\d{3,4}) (\d{3,4})\b/g
const coordsAttribute = /\bcoords\s*=\s*["']([\d\t:;, .]*)["']/i
const altAttribute = /\balt\s*=\s*(?:"([^"]*)"|'([^']*)')/i
/** An answer that is nothing but lines of `(x, y)`. */
const pairLine = new RegExp(String.raw`^\s*\(\s*(${number})\s*,\s*(${number})\s*\)\s*$`)

type Pair = [x: number, y: number]

/**
 * Separates the places that an answer names from its words. `scale` is the full width of the endpoint's coordinates (1,
 * 100 or 1000). Coordinates outside the picture are dropped, and all after the first 200; what a model wrote is only ever
 * read as numbers and label text.
 */
export function readPoints(text: string, scale: number): PointedText {
  const pairs = readPairLines(text)
  if (pairs) return joinSegments([{ label: '', pairs: toPercent(pairs, scale) }])
  const found: (string | Group)[] = []
  let end = 0
  for (const match of text.matchAll(tagPattern)) {
    const group = readTag(match, scale)
    if (!group) continue
    found.push(text.slice(end, match.index), group)
    end = match.index + match[0].length
  }
  return joinSegments([...found, text.slice(end)])
}

interface Group {
  label: string
  pairs: Pair[]
}

function readPairLines(text: string): Pair[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const pairs = lines.map((line) => pairLine.exec(line))
  if (pairs.length === 0 || pairs.includes(null)) return null
  return pairs.map((match): Pair => [Number(match![1]), Number(match![2])])
}

/** Null: a tag without coordinates, which stays text. */
function readTag(match: RegExpExecArray, scale: number): Group | null {
  const [, attributes, inner, clickX, clickY] = match
  if (attributes === undefined) return { label: '', pairs: toPercent([[Number(clickX), Number(clickY)]], scale) }
  const alt = altAttribute.exec(attributes)
  const coordinates = attributes.replace(altAttribute, '')
  const label = (inner?.trim() || alt?.[1] || alt?.[2] || '').replaceAll(/\s+/g, ' ').slice(0, mostLabel)
  const coords = coordsAttribute.exec(coordinates)?.[1]
  if (coords !== undefined) return { label, pairs: toPercent(matchPairs(coords, perMilleTriples), 1000) }
  const scaled = matchPairs(coordinates, attributePairs)
  if (scaled.length > 0) return { label, pairs: toPercent(scaled, scale) }
  const tenths = matchPairs(coordinates, tenthPairs)
  return tenths.length > 0 ? { label, pairs: toPercent(tenths, 1000) } : null
}

function matchPairs(text: string, pattern: RegExp): Pair[] {
  return Array.from(text.matchAll(pattern), (match): Pair => [Number(match[1]), Number(match[2])])
}

function toPercent(pairs: Pair[], scale: number): Pair[] {
  const percent = pairs.map(([x, y]): Pair => [(x / scale) * 100, (y / scale) * 100])
  return percent.filter(([x, y]) => x >= 0 && x <= 100 && y >= 0 && y <= 100)
}

function joinSegments(found: (string | Group)[]): PointedText {
  const segments: Segment[] = []
  const points: Point[] = []
  for (const piece of found) {
    if (typeof piece === 'string') {
      if (piece !== '') segments.push({ kind: 'text', text: piece })
      continue
    }
    const kept = piece.pairs.slice(0, mostPoints - points.length)
    segments.push({ kind: 'points', label: piece.label, first: points.length + 1, count: kept.length })
    points.push(...kept.map(([x, y]) => ({ x: round(x), y: round(y), label: piece.label })))
  }
  return { segments, points }
}

const round = (percent: number) => Math.round(percent * 1000) / 1000
