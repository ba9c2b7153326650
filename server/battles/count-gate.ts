import type { PendingQuery, Row } from 'postgres'
import type { Sql } from '../accounts/service.ts'

/**
 * Of the advisory locks of a study, the one that stands before its counts. Votes and withdrawals pass it together; whoever
 * reads the counts for a snapshot has it alone for a moment, so that the newest vote's id and the clock say exactly
 * which votes are in them.
 */
const gate = 729

/** A query that takes the gate of the study of one row (`votes where id = …`) until the end of the transaction. */
export function enterCount(sql: Sql, row: PendingQuery<Row[]>) {
  return sql`select id, pg_advisory_xact_lock_shared(hashtextextended(study_id::text, ${gate})) from ${row}`
}

/** Waits until no vote of the study is on its way and lets none begin until the end of the transaction. */
export async function closeCount(sql: Sql, studyId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${studyId}, ${gate}))`
}
