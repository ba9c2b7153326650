/** One small change of a source file that a test should notice. */
export interface Mutation {
  /** A path from the root of the project. */
  file: string
  start: number
  end: number
  replacement: string
  /** The line that it begins in, trimmed: with `change` it finds the place again after lines have moved. */
  text: string
  /** In words, such as "`<` becomes `<=`"; a change that is possible more than once in equal lines is numbered. */
  change: string
}

/** A mutation before it has a name. */
export type Edit = Pick<Mutation, 'start' | 'end' | 'replacement'>

/** The same file, line and change, wherever the line stands now. */
export const keyOf = ({ file, text, change }: Pick<Mutation, 'file' | 'text' | 'change'>) =>
  `${file} | ${text} | ${change}`

export const applied = (source: string, { start, end, replacement }: Edit) =>
  source.slice(0, start) + replacement + source.slice(end)

/** Names the edits of a file, in the order of the file. */
export function nameEdits(file: string, source: string, edits: Edit[]): Mutation[] {
  const seen = new Map<string, number>()
  return edits
    .toSorted((a, b) => a.start - b.start || a.end - b.end)
    .map((edit) => {
      const lineStart = source.lastIndexOf('\n', edit.start - 1) + 1
      const lineEnd = source.indexOf('\n', edit.start)
      const text = source.slice(lineStart, lineEnd < 0 ? source.length : lineEnd).trim()
      const change = describe(source.slice(edit.start, edit.end), edit.replacement)
      const nth = (seen.get(`${text} | ${change}`) ?? 0) + 1
      seen.set(`${text} | ${change}`, nth)
      return { ...edit, file, text, change: nth === 1 ? change : `${change} (${nth})` }
    })
}

function describe(before: string, after: string): string {
  return after.trim() === '' ? `${quoted(before)} goes` : `${quoted(before)} becomes ${quoted(after)}`
}

function quoted(code: string): string {
  const line = code.trim().replaceAll(/\s+/g, ' ')
  return `\`${line.length > 80 ? `${line.slice(0, 77)}…` : line}\``
}

/** A number that differs enough to matter. */
export function otherNumber(text: string): string {
  const value = Number(text.replaceAll('_', ''))
  return String(value > 10 || !Number.isInteger(value) ? value * 2 : value + 1)
}
