import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { InputError } from '#server/core/problem.ts'
import type { LinedRow } from './csv.ts'

/** Reads JSON Lines, one object a line; empty lines are passed over. Throws an InputError with the line otherwise. */
export async function* readJsonLines(
  source: Readable,
  name: string,
): AsyncGenerator<LinedRow<Record<string, unknown>>> {
  const lines = createInterface({ input: source, crlfDelay: Infinity })
  const failed = new Promise<never>((_, reject) => source.once('error', reject))
  failed.catch(() => lines.close())
  let line = 0
  for await (const text of lines) {
    line++
    if (text.trim() === '') continue
    yield { line, row: objectFrom(text, `${name}, line ${line}`) }
  }
  if (source.errored) throw source.errored
}

function objectFrom(text: string, where: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new InputError(`${where}: not a whole JSON object`, { cause: error })
  }
  if (!isObject(value)) throw new InputError(`${where}: not a JSON object`)
  return value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads a JSON list of objects from its whole text, each with the line it starts on. */
export function readJsonList(text: string, name: string): LinedRow<Record<string, unknown>>[] {
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch (error) {
    const position = Number(/position (\d+)/.exec(String(error))?.[1] ?? text.length)
    throw new InputError(`${name}, line ${lineAt(text, position)}: the JSON breaks off or is not JSON`, {
      cause: error,
    })
  }
  if (!Array.isArray(list)) throw new InputError(`${name}, line 1: not a list of battles`)
  const lines = startLines(text)
  return list.map((row: unknown, k) => {
    if (!isObject(row)) throw new InputError(`${name}, line ${lines[k]}: not a JSON object`)
    return { line: lines[k]!, row }
  })
}

function lineAt(text: string, position: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) line++
  return line
}

/** The line on which each element of a JSON list starts; the text is known to parse. */
function startLines(text: string): number[] {
  const lines: number[] = []
  let line = 1
  let depth = 0
  let quoted = false
  let fresh = true
  for (let k = 0; k < text.length; k++) {
    const sign = text[k]!
    if (sign === '\n') line++
    if (quoted) {
      if (sign === '\\') k++
      else if (sign === '"') quoted = false
      continue
    }
    if (depth === 1 && fresh && !/[\s\]]/.test(sign)) {
      lines.push(line)
      fresh = false
    }
    if (sign === '"') quoted = true
    else if (sign === '[' || sign === '{') depth++
    else if (sign === ']' || sign === '}') depth--
    else if (sign === ',' && depth === 1) fresh = true
  }
  return lines
}
