import { eq } from 'drizzle-orm'
import { snapshots, type StoredPairCount } from '#drizzle/schema/snapshots.ts'
import type { Context } from '../core/context.ts'
import { rowsOf, type RowOf } from '../core/postgres/rows.ts'
import type { QueryCategory } from '../queries/categories/schema.ts'

const snapshotFit = {
  id: snapshots.id,
  category: snapshots.category,
  lastVoteId: snapshots.lastVoteId,
  votesUsed: snapshots.votesUsed,
  parameters: snapshots.parameters,
  ratings: snapshots.ratings,
}
export type SnapshotFit = RowOf<typeof snapshotFit>

/** The newest fit of a study for all categories (null) or one, without its counts; null before the first vote. */
export async function readNewestFit(
  ctx: Context,
  studyId: string,
  category: QueryCategory | null,
): Promise<SnapshotFit | null> {
  const [row] = await rowsOf(ctx, snapshotFit)`
    select id, category, last_vote_id as "lastVoteId", votes_used as "votesUsed", parameters, ratings from snapshots
    where study_id = ${studyId} and ${category === null ? ctx.sql`category is null` : ctx.sql`category = ${category}`}
    order by created_at desc limit 1`
  return row ?? null
}

/** The newest fit of each category that has one, in the order of their names. */
export async function readCategoryFits(ctx: Context, studyId: string): Promise<SnapshotFit[]> {
  return rowsOf(ctx, snapshotFit)`
    select distinct on (category) id, category, last_vote_id as "lastVoteId", votes_used as "votesUsed", parameters, ratings
    from snapshots where study_id = ${studyId} and category is not null order by category, created_at desc`
}

/** The pair counts that a snapshot was fitted from. */
export async function readSnapshotCounts(ctx: Context, snapshotId: string): Promise<StoredPairCount[]> {
  const [row] = await ctx.db.select({ counts: snapshots.counts }).from(snapshots).where(eq(snapshots.id, snapshotId))
  return row?.counts ?? []
}
