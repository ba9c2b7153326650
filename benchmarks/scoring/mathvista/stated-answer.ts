import { letterOf } from '../choice/multiple-choice.ts'
import type { MathVistaProblem } from './normalise.ts'

/**
 * The answer that a response states as its own: in `<answer>`, `\boxed{}` or JSON, after the last "answer is" or "Answer:",
 * at its very start where that is a letter, or in its last conclusion. A letter for multiple choice, else a number or a
 * list as text; null where it states none. Nothing is guessed: this is for reading without a judge.
 */
export function statedAnswer(response: string, problem: MathVistaProblem): string | null {
  const read = readerOf(problem)
  for (const passage of passagesOf(response)) {
    const found = read(passage)
    if (found !== null) return found
  }
  return null
}

type Reader = (passage: string) => string | null

function readerOf({ questionType, answerType, choices }: MathVistaProblem): Reader {
  if (questionType === 'multi_choice') return (passage) => choiceAtStart(passage, choices ?? [])
  if (answerType === 'list') return (passage) => /^[^[\n]{0,40}(\[[^[\]]*\])/.exec(passage)?.[1] ?? null
  return numberIn
}

/** Where an answer may be stated, the plainest first. */
function passagesOf(response: string): string[] {
  return [
    lastBetween(response, '<answer>', '</answer>'),
    inBox(response),
    inJson(response),
    afterCue(response),
    optionCalledRight(response),
    letterFirst.test(response.trimStart()) ? response.trimStart() : null,
    lastConclusion(response),
  ].filter((passage) => passage !== null)
}

function lastBetween(text: string, open: string, close: string): string | null {
  const lower = text.toLowerCase()
  const start = lower.lastIndexOf(open)
  if (start < 0) return null
  const end = lower.indexOf(close, start)
  return text.slice(start + open.length, end < 0 ? undefined : end)
}

/** What stands in the last `\boxed{…}`, with the braces in it. */
function inBox(text: string): string | null {
  const start = text.lastIndexOf('\\boxed{')
  if (start < 0) return null
  let depth = 0
  for (let at = start + 6; at < text.length; at++) {
    if (text[at] === '{') depth++
    else if (text[at] === '}' && --depth === 0) return text.slice(start + 7, at)
  }
  return null
}

const answerKeys = ['answer', 'final_answer', 'finalAnswer', 'Answer', 'final answer', 'result']

function inJson(text: string): string | null {
  const [start, end] = [text.indexOf('{'), text.lastIndexOf('}')]
  if (start < 0 || end < start) return null
  try {
    const value = JSON.parse(text.slice(start, end + 1)) as Record<string, unknown>
    const answer = answerKeys.map((key) => value[key]).find((found) => found !== undefined && found !== null)
    return answer === undefined ? null : typeof answer === 'string' ? answer : JSON.stringify(answer)
  } catch {
    return null
  }
}

const cues = ['answer', 'correct option', 'correct choice', '答案']
const ends = [' is', ':', '：', '是', '为']

/** What follows the last cue that says a value; one that is denied says none. */
function afterCue(text: string): string | null {
  const lower = text.toLowerCase()
  let before = text.length
  for (let tries = 0; tries < 20 && before > 0; tries++) {
    const at = Math.max(...cues.map((cue) => lower.lastIndexOf(cue, before - 1)))
    if (at < 0) return null
    const sentence = text.slice(at, at + 90)
    const said = ends.map((end) => sentence.indexOf(end) + end.length).filter((said, k) => said >= ends[k]!.length)
    const rest = said.length > 0 ? withoutFiller(text.slice(at + Math.min(...said))) : ''
    if (rest !== '' && !/^not\b/i.test(rest)) return rest
    before = at
  }
  return null
}

/** A passage from its first word that could be an answer on. */
function withoutFiller(text: string): string {
  return text.replace(/^[\s:：*,]+/, '').replace(/^(?:therefore|thus|then|hence|clearly|simply),? /i, '')
}

const conclusion = /^(?:therefore|thus|hence|so|因此|所以)/i

/** The last sentence that draws a conclusion, from what is bold in it on. */
function lastConclusion(text: string): string | null {
  const sentence = text
    .split(/\n|(?<=[.!?。]) /)
    .map((one) => one.replace(/^[\s*#>-]+/, ''))
    .findLast((one) => conclusion.test(one))
  if (sentence === undefined) return null
  const drawn = withoutFiller(sentence.replace(conclusion, ''))
  const bold = drawn.indexOf('**')
  return bold >= 0 && /^\*\*[^*\d]{0,20}\d/.test(drawn.slice(bold)) ? drawn.slice(bold) : drawn
}

/** The letter in the last "option B is correct". */
function optionCalledRight(text: string): string | null {
  const called = /\b(?:option|choice) \(?([A-Z])\)? is (?:the )?(?:correct|right|best)\b/gi
  const letter = [...text.matchAll(called)].at(-1)?.[1]
  return letter === undefined ? null : `(${letter})`
}

const letterFirst = /^[*"']{0,3}(?:\([A-Za-z]\)|[A-Z](?=[.):]))/
const brackets = /^[\s*"'`$\\{[]*(?:text\{|textbf\{|mathrm\{)?(?:(?:the )?(?:correct )?(?:option|choice) )?\*{0,2}/i

/** The letter or the option that a passage begins with. */
function choiceAtStart(passage: string, choices: readonly string[]): string | null {
  const start = passage.replace(brackets, '')
  const letter =
    /^\(([A-Za-z])\)/.exec(start)?.[1] ??
    /^([A-Z])(?=$|[^\p{L}\p{N}\s'’-]|\s{0,4}$|\s{0,4}\n|\s(?:because|since|as|is correct|is the)\b)/u.exec(start)?.[1]
  const letters = choices.map((_, index) => letterOf(index))
  if (letter !== undefined && letters.includes(letter.toUpperCase())) return letter.toUpperCase()
  const lower = start.toLowerCase()
  const begun = choices
    .map((choice, index) => ({ text: choice.toLowerCase(), letter: letterOf(index) }))
    .filter(
      ({ text }) => text !== '' && lower.startsWith(text) && !/^[\p{L}\p{N}]|^[.,]\d/u.test(lower.slice(text.length)),
    )
    .sort((a, b) => b.text.length - a.text.length)
  return begun[0]?.letter ?? null
}

/** The number that a passage gives: the first behind its last equals sign, or its first. */
function numberIn(passage: string): string | null {
  const [sentence = ''] = plainNumbers(passage).split(/\n|\. |。/, 1)
  const equals = sentence.search(/=[^=]*$/)
  return firstNumber(equals >= 0 ? sentence.slice(equals) : sentence) ?? firstNumber(sentence)
}

function firstNumber(text: string): string | null {
  const found = /[-−]?(?:\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?/i.exec(text)?.[0]
  if (found === undefined) return null
  const before = text[text.indexOf(found) - 1] ?? ' '
  const number = found.replaceAll(',', '').replace('−', '-')
  // A dash between two numbers or behind a word is no sign.
  return number.startsWith('-') && /[\w)]/.test(before) ? number.slice(1) : number
}

/** Numbers without the ways to write them that only type-setting has, and without the powers of units. */
export function plainNumbers(text: string): string {
  return text
    .replace(/\\[,;! ]/g, '')
    .replace(/\\[dt]?frac\{(\d{1,9})\}\{(\d{1,9})\}/g, (_, over: string, under: string) =>
      String(Number(over) / Number(under)),
    )
    .replace(/(\d) ?(?:\\times|\\cdot|×|\*|x) ?10\^\{?(-?\d{1,3})\}?/g, '$1e$2')
    .replace(/([A-Za-z°}])(?:\^\{?-?\d\}?|[²³])/g, '$1')
}
