import { coloursIn } from '../picture/colours.ts'
import { choiceShort, inWords, type Findings } from '../findings.ts'
import { workOut, type FigureAnswer } from './figures.ts'
import { alike, isYear, layOut, numberIn, shareNamed, type PageText } from './page-text.ts'
import type { Picture } from '../picture/picture.ts'
import { termsOf, type Question } from '../question.ts'
import type { TextReader } from './text-reader.ts'

/** Answers with the text that matches the question best; says so when it can read nothing. */
export async function answerFromText(question: Question, pictures: Picture[], reader: TextReader): Promise<Findings> {
  const pages: PageText[] = []
  for (const picture of pictures) pages.push(layOut(await reader.read(picture)))
  const page: PageText = {
    cells: pages.flatMap(({ cells }) => cells),
    lines: pages.flatMap(({ lines }) => lines),
    title: pages.find(({ title }) => title)?.title ?? '',
    figures: pages.flatMap(({ figures }) => figures),
  }
  if (page.cells.length === 0) return nothingRead(question)
  const answer = bestAnswer(question, page)
  return { short: answer.short, sentences: sentencesFor(question, page, answer), facts: factsOf(page) }
}

function nothingRead(question: Question): Findings {
  const fallback = { choice: () => choiceShort(question.choices[0]!), count: () => '0', 'yes-no': () => 'No' }
  const kind = question.kind
  const short = kind === 'choice' || kind === 'count' || kind === 'yes-no' ? fallback[kind]() : 'no text'
  return {
    short,
    sentences: ['I can find no readable words or figures in this picture, so I have nothing to quote.'],
    facts: [['Text', 'none that can be read']],
  }
}

function bestAnswer(question: Question, page: PageText): FigureAnswer {
  if (question.kind === 'choice') return bestChoice(question, page)
  if (/\btitle\b|\bheading\b|\bheadline\b/i.test(question.ask) && page.title && question.kind !== 'create')
    return { short: page.title, because: 'it is set largest' }
  if (question.kind === 'describe' || question.kind === 'create')
    return { short: page.title || page.lines[0]!, because: 'it is set largest' }
  if (question.kind === 'colour') {
    const [colour] = coloursIn(page.lines.join(' '))
    return colour
      ? { short: colour, because: 'it is named there' }
      : { short: 'black', because: 'no colour is named, and letters are mostly black' }
  }
  const worked = workOut(question, page.figures)
  if (worked) return worked
  if (question.kind === 'yes-no') {
    const found = question.terms.filter((term) => termsOf(page.lines.join(' ')).some((word) => alike(word, term)))
    return {
      short: found.length * 2 > question.terms.length ? 'Yes' : 'No',
      because: `${found.length} of ${question.terms.length} words of the question are printed there`,
    }
  }
  if (question.kind === 'count' && page.figures.length > 0)
    return { short: String(page.figures.length), because: 'that many figures are printed' }
  const near = nearTheTerms(question, page)
  const wantsYear = /\b(what|which) years?\b/i.test(question.ask)
  if ((wantsYear || question.kind === 'number') && !/\d/.test(near.short)) {
    const number = wantsYear ? page.cells.map(({ text }) => text).find(isYear) : page.figures[0]?.text
    if (number) return { short: number, because: 'it is the first that is printed' }
  }
  return near
}

/** The choice that is the worked-out answer, else the one whose words are printed most fully, else the first. */
function bestChoice(question: Question, page: PageText): FigureAnswer {
  const worked = workOut({ ...question, kind: 'open' }, page.figures)
  const printedTerms = termsOf(page.lines.join(' '))
  const score = (text: string) => {
    const same =
      worked &&
      (text.toLowerCase() === worked.short.toLowerCase() ||
        (numberIn(text) !== null && numberIn(text) === numberIn(worked.short)))
    return (same ? 2 : 0) + shareNamed(text, printedTerms)
  }
  const best = question.choices.reduce((a, b) => (score(b.text) > score(a.text) ? b : a))
  return {
    short: choiceShort(best),
    because: score(best.text) > 0 ? 'its words are printed there' : 'no choice is printed there',
  }
}

