import { parseJson } from '#server/formats/parse-json.ts'

/** The longest cell that is read as a list or a struct. */
const longestCell = 100_000

/** What a vote without a value stands under. */
const none = '(none)'

/**
 * The groups that a cell puts its vote in: the value itself, each value of a list, or the names of what is true in a
 * struct, at any depth. A cell of text may hold a list or a struct as JSON or as Python writes it.
 */
export function tagsOf(cell: unknown): string[] {
  const tags = [...new Set(namesIn(typeof cell === 'string' ? (structOf(cell) ?? cell) : cell))]
  return tags.length === 0 ? [none] : tags
}

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn)
  if (value === null || value === undefined || value === '') return []
  if (typeof value !== 'object') return [String(value)]
  if (value instanceof Date) return [value.toISOString()]
  return Object.entries(value).flatMap(([name, part]) => {
    if (part === true) return [name]
    return typeof part === 'object' ? namesIn(part) : []
  })
}

/** The list or struct that a text holds; undefined for any other text. */
export function structOf(text: string): object | undefined {
  const trimmed = text.trim()
  if (!/^[[{]/.test(trimmed) || trimmed.length > longestCell) return undefined
  for (const json of [trimmed, jsonOfPython(trimmed)]) {
    try {
      const value = parseJson(json)
      if (typeof value === 'object' && value !== null) return value
    } catch {
      // The next spelling, or text after all.
    }
  }
  return undefined
}

const pythonWords: Record<string, string> = { True: 'true', False: 'false', None: 'null' }

/** A list or dict in Python's spelling as JSON, where its texts have no quotes inside. */
const jsonOfPython = (text: string) =>
  text.replace(/'[^'"\\]*'|"[^"\\]*"|\b(?:True|False|None)\b/g, (found) =>
    found.startsWith("'") ? `"${found.slice(1, -1)}"` : (pythonWords[found] ?? found),
  )
