import type { PendingQuery, Row } from 'postgres'
import type { Context } from '../core/context.ts'
import { studyLocks } from '../core/locks.ts'

/**
 * A query that enters the count of one row's study (`select id, study_id from …`) until the end of the transaction;
 * returns both ids.
 */
export function enterCount({ sql }: Context, row: PendingQuery<Row[]>) {
  return sql`
    select id, study_id, pg_advisory_xact_lock_shared(hashtextextended(study_id::text, ${studyLocks.counts})) from (${row}) entering`
}

/** Waits until no vote of the study is on its way and lets none begin until the end of the transaction. */
export async function closeCount({ sql }: Context, studyId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${studyId}, ${studyLocks.counts}))`
}
