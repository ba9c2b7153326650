import { is, Column, type GetColumnData } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { ParameterOrFragment, Row } from 'postgres'
import type { Context } from '../context.ts'

/** Takes one value as the database sends it and gives what the code works with. Throws a TypeError when it is no such thing. */
type Read<Value> = (value: unknown) => Value

/** Where a value of a row comes from: a column of a table, or the reader of what a statement computes. */
type Source = AnyPgColumn | Read<unknown>
type Shape = Record<string, Source>
type Values = readonly ParameterOrFragment<never>[]

type ValueOf<Origin> = Origin extends AnyPgColumn
  ? GetColumnData<Origin>
  : Origin extends Read<infer Value>
    ? Value
    : never

/** A row of this shape. Columns are as Drizzle gives them: a time is a Date, a long number a number. */
export type RowOf<Fields extends Shape> = { [Name in keyof Fields]: ValueOf<Fields[Name]> }

/**
 * The rows of one statement in SQL: rowsOf(ctx, { id: votes.id, left: whole })`select ...`. What a column holds is said by
 * its table, so that a change there reaches the type of every row; what is computed has a reader. Throws a TypeError
 * when the statement does not give exactly the names of the shape, or a value that its source does not allow.
 */
export function rowsOf<Fields extends Shape>({ sql }: Context, shape: Fields) {
  return async (text: TemplateStringsArray, ...values: Values): Promise<RowOf<Fields>[]> => {
    const rows = await sql(text, ...values)
    requireNames(
      shape,
      rows.columns.map(({ name }) => name),
    )
    return readAll(shape, rows)
  }
}

/** The rows of a statement, so many at a time and never all at once, read as `rowsOf` reads them. */
export function rowsInBatches<Fields extends Shape>({ sql }: Context, shape: Fields, atOnce: number) {
  return async function* (text: TemplateStringsArray, ...values: Values): AsyncGenerator<RowOf<Fields>[]> {
    for await (const rows of sql(text, ...values).cursor(atOnce)) {
      requireNames(shape, Object.keys(rows[0] ?? shape))
      yield readAll(shape, rows)
    }
  }
}

/** A whole number, as a count or a sum is; none beyond 2^53. */
export const whole: Read<number> = (value) => {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  if (!Number.isSafeInteger(number)) throw mistaken(value, 'a whole number')
  return number as number
}

export const fraction: Read<number> = (value) => {
  if (typeof value !== 'number') throw mistaken(value, 'a number')
  return value
}

export const flag: Read<boolean> = (value) => {
  if (typeof value !== 'boolean') throw mistaken(value, 'true or false')
  return value
}

/** Text. A time read as words keeps its microseconds, which a Date does not. */
export const words: Read<string> = (value) => {
  if (typeof value !== 'string') throw mistaken(value, 'text')
  return value
}

/** What may be null although its column is not: of a row that a left join may lack, or computed from nothing. */
export function orNull<Origin extends Source>(source: Origin): Read<ValueOf<Origin> | null> {
  const read = readerOf(source) as Read<ValueOf<Origin>>
  return (value) => (value === null ? null : read(value))
}

/** What the statement keeps from being null although its column may be. */
export function present<Origin extends Source>(source: Origin): Read<NonNullable<ValueOf<Origin>>> {
  const read = readerOf(source)
  return (value) => {
    if (value === null) throw mistaken(value, 'a value')
    return read(value) as NonNullable<ValueOf<Origin>>
  }
}

/** An array in PostgreSQL. */
export function listOf<Origin extends Source>(source: Origin): Read<ValueOf<Origin>[]> {
  const read = readerOf(source) as Read<ValueOf<Origin>>
  return (value) => {
    if (!Array.isArray(value)) throw mistaken(value, 'a list')
    return value.map((one) => read(one))
  }
}

/** Rows within a row: a JSON array of objects, made by the statement. */
export function rowsWithin<Fields extends Shape>(shape: Fields): Read<RowOf<Fields>[]> {
  return (value) => {
    if (!Array.isArray(value)) throw mistaken(value, 'a list of rows')
    if (value.length > 0) requireNames(shape, Object.keys(value[0] as object))
    return readAll(shape, value as Row[])
  }
}

/** Hot paths read the same columns thousands of times a second. */
const readers = new WeakMap<Source, Read<unknown>>()

function readerOf(source: Source): Read<unknown> {
  const reader = readers.get(source) ?? makeReader(source)
  readers.set(source, reader)
  return reader
}

function makeReader(source: Source): Read<unknown> {
  if (!is(source, Column)) return source
  const { dataType, notNull, name } = source
  return (value) => {
    if (value === null) {
      if (notNull) throw mistaken(value, `what the column ${name} holds`)
      return null
    }
    // The driver has parsed JSON already: parsed again, the text "1" would become a number.
    return dataType === 'json' ? value : source.mapFromDriverValue(value)
  }
}

/** Changes the rows in place: some statements give hundreds of thousands. */
function readAll<Fields extends Shape>(shape: Fields, rows: Row[]): RowOf<Fields>[] {
  const readers = Object.entries(shape).map(([name, source]) => [name, readerOf(source)] as const)
  for (const row of rows) for (const [name, read] of readers) row[name] = read(row[name])
  return [...rows] as RowOf<Fields>[]
}

function requireNames(shape: Shape, given: string[]): void {
  const wanted = Object.keys(shape)
  if (given.length === wanted.length && given.every((name) => name in shape)) return
  throw new TypeError(`A statement gives ${given.join(', ')}; its rows are read as ${wanted.join(', ')}`)
}

const mistaken = (value: unknown, wanted: string) =>
  new TypeError(`A statement gives ${JSON.stringify(value) ?? String(value)} where its row has ${wanted}`)
