import { InputError } from '#server/core/problem.ts'
import { parseJson } from './parse-json.ts'

const newline = 0x0a
const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d]

/** The longest item, in characters: anything longer is not what it should be. */
const longestItem = 64 * 2 ** 20

/**
 * Reads the items of the outermost array, or of the array under `key` in the outermost object, one at a time: a file of
 * 200 MB never stands in memory. Reading ends with that array. Throws an InputError that names the file and the item.
 */
export async function* readJsonItems(
  chunks: AsyncIterable<string>,
  name: string,
  key?: string,
  parse?: typeof parseJson,
): AsyncGenerator<unknown> {
  for await (const { value } of readLinedJsonItems(chunks, name, key, parse)) yield value
}

/**
 * Reads items as `readJsonItems` does, each with the line it starts on, counted from 1; errors name the line as well.
 */
export async function* readLinedJsonItems(
  chunks: AsyncIterable<string>,
  name: string,
  key?: string,
  parse = parseJson,
): AsyncGenerator<{ line: number; value: unknown }> {
  const arrayDepth = key === undefined ? 1 : 2
  let depth = 0
  let quoted = false
  let escaped = false
  let inside = false
  let count = 0
  /** The text of what is being read: an item, or a string at the outermost level, which may be a key. */
  let kept: string | null = null
  let lastString = ''
  let currentKey: string | undefined
  let line = 1
  let itemLine = 1

  for await (const chunk of chunks) {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const unit = chunk.charCodeAt(at)
      if (unit === newline) line++
      if (quoted) {
        if (escaped) escaped = false
        else if (unit === backslash) escaped = true
        else if (unit === quote) {
          quoted = false
          if (!inside && depth === 1) {
            lastString = (kept ?? '') + chunk.slice(start, at)
            kept = null
          }
        }
        continue
      }
      const isSpace = unit <= 0x20
      if (inside && kept === null && !isSpace && unit !== comma && !(unit === closeBracket && depth === arrayDepth)) {
        kept = ''
        start = at
        itemLine = line
      }
      switch (unit) {
        case quote:
          quoted = true
          if (!inside && depth === 1) {
            kept = ''
            start = at + 1
          }
          break
        case colon:
          if (!inside && depth === 1) currentKey = lastString
          break
        case openBracket:
        case openBrace:
          depth++
          if (!inside && unit === openBracket && depth === arrayDepth && (key === undefined || currentKey === key)) {
            inside = true
          }
          break
        case closeBracket:
        case closeBrace:
        case comma:
          if (inside && depth === arrayDepth && unit !== closeBrace) {
            if (kept !== null)
              yield { line: itemLine, value: itemFrom(kept + chunk.slice(start, at), name, count++, itemLine, parse) }
            kept = null
            if (unit === closeBracket) return
          }
          if (unit !== comma) depth--
          break
      }
    }
    if (kept !== null) kept += chunk.slice(start)
    if (kept !== null && kept.length > longestItem)
      throw new InputError(`${name}, line ${itemLine}: item ${count} is longer than 64 MB`)
  }
  if (inside) throw new InputError(`${name} breaks off after item ${count}, on line ${line}. Fetch it again.`)
  const wanted = key === undefined ? 'no array' : `no array '${key}'`
  throw new InputError(`${name} holds ${wanted} at its outermost level.`)
}

function itemFrom(text: string, name: string, index: number, line: number, parse: typeof parseJson): unknown {
  try {
    return parse(text)
  } catch (cause) {
    throw new InputError(`${name}, line ${line}: item ${index} is not valid JSON (${(cause as Error).message}).`, {
      cause,
    })
  }
}
