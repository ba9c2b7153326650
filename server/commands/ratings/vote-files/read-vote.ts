import { styles, type VoteColumns } from './vote-columns.ts'
import { structOf, tagsOf } from './tags.ts'

type Row = Record<string, unknown>

/** A row that is not a vote; the message says why. */
export class BadRow extends Error {
  override name = 'BadRow'
}

/** One row of a file as a vote: names as one spelling of them, and what else rating can use. */
export interface ReadVote {
  left: string
  right: string
  /** As the file spells them. */
  spelt: [left: string, right: string]
  winner: 'model_a' | 'model_b' | 'tie' | 'both_bad' | 'unsure'
  /** Undefined where the file does not say. */
  blind?: boolean
  rater?: string
  item?: string
  /** Which turn of a conversation was judged. */
  turn: string
  /** NaN where there is none that could be used. */
  weight: number
  /** Left and right in turn, in the order of `styles`; NaN where there is none. */
  style: number[]
  groups?: string[]
}

const longestName = 500

/** Reads a row by the columns of its file. Throws BadRow; for a weight only where weights are asked for. */
export function readVote(row: Row, columns: VoteColumns, weights: boolean): ReadVote {
  const spelt: [string, string] = [nameIn(row[columns.model_a]), nameIn(row[columns.model_b])]
  const [left, right] = [oneSpelling(spelt[0]), oneSpelling(spelt[1])]
  const winner =
    columns.winner === undefined ? oneTrue(row, columns.oneOf!) : outcomeIn(row[columns.winner], left, right)
  if (left === right) throw new BadRow(`${JSON.stringify(left)} stands against itself`)
  const blind = columns.blind === undefined ? undefined : truthOf(row[columns.blind], columns.blind)
  const [rater, item] = [idIn(row, columns.rater), idIn(row, columns.item)]
  return {
    ...{ left, right, spelt, winner, turn: idIn(row, columns.turn) ?? '' },
    ...(blind !== undefined && { blind }),
    ...(rater !== undefined && { rater }),
    ...(item !== undefined && { item }),
    weight: columns.weight === undefined ? NaN : weightIn(row[columns.weight], weights),
    style: styleOf(row, columns),
    ...(columns.split !== undefined && { groups: tagsOf(row[columns.split]) }),
  }
}

function nameIn(value: unknown): string {
  const name = textIn(value)
  if (name === undefined || name.trim() === '') throw new BadRow('a vote needs two models with names')
  // A replacement character is what is left of bytes that are not UTF-8: different names could become one.
  if (/[\0\uFFFD]/.test(name)) throw new BadRow(`the name ${JSON.stringify(name.slice(0, 80))} is not UTF-8 text`)
  if (name.length > longestName)
    throw new BadRow(`the name ${JSON.stringify(name.slice(0, 40))}… is longer than ${longestName} signs`)
  return name
}

/** Text, or what tools write in place of it; undefined for anything else. */
function textIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : undefined
}

/** A name without spaces around it, its accents in one of the two forms that look alike. */
const oneSpelling = (name: string) => name.trim().normalize('NFC')

const outcomes: Record<string, ReadVote['winner']> = {
  ...{ model_a: 'model_a', a: 'model_a', model_b: 'model_b', b: 'model_b' },
  ...{ tie: 'tie', 'tie_(inconsistent)': 'tie' },
  ...{ both_bad: 'both_bad', bothbad: 'both_bad', 'tie_(bothbad)': 'both_bad', 'tie_(both_bad)': 'both_bad' },
  unsure: 'unsure',
}
const accepted = 'model_a, model_b, tie, both_bad, unsure, or the name of one of the two models'

