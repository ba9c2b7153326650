import { termsOf } from '../question.ts'
import type { Word } from './text-reader.ts'

/** Words that stand together on one line; the box is in pixels. */
interface Cell {
  text: string
  left: number
  top: number
  right: number
  bottom: number
}

/** A printed number with the labels that stand in line with it, nearest first. */
export interface Figure {
  value: number
  /** As printed: "$1,200", "35%". */
  text: string
  labels: string[]
}

/** What a page holds: its cells in reading order, the largest heading, and the numbers that are not axis marks. */
export interface PageText {
  cells: Cell[]
  lines: string[]
  title: string
  figures: Figure[]
}

/** Puts words together into cells, lines, a title and labelled figures, by their positions alone. */
export function layOut(words: Word[]): PageText {
  const rows = rowsOf(words)
  const cells = rows.flatMap(cellsOf)
  const title = titleOf(cells)
  return {
    cells,
    lines: rows.map((row) => row.map(({ text }) => text).join(' ')),
    title: title?.text ?? '',
    figures: figuresOf(cells, title),
  }
}

/** The number that a text is: currency signs, thousands separators and a percent sign allowed; null for anything else. */
export function numberIn(text: string): number | null {
  const bare = text
    .trim()
    .replace(/^[-−–]\s*/, '-')
    .replace(/[$€£~()]/g, '')
    .replace(/\s?(%|percent|[kKmM]|bn|tonnes|kg)$/, '')
    .trim()
  return /^-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?$/.test(bare) ? Number(bare.replaceAll(',', '')) : null
}

function rowsOf(words: Word[]): Word[][] {
  const rows: Word[][] = []
  for (const word of words.toSorted((a, b) => a.top + a.bottom - b.top - b.bottom)) {
    const middle = (word.top + word.bottom) / 2
    const row = rows.findLast(
      ([first]) => middle > first!.top && middle < first!.bottom && heightOf(first!) < 2.5 * heightOf(word),
    )
    if (row) row.push(word)
    else rows.push([word])
  }
  for (const row of rows) row.sort((a, b) => a.left - b.left)
  return rows
}

/** A gap wider than a letter is high parts two cells. */
function cellsOf(row: Word[]): Cell[] {
  const cells: Cell[] = []
  for (const word of row) {
    const last = cells.at(-1)
    if (last && word.left - last.right < 0.9 * Math.max(heightOf(last), heightOf(word))) {
      last.text += ` ${word.text}`
      last.right = Math.max(last.right, word.right)
      last.top = Math.min(last.top, word.top)
      last.bottom = Math.max(last.bottom, word.bottom)
    } else cells.push({ text: word.text, left: word.left, top: word.top, right: word.right, bottom: word.bottom })
  }
  return cells
}

/** The tallest cell of the upper half that says something; the first of those nearly as tall. */
function titleOf(cells: Cell[]): Cell | undefined {
  const bottom = Math.max(0, ...cells.map((cell) => cell.bottom))
  const candidates = cells.filter((cell) => cell.top < bottom / 2 && (cell.text.match(/\p{L}/gu)?.length ?? 0) > 3)
  const tallest = Math.max(0, ...candidates.map(heightOf))
  return candidates.find((cell) => heightOf(cell) > 0.85 * tallest)
}

function figuresOf(cells: Cell[], title: Cell | undefined): Figure[] {
  const body = cells.filter((cell) => cell !== title)
  const figures: Figure[] = []
  const labels: Cell[] = []
  const numbers: { cell: Cell; value: number }[] = []
  for (const cell of body) {
    const value = numberIn(cell.text)
    const inline = splitAtFigure(cell.text)
    const inlineValue = inline ? numberIn(inline.figure) : null
    if (value !== null && !isYear(cell.text)) numbers.push({ cell, value })
    else if (inline && inlineValue !== null && !isYear(inline.figure))
      figures.push({ value: inlineValue, text: inline.figure, labels: [inline.label] })
    else if (/\p{L}{2}|\d{4}/u.test(cell.text)) labels.push(cell)
  }
  const marks = new Set([...axisMarks(numbers, 'vertical'), ...axisMarks(numbers, 'horizontal')])
  for (const { cell, value } of numbers) {
    if (!marks.has(cell)) figures.push({ value, text: cell.text, labels: labelsFor(cell, labels) })
  }
  return figures
}

