import { letterOf } from '../choice/multiple-choice.ts'
import { hasMoreWordsThan, strip, stripCharacters } from '../text/python-text.ts'

const marks = [',', '.', '!', '?', ';', ':', "'"]

/** How one script finds letters: the ways of writing, tried in order, and whether a final `Answer:` is read first. */
interface Reading {
  forms: ((letter: string) => string)[]
  readsAnswerCue: boolean
}

const official: Reading = { forms: [(letter) => ` ${letter} `], readsAnswerCue: false }
const lmmsEval: Reading = { forms: [(letter) => `${letter} `, (letter) => `${letter}.`], readsAnswerCue: false }
const mmmuPro: Reading = { ...lmmsEval, readsAnswerCue: true }

/**
 * The letter that the official MMMU script reads, null where it would draw one at random. `options` are texts.
 * Rule: Yue et al. 2023, the authors' evaluation code.
 */
export function parseMmmuChoice(response: string, options: readonly string[]): string | null {
  return parse(official, response, options)
}

/** The letter that lmms-eval's MMMU reads: a letter need not stand alone, and `X.` counts. Null for a random draw. */
export function parseMmmuChoiceOfLmmsEval(response: string, options: readonly string[]): string | null {
  return parse(lmmsEval, response, options)
}

/** The letter that MMMU-Pro's script reads: the only letter after the last `Answer:`, else as lmms-eval. Null for a random draw. */
export function parseMmmuProChoice(response: string, options: readonly string[]): string | null {
  return parse(mmmuPro, response, options)
}

function parse(reading: Reading, response: string, options: readonly string[]): string | null {
  const letters = options.map((_, index) => letterOf(index))
  const cued = reading.readsAnswerCue ? onlyLetterAfterCue(response, letters) : null
  if (cued !== null) return cued
  const text = ` ${stripMarks(response)} `
  const bracketed = letters.filter((letter) => text.includes(`(${letter})`))
  if (bracketed.length > 0) return latest(bracketed, (letter) => text.lastIndexOf(`(${letter})`))
  for (const form of reading.forms) {
    const found = letters.filter((letter) => text.includes(form(letter)))
    if (found.length > 0) return latest(found, (letter) => text.lastIndexOf(` ${letter} `))
  }
  return hasMoreWordsThan(text, 5) ? parseOptionText(text.toLowerCase(), options) : null
}

function onlyLetterAfterCue(response: string, letters: readonly string[]): string | null {
  const cue = response.lastIndexOf('Answer:')
  if (cue < 0) return null
  const rest = strip(response.slice(cue + 'Answer:'.length))
  const found = letters.filter((letter) => rest.includes(letter))
  return found.length === 1 ? found[0]! : null
}

function parseOptionText(text: string, options: readonly string[]): string | null {
  const positions = new Map<string, number>()
  options.forEach((option, index) => {
    const position = text.lastIndexOf(option.toLowerCase())
    if (position >= 0) positions.set(letterOf(index), position)
  })
  return positions.size === 0 ? null : latest([...positions.keys()], (letter) => positions.get(letter)!)
}

/** The letter whose last occurrence starts latest, the first one on ties. */
function latest(letters: readonly string[], position: (letter: string) => number): string {
  if (letters.length === 1) return letters[0]!
  const positions = letters.map(position)
  return letters[positions.indexOf(Math.max(...positions))]!
}

function stripMarks(response: string): string {
  return marks.reduce(stripCharacters, response)
}
