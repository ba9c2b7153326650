import { InputError } from '#server/core/problem.ts'

/** What a column of votes can hold that has to be found by its name. */
export type ColumnRole = 'model_a' | 'model_b' | 'winner' | 'rater' | 'item' | 'weight'

/** Columns named by whoever asks, where the file calls them otherwise. */
export type NamedColumns = Partial<Record<ColumnRole, string>>

export const styles = ['tokens', 'headers', 'lists', 'bold'] as const

/** Which column of a file holds what. */
export interface VoteColumns extends Partial<Record<ColumnRole, string>> {
  model_a: string
  model_b: string
  /** Three or four columns of which one is true, where no column names the winner. */
  oneOf?: { column: string; outcome: string }[]
  blind?: string
  turn?: string
  metadata?: string
  split?: string
  /** Counts of style on the left and on the right. */
  style: Partial<Record<(typeof styles)[number], { a: string; b: string }>>
}

/** What columns are called in files that people publish, the likeliest first. */
const usualNames: Record<ColumnRole, string[]> = {
  model_a: ['model_a'],
  model_b: ['model_b'],
  winner: ['winner'],
  rater: ['rater', 'judge', 'judge_hash', 'user', 'rater_id', 'user_id', 'annotator', 'evaluation_session_id'],
  item: ['item', 'query', 'question_id', 'item_id', 'query_id', 'prompt_id'],
  weight: ['weight'],
}

/** What the public set of 55,000 votes has in place of a winner. */
const oneOfNames = [
  { name: 'winner_model_a', outcome: 'model_a' },
  { name: 'winner_model_b', outcome: 'model_b' },
  { name: 'winner_tie', outcome: 'tie' },
  { name: 'winner_both_bad', outcome: 'both_bad' },
]

/** A column's name without what people vary: case, spaces and signs. */
export const foldName = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/**
 * Finds the columns of votes among those of a file; case, spaces and signs do not matter. Throws an InputError where one
 * is missing, or where two could be meant.
 */
export function findColumns(columns: string[], named: NamedColumns, splitBy: string | undefined): VoteColumns {
  const byFold = Map.groupBy(columns, foldName)
  const find = (wanted: string, role?: ColumnRole): string | undefined => {
    const found = byFold.get(foldName(wanted)) ?? []
    if (found.length <= 1) return found[0]
    if (role && named[role] !== undefined && found.filter((one) => one === wanted).length === 1) return wanted
    throw new InputError(twoColumns(found, wanted, role))
  }
  const required = (wanted: string, role?: ColumnRole): string => {
    const found = find(wanted, role)
    if (found === undefined) throw new InputError(missing(wanted, role, columns))
    return found
  }
  const byRole = (role: ColumnRole) => {
    const own = named[role]
    if (own !== undefined) return required(own, role)
    for (const name of usualNames[role]) {
      const found = find(name, role)
      if (found !== undefined) return found
    }
    return undefined
  }
  const winner = byRole('winner')
  const oneOf = winner === undefined ? oneOfColumns(find) : undefined
  if (winner === undefined && !oneOf) throw new InputError(missing('winner', 'winner', columns))
  return {
    model_a: byRole('model_a') ?? required('model_a', 'model_a'),
    model_b: byRole('model_b') ?? required('model_b', 'model_b'),
    ...defined({ winner, oneOf, rater: byRole('rater'), item: byRole('item'), weight: byRole('weight') }),
    ...defined({ blind: find('anony'), turn: find('turn'), metadata: find('conv_metadata') }),
    ...(splitBy !== undefined && { split: required(splitBy) }),
    style: styleColumns(find),
  }
}

type Find = (wanted: string) => string | undefined

function oneOfColumns(find: Find): VoteColumns['oneOf'] | undefined {
  const found = oneOfNames.flatMap(({ name, outcome }) => {
    const column = find(name)
    return column === undefined ? [] : [{ column, outcome }]
  })
  return found.length >= 2 ? found : undefined
}

function styleColumns(find: Find): VoteColumns['style'] {
  const found: VoteColumns['style'] = {}
  for (const style of styles) {
    const [a, b] = [find(`${style}_a`), find(`${style}_b`)]
    if (a !== undefined && b !== undefined) found[style] = { a, b }
  }
  return found
}

/** The names of all columns that are read. */
export function namesRead({ oneOf = [], style, ...rest }: VoteColumns): Set<string> {
  const single = Object.values(rest).filter((name) => typeof name === 'string')
  return new Set([
    ...single,
    ...oneOf.map(({ column }) => column),
    ...Object.values(style).flatMap(({ a, b }) => [a, b]),
  ])
}

const mostColumnsNamed = 20

function missing(wanted: string, role: ColumnRole | undefined, columns: string[]): string {
  const named = columns.filter((name) => name.trim() !== '').map((name) => name.slice(0, 60))
  const more = named.length > mostColumnsNamed ? ` and ${named.length - mostColumnsNamed} more` : ''
  const cure = role ? `; ${optionOf(role)} NAME says which it is` : ''
  return `there is no column ${wanted}. The columns are ${named.slice(0, mostColumnsNamed).join(', ')}${more}${cure}`
}

function twoColumns(found: string[], wanted: string, role: ColumnRole | undefined): string {
  if (new Set(found).size === 1) return `${found.length} columns are called ${found[0]}; rename all but one`
  const cure = role ? `; ${optionOf(role)} NAME says which it is` : '; rename all but one'
  return `the columns ${found.join(' and ')} could both be ${wanted}${cure}`
}

const optionOf = (role: ColumnRole) => `--${role.replace('_', '-')}-column`

function defined<Part extends Record<string, unknown>>(part: Part): { [Key in keyof Part]?: NonNullable<Part[Key]> } {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as never
}