/** "Rent: 1,200" into its words and the figure at its end; null where it lacks either. */
function splitAtFigure(text: string): { label: string; figure: string } | null {
  const parts = /[\s:]/
  let start = text.length
  while (start > 0 && !parts.test(text[start - 1]!)) start--
  let end = start
  while (end > 0 && parts.test(text[end - 1]!)) end--
  const [label, figure] = [text.slice(0, end), text.slice(start)]
  const isFigure = end < start && /^[-$€£]?\d[\d,.]*%?$/.test(figure)
  return isFigure && /\p{L}/u.test(label) ? { label, figure } : null
}

/** Four digits of the last century or this one. */
export function isYear(text: string): boolean {
  return /^(19|20)\d\d$/.test(text)
}

/** Numbers in one column (or row) whose values grow evenly with their places are an axis: at least three of them. */
function axisMarks(numbers: { cell: Cell; value: number }[], direction: 'vertical' | 'horizontal'): Cell[] {
  const along = ({ cell }: { cell: Cell }) => (direction === 'vertical' ? middleY(cell) : middleX(cell))
  const across = ({ cell }: { cell: Cell }) => (direction === 'vertical' ? [cell.right, cell.left] : [middleY(cell)])
  for (const first of numbers) {
    const slack = Math.max(4, heightOf(first.cell) * 0.5)
    const line = numbers
      .filter((other) => across(other).some((place, side) => Math.abs(place - across(first)[side]!) < slack))
      .sort((a, b) => along(a) - along(b))
    const [low, high] = [line[0]!, line.at(-1)!]
    const slope = (high.value - low.value) / (along(high) - along(low))
    const even = line.filter(
      (each) =>
        Math.abs(low.value + slope * (along(each) - along(low)) - each.value) <=
        0.04 * Math.abs(high.value - low.value),
    )
    if (line.length >= 3 && even.length === line.length && high.value !== low.value) return line.map(({ cell }) => cell)
  }
  return []
}

/** The label to the left on the same line, the nearest below and the nearest above, in that order. */
function labelsFor(number: Cell, labels: Cell[]): string[] {
  const beside = labels
    .filter(
      (label) => label.right <= number.left + 2 && Math.abs(middleY(label) - middleY(number)) < heightOf(number) * 0.7,
    )
    .sort((a, b) => b.right - a.right)
  const inColumn = labels.filter(
    (label) =>
      Math.abs(middleX(label) - middleX(number)) <
      Math.max(widthOf(label), widthOf(number), 2 * heightOf(number)) * 0.6,
  )
  const below = inColumn.filter((label) => label.top >= number.bottom - 2).sort((a, b) => a.top - b.top)
  // A wide line above is a heading of the whole, not of the column.
  const above = inColumn
    .filter((label) => label.bottom <= number.top + 2 && widthOf(label) < 10 * heightOf(number))
    .sort((a, b) => b.bottom - a.bottom)
  return [beside[0], below[0], above[0]].filter((label) => label !== undefined).map((label) => label.text)
}

/** How much of a label a question names: the share of the label's words found among the terms, small slips allowed. */
export function shareNamed(label: string, terms: string[]): number {
  const words = termsOf(label)
  if (words.length === 0) return 0
  return words.filter((word) => terms.some((term) => alike(word, term))).length / words.length
}

/** Whether two words are the same but for a plural or, from five letters on, one letter. */
export function alike(a: string, b: string): boolean {
  const [one, two] = [a.toLowerCase().replace(/e?s$/, ''), b.toLowerCase().replace(/e?s$/, '')]
  if (one === two) return one !== ''
  if (/\d/.test(one + two) || Math.min(one.length, two.length) < 5 || Math.abs(one.length - two.length) > 1)
    return false
  let start = 0
  while (start < one.length && one[start] === two[start]) start++
  const [restOne, restTwo] = [one.slice(start), two.slice(start)]
  return restOne.slice(1) === restTwo.slice(1) || restOne.slice(1) === restTwo || restOne === restTwo.slice(1)
}

function heightOf(box: { top: number; bottom: number }): number {
  return box.bottom - box.top
}

function widthOf(box: Cell): number {
  return box.right - box.left
}

function middleX(box: Cell): number {
  return (box.left + box.right) / 2
}

function middleY(box: Cell): number {
  return (box.top + box.bottom) / 2
}