/** What follows the question's words on the line that has most of them, else the text next to or below them, else the line. */
function nearTheTerms(question: Question, page: PageText): FigureAnswer {
  const wantsNumber =
    question.kind === 'number' || question.kind === 'count' || /\b(when|date|year|number)\b/i.test(question.ask)
  const scored = page.cells.map((cell) => ({
    cell,
    hits: question.terms.filter((term) => termsOf(cell.text).some((word) => alike(word, term))).length,
  }))
  const best = scored.reduce((a, b) => (b.hits > a.hits ? b : a))
  if (best.hits === 0) {
    const number = page.cells
      .map(({ text }) => /[$€£]?\d[\d,.:/-]*%?/.exec(text)?.[0])
      .find((found) => found !== undefined)
    if (wantsNumber && number) return { short: number, because: 'it is the first figure printed' }
    return { short: page.title || page.lines[0]!, because: 'it is the text that stands out most' }
  }
  const { cell } = best
  const words = cell.text.split(' ')
  const lastHit = words.findLastIndex((word) =>
    termsOf(word).some((printed) => question.terms.some((term) => alike(printed, term))),
  )
  const after = words
    .slice(lastHit + 1)
    .join(' ')
    .replace(/^[\s:–-]+/, '')
  if (after && (words[lastHit]!.endsWith(':') || !wantsNumber || /\d/.test(after)))
    return { short: after, because: `it follows “${words.slice(0, lastHit + 1).join(' ')}”` }
  const beside = page.cells
    .filter((other) => other.left > cell.right && other.top < cell.bottom && other.bottom > cell.top)
    .sort((a, b) => a.left - b.left)[0]
  const below = page.cells
    .filter((other) => other.top >= cell.bottom - 2 && other.left < cell.right && other.right > cell.left)
    .sort((a, b) => a.top - b.top)[0]
  const neighbour = beside ?? (cell.text.endsWith(':') ? below : undefined)
  return neighbour
    ? { short: neighbour.text, because: `it stands next to “${cell.text}”` }
    : { short: cell.text, because: 'it shares most words with the question' }
}

function sentencesFor(question: Question, page: PageText, answer: FigureAnswer): string[] {
  const others = page.cells.map(({ text }) => text).filter((text) => text !== page.title && /\p{L}{3}/u.test(text))
  const sample = inWords(others.slice(0, 5).map(quoted))
  const values = page.figures.map(({ value }) => value)
  const range =
    values.length > 1 ? `The figures printed run from ${Math.min(...values)} to ${Math.max(...values)}.` : ''
  switch (question.kind) {
    case 'describe':
      return [
        page.title ? `The largest line reads ${quoted(page.title)}.` : 'No line stands out as a title.',
        sample && `Other words I can read: ${sample}.`,
        range,
      ].filter(Boolean)
    case 'create':
      return [
        `${quoted(page.title || page.lines[0]!)}, says the page,`,
        `and then ${sample || 'nothing more'};`,
        'the rest is between the lines.',
      ]
    case 'text':
      return [
        /\b(transcribe|all (the )?(text|words)|ocr)\b/i.test(question.ask)
          ? `The text reads: ${quoted(page.lines.join(' / '))}.`
          : `It reads ${quoted(answer.short)}: ${answer.because}.`,
      ]
    case 'choice':
    case 'point':
    case 'count':
    case 'yes-no':
    case 'colour':
    case 'number':
    case 'open':
      return [
        `Going by the printed text: ${quoted(answer.short)}; ${answer.because}.`,
        sample ? `Around it I read ${sample}.` : range,
      ].filter(Boolean)
  }
}

/** Labelled figures where there are several, else the lines, parted where one reads "name: value". */
function factsOf(page: PageText): Findings['facts'] {
  const labelled = page.figures.filter(({ labels }) => labels.length > 0)
  const names = new Set(labelled.map(({ labels }) => labels[0]))
  if (labelled.length > 1)
    return labelled.map(({ labels, text }) => [names.size < labelled.length ? labels.join(', ') : labels[0]!, text])
  const lines = page.lines.filter((line) => /\p{L}{2}/u.test(line)).slice(0, 12)
  return lines.map((line, index) => (/^[^:]{2,40}:\s*\S/.test(line) ? splitOnce(line) : [`Line ${index + 1}`, line]))
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf(':')
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()]
}

function quoted(text: string): string {
  return `“${text}”`
}
