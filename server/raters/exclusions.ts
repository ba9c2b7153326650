import type { PendingQuery, Row } from 'postgres'
import { raterExclusions } from '#drizzle/schema/raters.ts'
import { actorId } from '../accounts/service.ts'
import type { Context } from '../core/context.ts'
import { flag, rowsOf } from '../core/postgres/rows.ts'
import { notFound } from '../core/problem.ts'
import type { ExclusionReason } from './schema.ts'

/** Of a row with `study_id` and `rater_id`, by its alias: whether its rater is excluded from the study now. */
export function isExcluded({ sql }: Context, row: PendingQuery<Row[]>) {
  return sql`exists (
    select 1 from rater_exclusions ex
    where ex.study_id = ${row}.study_id and ex.rater_id = ${row}.rater_id and ex.undone_at is null
  )`
}

/** Whether a rater is excluded from a study now. */
export async function isExcludedFrom(ctx: Context, studyId: string, raterId: string): Promise<boolean> {
  const [row] = await rowsOf(ctx, { excluded: flag })`
    select ${isExcluded(ctx, ctx.sql`e`)} as excluded
    from (select ${studyId}::uuid as study_id, ${raterId}::uuid as rater_id) e`
  return row!.excluded
}

/** As `isExcluded`, at a moment given as PostgreSQL writes it. */
export function wasExcluded({ sql }: Context, row: PendingQuery<Row[]>, moment: string) {
  return sql`exists (
    select 1 from rater_exclusions ex
    where ex.study_id = ${row}.study_id and ex.rater_id = ${row}.rater_id and ex.at <= ${moment}::text::timestamptz
      and (ex.undone_at is null or ex.undone_at > ${moment}::text::timestamptz)
  )`
}

/**
 * Writes down that raters are excluded from a study, from this moment on. Returns those that were not before; throws
 * not-found for one who is not in the study. Their votes stay as they are: moving the counts is for the caller.
 */
export async function recordExclusions(
  ctx: Context,
  studyId: string,
  raterIds: string[],
  { reason, note }: { reason: ExclusionReason; note: string },
): Promise<string[]> {
  await requireEnrolled(ctx, studyId, raterIds)
  // The clock, not now(): the decision falls after the counts that a snapshot read while this transaction waited.
  const rows = await rowsOf(ctx, { raterId: raterExclusions.raterId })`
    insert into rater_exclusions (study_id, rater_id, reason, note, at, by)
    select ${studyId}, id, ${reason}, ${note}, clock_timestamp(), ${actorId(ctx)}::uuid from unnest(${raterIds}::uuid[]) as r (id)
    on conflict (study_id, rater_id) where undone_at is null do nothing
    returning rater_id as "raterId"`
  return rows.map(({ raterId }) => raterId)
}

/** Writes down that raters are excluded no more. Returns those that were; throws not-found for one who is not in the study. */
export async function undoExclusions(ctx: Context, studyId: string, raterIds: string[]): Promise<string[]> {
  await requireEnrolled(ctx, studyId, raterIds)
  const rows = await rowsOf(ctx, { raterId: raterExclusions.raterId })`
    update rater_exclusions set undone_at = clock_timestamp(), undone_by = ${actorId(ctx)}::uuid
    where study_id = ${studyId} and rater_id = any(${raterIds}::uuid[]) and undone_at is null
    returning rater_id as "raterId"`
  return rows.map(({ raterId }) => raterId)
}

async function requireEnrolled(ctx: Context, studyId: string, raterIds: string[]): Promise<void> {
  const [row] = await rowsOf(ctx, { all: flag })`
    select not exists (
      select 1 from unnest(${raterIds}::uuid[]) as r (id)
      where not exists (select 1 from enrolments e where e.study_id = ${studyId} and e.rater_id = r.id)
    ) as all`
  if (!row!.all) throw notFound('One of these raters is not in the study; load the list again')
}
