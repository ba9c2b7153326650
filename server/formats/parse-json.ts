/**
 * Parses JSON as other tools write it. A whole number that a double cannot hold comes as the text of its digits, so that
 * two ids stay two; NaN and Infinity, which Python writes, come as null. Throws SyntaxError as JSON.parse does.
 */
export function parseJson(text: string): unknown {
  return parseForeign(text, parseExact)
}

/**
 * As `parseJson`, but any number that JavaScript would write in another way than it stands there (`3.0`, `1e3`) comes as
 * the text that stands there: what a model answered is not written anew.
 */
export function parseJsonAsWritten(text: string): unknown {
  return parseForeign(text, (json) =>
    /\d\.\d|\d[eE]|\d{16}/.test(json)
      ? JSON.parse(json, keepWritten as Parameters<typeof JSON.parse>[1])
      : JSON.parse(json),
  )
}

function parseForeign(text: string, parse: (json: string) => unknown): unknown {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError) || !/NaN|Infinity/.test(text)) throw error
    return parse(withoutNonNumbers(text))
  }
}

/** What JSON.parse tells a reviver of a number: the text that it read. */
type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown

const isRounded = (value: number, source = '') => /^-?\d+$/.test(source) && String(value) !== source

const keepDigits: Reviver = (_, value, { source }) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && isRounded(value, source) ? source : value

const keepWritten: Reviver = (_, value, { source }) =>
  typeof value === 'number' && source !== undefined && String(value) !== source ? source : value

function parseExact(text: string): unknown {
  // A reviver costs several times the parsing, and few texts have a number as long as that.
  return /\d{16}/.test(text) ? JSON.parse(text, keepDigits as Parameters<typeof JSON.parse>[1]) : JSON.parse(text)
}

/** The text with null for the words that are no JSON, which are left alone inside of strings. */
function withoutNonNumbers(text: string): string {
  const kept: string[] = []
  const found = /"|-?\b(?:NaN|Infinity)\b/g
  let from = 0
  for (let match = found.exec(text); match; match = found.exec(text)) {
    if (match[0] === '"') {
      found.lastIndex = afterString(text, match.index)
      continue
    }
    kept.push(text.slice(from, match.index), 'null')
    from = found.lastIndex
  }
  return kept.join('') + text.slice(from)
}

/** Where a string ends that begins at a quote. */
function afterString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end
    while (text[before - 1] === '\\') before--
    if ((end - before) % 2 === 0) return end + 1
  }
  return text.length
}
