import type { Mention } from './mentions.ts'
import { firstPerson, modelNouns, reporting } from './phrases.ts'
import type { Reading } from './reading.ts'

/** What of a text is asked around a mention; a text has many, so what is looked at is bounded. */
export const reach = 14

const sentenceReach = 60

/** The words around a mention. */
export class Place {
  readonly reading: Reading
  readonly mention: Mention
  constructor(reading: Reading, mention: Mention) {
    this.reading = reading
    this.mention = mention
  }

  word(at: number): string {
    return this.reading.words[at]?.text ?? ''
  }

  /** What stands before a word. */
  gap(at: number): string {
    const { text, words } = this.reading
    return text.slice(words[at - 1]?.end ?? 0, words[at]?.start ?? text.length)
  }

  /** Whether a sentence, or a line, ends before this word. */
  isStart(at: number): boolean {
    return at <= 0 || endsSentence(this.gap(at))
  }

  /** The words from the mention's end to that of the sentence. */
  after(most = reach): string[] {
    const found: string[] = []
    const { last } = this.mention
    for (let at = last + 1; at < this.reading.words.length && at <= last + most && !this.isStart(at); at++)
      found.push(this.word(at))
    return found
  }

  /** The number of the sentence's first word. What is quoted belongs to the sentence that quotes it. */
  get sentenceStart(): number {
    return (this.#sentenceStart ??= this.#findSentenceStart())
  }
  #sentenceStart: number | undefined

  #findSentenceStart(): number {
    let at = this.mention.first
    while (at > 0 && this.mention.first - at < sentenceReach && (!this.isStart(at) || this.isIntroducedByColon(at)))
      at--
    return at
  }

  private isIntroducedByColon(at: number): boolean {
    return /:["'\s]*$/.test(this.gap(at)) && this.gap(at).split('\n').length < 3
  }

  /** What stands right before the mention, some characters of it. */
  get lead(): string {
    return this.reading.text.slice(Math.max(0, this.mention.start - 100), this.mention.start)
  }

  before(from = this.sentenceStart): string[] {
    const found: string[] = []
    for (let at = from; at < this.mention.first; at++) found.push(this.word(at))
    return found
  }

  /** Whether the sentence tells what a picture, or somebody in it, says. */
  isReported(upTo = this.mention.first): boolean {
    const { text } = this.reading
    const start = this.sentenceStart
    for (let at = start; at < upTo; at++) if (reporting.has(this.word(at)) && !this.isOwnWord(at)) return true
    if (this.isBlockQuote() || this.reading.isTranscribed(this.mention.start)) return true
    if (this.isQuoted() && text.slice(0, this.mention.start).trim().length > 1 && start < upTo) return true
    return this.after(6).some((word, at) => {
      const place = this.mention.last + 1 + at
      const isTold = reporting.has(word) && /[,"!?]/.test(this.gap(place)) && !this.gap(place + 1).includes(':')
      return isTold && ['the', 'a', 'an', 'his', 'her', 'one'].includes(this.word(place + 1))
    })
  }

  /** Whether a quotation that began in its line is still open. */
  isQuoted(): boolean {
    return this.reading.isQuoted(this.mention.start)
  }

  /** "I say", "I'd say": what the author does is nobody else's. */
  private isOwnWord(at: number): boolean {
    return [1, 2, 3].some((back) => at - back >= 0 && ['i', 'we', 'ich', 'je'].includes(this.word(at - back)))
  }

  /** Whether its line is one that markdown quotes, below a text. */
  isBlockQuote(): boolean {
    const { text } = this.reading
    const { at: lineStart } = this.reading.lineOf(this.mention.start)
    return lineStart > 0 && text[lineStart] === '>' && text.slice(0, lineStart).trim() !== ''
  }

  /** Somebody else's name: Claude Monet, Gemini Cafe, Jean-Claude. */
  isSomebodyElse(): boolean {
    const { weak, first, last } = this.mention
    if (!weak) return false
    const { words } = this.reading
    const next = words[last + 1]
    const nextIsName =
      next &&
      /^[ -]$/.test(this.gap(last + 1)) &&
      /^\p{Lu}/u.test(next.shown) &&
      !modelNouns.has(next.text) &&
      next.shown !== 'I'
    const joined = first > 0 && this.gap(first) === '-'
    return Boolean(nextIsName) || joined
  }
}

const endsSentence = (between: string) =>
  /[.!?\u3002\uFF01\uFF1F]["')\]]*\s|[.!?]["')\]]*$|[\n\u3002]|<!--/.test(between)

export const hasFirstPerson = (place: Place) =>
  [...place.before(), ...place.after(sentenceReach)].some((word) => firstPerson.has(word))

/** Whether what begins at this place is said by somebody in the picture. */
export function isToldAt(reading: Reading, start: number): boolean {
  const first = Math.max(
    0,
    reading.words.findIndex((word) => word.start >= start),
  )
  return new Place(reading, { first, last: first, start, end: start, weak: false, hidden: false }).isReported()
}
