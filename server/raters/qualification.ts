import type { PendingQuery, Row } from 'postgres'
import type { Context } from '../core/context.ts'

/** Of an enrolment by its alias: whether its rater must pass the study's training before real cards. */
export function isUntrained({ sql }: Context, row: PendingQuery<Row[]>) {
  return sql`(${row}.qualified_at is null and exists (
    select 1 from studies ts where ts.id = ${row}.study_id and ts.training_items > 0
      and (ts.training_for = 'everybody' or ${row}.created_at >= ts.training_since)
  ))`
}

/** Writes down that a rater passed the training of a study, or must do it again. */
export async function setQualified(ctx: Context, studyId: string, raterId: string, yes: boolean): Promise<void> {
  const { sql } = ctx
  await sql`
    update enrolments set qualified_at = ${yes ? sql`coalesce(qualified_at, now())` : null}
    where study_id = ${studyId} and rater_id = ${raterId}`
}
