import { InputError } from '#server/core/problem.ts'
import type { LinedRow } from './csv.ts'
import { readLinedJsonItems } from './json-items.ts'
import { parseJson } from './parse-json.ts'

type JsonRow = LinedRow<Record<string, unknown>>

/** The longest line, in characters: no object that anyone wants is longer. */
const longestLine = 64 * 2 ** 20

/**
 * Reads JSON Lines, one object a line; empty lines are passed over. Throws an InputError with the line otherwise; where
 * `onBadRow` is given, it is told of a line that is no object, and reading goes on.
 */
export async function* readJsonLines(
  chunks: AsyncIterable<string>,
  name: string,
  onBadRow?: (line: number, reason: string) => void,
  parse = parseJson,
): AsyncGenerator<JsonRow> {
  for await (const { line, text } of linesOf(chunks, name)) {
    if (text.trim() === '') continue
    try {
      yield { line, row: objectFrom(text, `${name}, line ${line}`, parse) }
    } catch (error) {
      if (!onBadRow || !(error instanceof InputError)) throw error
      onBadRow(line, 'not a whole JSON object')
    }
  }
}

/**
 * Reads a list of JSON objects, each with the line it starts on, or objects one a line where the text starts with one.
 * Neither needs to fit in memory. Throws an InputError with the line otherwise.
 */
export async function* readJsonObjects(chunks: AsyncIterable<string>, name: string): AsyncGenerator<JsonRow> {
  const source = chunks[Symbol.asyncIterator]()
  let start = ''
  for (let next = await source.next(); !next.done; next = await source.next()) {
    start += next.value
    if (start.trim() !== '') break
  }
  // A byte order mark counts as space.
  const sign = start.trimStart()[0]
  if (sign === undefined) return
  const whole = (async function* () {
    yield start
    yield* { [Symbol.asyncIterator]: () => source }
  })()
  if (sign === '{') {
    yield* readJsonLines(whole, name)
    return
  }
  if (sign !== '[') throw new InputError(`${name}, line 1: not a list of JSON objects`)
  for await (const { line, value } of readLinedJsonItems(whole, name)) {
    if (!isObject(value)) throw new InputError(`${name}, line ${line}: not a JSON object`)
    yield { line, row: value }
  }
}

async function* linesOf(chunks: AsyncIterable<string>, name: string): AsyncGenerator<{ line: number; text: string }> {
  let line = 1
  let rest = ''
  for await (const chunk of chunks) {
    const parts = chunk.split('\n')
    parts[0] = rest + parts[0]!
    rest = parts.pop()!
    for (const text of parts) yield { line: line++, text }
    if (rest.length > longestLine) throw new InputError(`${name}, line ${line}: the line is longer than 64 MB`)
  }
  yield { line, text: rest }
}

function objectFrom(text: string, where: string, parse: typeof parseJson): Record<string, unknown> {
  let value: unknown
  try {
    // Of the spaces that JSON does not know, a byte order mark may stand in front.
    value = parse(text.trim())
  } catch (error) {
    throw new InputError(`${where}: not a whole JSON object`, { cause: error })
  }
  if (!isObject(value)) throw new InputError(`${where}: not a JSON object`)
  return value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
