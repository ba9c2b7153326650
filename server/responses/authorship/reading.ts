import type { Mention, Word } from './mentions.ts'

/** A folded text with its words and the names in it, and what is told of its lines once, however many names are asked about. */
export class Reading {
  readonly text: string
  readonly words: Word[]
  readonly mentions: Mention[]
  /** Where quotation marks stand, or a line begins, and whether a quotation is open behind it. */
  readonly #marks: { at: number; open: boolean }[] = []
  readonly #lines: { at: number; end: number; heading: number; isFirst: boolean }[] = []

  constructor(text: string, words: Word[], mentions: Mention[]) {
    this.text = text
    this.words = words
    this.mentions = mentions
    this.#readLines()
  }

  #readLines() {
    let at = 0
    let before = ''
    /** The end of the last line that says that what follows is read in the picture; -1: there is none. */
    let heading = -1
    let isFirst = true
    for (const line of this.text.split('\n')) {
      this.#readQuotes(line, at)
      if (line === '') {
        heading = isHeading(before.slice(-300)) ? at - 1 : -1
        isFirst = false
      }
      const end = at + line.length
      this.#lines.push({ at, end, heading, isFirst })
      at = end + 1
      if (isHeading(line)) heading = end
      before = line
    }
  }

  #readQuotes(line: string, start: number) {
    let doubles = 0
    let singles = 0
    this.#marks.push({ at: start - 1, open: false })
    for (const { 0: mark, 1: opening, index } of line.matchAll(quotes)) {
      if (mark === '"') doubles++
      else singles += opening === undefined ? -1 : 1
      this.#marks.push({ at: start + index, open: doubles % 2 === 1 || singles > 0 })
    }
  }

  /** Whether a quotation that began in its line is still open there. */
  isQuoted(at: number): boolean {
    return lastBefore(this.#marks, at).open
  }

  /** Where the line of a place begins and ends. */
  lineOf(at: number): { at: number; end: number } {
    return lastBefore(this.#lines, at + 1)
  }

  /** Whether its paragraph is what a line above, with a colon at its end, says to be read in the picture. */
  isTranscribed(at: number): boolean {
    const { heading, isFirst } = lastBefore(this.#lines, at + 1)
    return heading >= 0 && (!isFirst || heading >= at - 3_000)
  }

  /** Whether several lines begin with a name. */
  get isList(): boolean {
    return (this.#isList ??= this.mentions.filter(({ start }) => opensLine(this.text, start)).length > 1)
  }
  #isList: boolean | undefined
}

/** Marks that open or close a quotation; of a single one its neighbours tell which. */
const quotes = /"|(?<![\p{L}\p{N}])(')(?=[\p{L}\p{N}])|(?<=[\p{L}\p{N}.!?,])'(?![\p{L}\p{N}])/gu

const isHeading = (line: string) =>
  line.length > 12 &&
  /:\s{0,3}$/.test(line) &&
  /transcri|conversation|dialog|chat|message|reads|says|text|screenshot|caption|follow|screen|sign|poster|label|written/i.test(
    line,
  )

const opensLine = (text: string, at: number) => /(?:^|\n)[\s\d.)#*|-]{0,8}$/.test(text.slice(Math.max(0, at - 10), at))

/** The last of these, of which the first stands before everything, that stands before a place. */
function lastBefore<Placed extends { at: number }>(sorted: Placed[], at: number): Placed {
  let [low, high] = [0, sorted.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (sorted[middle]!.at < at) low = middle
    else high = middle
  }
  return sorted[low]!
}