/** Who won: the side in any case, or the model by its name. */
function outcomeIn(value: unknown, left: string, right: string): ReadVote['winner'] {
  const text = textIn(value)?.trim()
  if (text === '' || value === null || value === undefined) throw new BadRow('the vote has no winner')
  const bySide = text === undefined ? undefined : outcomes[text.toLowerCase().replace(/[ -]/g, '_')]
  const name = text === undefined ? undefined : oneSpelling(text)
  const byName = name === left ? 'model_a' : name === right ? 'model_b' : undefined
  if (bySide && byName && bySide !== byName)
    throw new BadRow(`the outcome ${JSON.stringify(text)} could be a side or the model of that name`)
  const outcome = bySide ?? byName
  if (outcome) return outcome
  const found = (JSON.stringify(text ?? value) ?? '').slice(0, 80)
  throw new BadRow(`unknown outcome ${found}; it is ${accepted}`)
}

function oneTrue(row: Row, oneOf: NonNullable<VoteColumns['oneOf']>): ReadVote['winner'] {
  const held = oneOf.filter(({ column }) => truthOf(row[column], column) === true)
  if (held.length === 1) return held[0]!.outcome as ReadVote['winner']
  throw new BadRow(`of ${oneOf.map(({ column }) => column).join(', ')} one must be 1, not ${held.length}`)
}

const truths: Record<string, boolean> = {
  ...{ true: true, t: true, yes: true, y: true, '1': true, '1.0': true },
  ...{ false: false, f: false, no: false, n: false, '0': false, '0.0': false },
}

/** Yes or no as tools write it; undefined for an empty cell. */
function truthOf(value: unknown, column: string): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (isMissing(value)) return undefined
  const truth = truths[String(value).trim().toLowerCase()]
  if (truth === undefined)
    throw new BadRow(`${column} is ${JSON.stringify(String(value).slice(0, 40))}, not true or false`)
  return truth
}

/** What stands for nothing in files of other tools. */
const missing = new Set(['', 'nan', 'none', 'null', '<na>', '#n/a', 'n/a'])
const isMissing = (value: unknown) =>
  value === null ||
  value === undefined ||
  Number.isNaN(value) ||
  (typeof value === 'string' && missing.has(value.trim().toLowerCase()))

/** An id as text, whether it was written as text or as a number; undefined where there is none. */
function idIn(row: Row, column: string | undefined): string | undefined {
  const value = column === undefined ? undefined : row[column]
  if (isMissing(value)) return undefined
  return textIn(value)?.trim() ?? JSON.stringify(value)
}

function numberIn(value: unknown): number {
  if (isMissing(value)) return NaN
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? Number(value) : NaN
}

function weightIn(value: unknown, asked: boolean): number {
  const weight = numberIn(value)
  if (asked && !(weight > 0 && weight < Infinity))
    throw new BadRow(`a weight must be a positive number, not ${(JSON.stringify(value) ?? 'missing').slice(0, 80)}`)
  return weight
}

/** Where battle files of the public arena keep what ours call tokens, headers, lists and bold. */
const arenaNames = {
  tokens: 'sum_assistant_?_tokens',
  headers: 'header_count_?',
  lists: 'list_count_?',
  bold: 'bold_count_?',
} as const

const sides = ['a', 'b'] as const

function styleOf(row: Row, { style, metadata }: VoteColumns): number[] {
  if (metadata === undefined && Object.keys(style).length === 0) return []
  const cell = metadata === undefined ? undefined : row[metadata]
  const counts = (typeof cell === 'string' ? structOf(cell) : cell) as Row | null | undefined
  return styles.flatMap((one) =>
    sides.map((side) => {
      const own = style[one]
      return own ? numberIn(row[own[side]]) : arenaCount(counts?.[arenaNames[one].replace('?', side)])
    }),
  )
}

/** A count of the arena's, which may be split by kind. */
function arenaCount(value: unknown): number {
  if (typeof value !== 'object' || value === null) return typeof value === 'number' ? value : NaN
  return Object.values(value).reduce<number>((sum, count) => sum + Number(count), 0)
}

/** Whether a spreadsheet has rounded an id: different ones may have become one. */
export const isRounded = (id: string) => /^\d[.,]\d+E\+\d+$/i.test(id)
