import { printable } from '#server/core/printable.ts'
import { InputError } from '#server/core/problem.ts'
import type { BadRow } from '#server/queries/imports/import-queries.ts'

const mostShown = 100

/** Names rows that cannot be imported, a hundred at most. */
export function showBadRows(bad: BadRow[]): void {
  for (const { file, row, reason } of bad.slice(0, mostShown))
    console.error(printable(`${file}, row ${row}: ${reason}`))
  if (bad.length > mostShown) console.error(`… and ${bad.length - mostShown} more`)
}

/** What ends an import whose bad rows were not to be skipped. */
export function refusalOf({ length }: BadRow[]): InputError {
  const rows = length === 1 ? 'One row is' : `${length} rows are`
  return new InputError(`${rows} bad, so nothing was imported. Mend them, or give --skip-bad to import the rest.`)
}
