import type { PendingQuery, Row } from 'postgres'

/** So many rows go in one statement, which stays far below the time that one may take. */
const mostInPart = 20_000

/**
 * Deletes part after part until one is not full: `deletePart` makes a statement that deletes as many rows as it is told at
 * most. Returns how many rows there were.
 */
export async function deleteInParts(deletePart: (most: number) => PendingQuery<Row[]>): Promise<number> {
  let total = 0
  let gone: number
  do {
    gone = (await deletePart(mostInPart)).count
    total += gone
  } while (gone === mostInPart)
  return total
}
