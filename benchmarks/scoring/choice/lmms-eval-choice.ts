import { choicesOf, letterOf } from './multiple-choice.ts'
import { SPACE, strip, stripCharacters } from '../text/python-text.ts'
import { goldOf, type Scorer } from '../scorer.ts'

const leadingLetter = new RegExp(`^[${SPACE}]*([A-Z])\\.`)
const asciiPunctuation = /[!-/:-@[-`{-~]/g
const startsWithLetter = /^\p{L}/u

/** lmms-eval's AI2D filter: the capital letter before a full stop at the start of the response, else the whole response. */
export function filterAi2d(response: string): string {
  return leadingLetter.exec(response)?.[1] ?? response
}

/** lmms-eval's AI2D comparison: equal after lower-casing and deleting ASCII punctuation; white space counts. */
export function matchesAi2d(filtered: string, letter: string): boolean {
  return withoutPunctuation(filtered) === withoutPunctuation(letter)
}

function withoutPunctuation(text: string): string {
  return text.toLowerCase().replace(asciiPunctuation, '')
}

/** lmms-eval's AI2D scorer. Gold is a letter. */
export const lmmsEvalAi2d: Scorer<string> = {
  extract: (response) => filterAi2d(response),
  score(answer, question) {
    const gold = goldOf(question)
    const value = matchesAi2d(answer, gold) ? 1 : 0
    return { value, steps: [`“${answer}” ${value ? 'equals' : 'is not'} ${gold}, case and punctuation aside`] }
  },
}

const marks = [',', '.', '!', '?', ';', ':', "'", '"']

const answerPhrases = [
  ...['answer', 'correct answer', 'best answer', 'correct option', 'best option', 'choice', 'correct choice'].flatMap(
    (subject) => [`the ${subject} is`, `${subject} is`],
  ),
  ...['i choose', 'i select', 'i pick', 'my answer is', 'my choice is'],
  ...['옵션', '정답은', '답은', '답:', '答案是', '答案为', '选', '答えは'],
]

const priority = { start: 10, end: 9, phrase: 7, '(X)': 6, 'X.': 5, 'X:': 4, 'X)': 3, 'X ': 2 }

interface Candidate {
  letter: string
  position: number
  priority: number
}

/**
 * The letter lmms-eval's extractor finds, or '' for none: every way of writing an option has a priority, the highest one
 * wins, the latest within it. Used by its RealWorldQA.
 */
export function extractMcqLetter(response: string, letters: readonly string[]): string {
  const bare = stripMarks(strip(response))
  if (strip(response) === '') return ''
  const text = ` ${bare} `
  const candidates = [...writtenForms(text, letters), ...afterPhrases(text, letters), ...atTheEnds(text, letters)]
  if (candidates.length > 0) return latestOfHighest(candidates)
  return latestOfHighest(letters.flatMap((letter) => lastOccurrence(text, letter, letter, 0)))
}

function stripMarks(text: string): string {
  return marks.reduce(stripCharacters, text)
}

function writtenForms(text: string, letters: readonly string[]): Candidate[] {
  const forms = ['(X)', 'X.', 'X:', 'X)', 'X '] as const
  return forms.flatMap((form) =>
    letters.flatMap((letter) => lastOccurrence(text, form.replace('X', letter), letter, priority[form])),
  )
}

function lastOccurrence(text: string, written: string, letter: string, priority: number): Candidate[] {
  const position = text.lastIndexOf(written)
  return position < 0 ? [] : [{ letter, position, priority }]
}

/** Each phrase counts where it first occurs, so a longer one that comes later adds later candidates. */
function afterPhrases(text: string, letters: readonly string[]): Candidate[] {
  const lower = text.toLowerCase()
  return answerPhrases.flatMap((phrase) => {
    const found = lower.indexOf(phrase)
    if (found < 0) return []
    return letters.flatMap((letter) => {
      const position = text.indexOf(letter, found + phrase.length)
      return position < 0 ? [] : [{ letter, position, priority: priority.phrase }]
    })
  })
}

function atTheEnds(text: string, letters: readonly string[]): Candidate[] {
  const bare = strip(text)
  const second = bare.slice(1)
  const beforeLast = Array.from(bare.slice(0, -1)).at(-1) ?? ''
  return letters.flatMap((letter) => [
    ...(bare.startsWith(letter) && !startsWithLetter.test(second)
      ? [{ letter, position: 0, priority: priority.start }]
      : []),
    ...(bare.endsWith(letter) && !startsWithLetter.test(beforeLast)
      ? [{ letter, position: text.length - 1, priority: priority.end }]
      : []),
  ])
}

function latestOfHighest(candidates: readonly Candidate[]): string {
  let best: Candidate | undefined
  for (const candidate of candidates) {
    const isBetter =
      !best ||
      candidate.priority > best.priority ||
      (candidate.priority === best.priority && candidate.position > best.position)
    if (isBetter) best = candidate
  }
  return best?.letter ?? ''
}

/** lmms-eval's letter extractor over the question's options. Gold is a letter. */
export const lmmsEvalChoice: Scorer<string> = {
  extract: (response, question) =>
    extractMcqLetter(
      response,
      choicesOf(question).map((_, index) => letterOf(index)),
    ) || null,
  score(answer, question) {
    const gold = goldOf(question)
    const value = answer === gold ? 1 : 0
    return { value, steps: [`option ${answer}, gold is ${gold} → ${value ? 'right' : 'wrong'}`] }
  },
}
