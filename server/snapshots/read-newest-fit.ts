import type { StoredPairCount, StoredRating } from '#drizzle/schema/snapshots.ts'
import type { Context } from '../core/context.ts'
import type { QueryCategory } from '../queries/schema.ts'

export interface SnapshotFit {
  id: string
  category: QueryCategory | null
  lastVoteId: number
  votesUsed: number
  ratings: StoredRating[]
}

/** The newest fit of a study for all categories (null) or one, without its counts; null before the first vote. */
export async function readNewestFit(
  ctx: Context,
  studyId: string,
  category: QueryCategory | null,
): Promise<SnapshotFit | null> {
  const [row] = await ctx.sql<SnapshotFit[]>`
    select id, category, last_vote_id::float8 as "lastVoteId", votes_used as "votesUsed", ratings from snapshots
    where study_id = ${studyId} and ${category === null ? ctx.sql`category is null` : ctx.sql`category = ${category}`}
    order by created_at desc limit 1`
  return row ?? null
}

/** The newest fit of each category that has one, in the order of their names. */
export async function readCategoryFits(ctx: Context, studyId: string): Promise<SnapshotFit[]> {
  const rows = await ctx.sql<SnapshotFit[]>`
    select distinct on (category) id, category, last_vote_id::float8 as "lastVoteId", votes_used as "votesUsed", ratings
    from snapshots where study_id = ${studyId} and category is not null order by category, created_at desc`
  return [...rows]
}

/** The pair counts that a snapshot was fitted from. */
export async function readSnapshotCounts(ctx: Context, snapshotId: string): Promise<StoredPairCount[]> {
  const [row] = await ctx.sql<{ counts: StoredPairCount[] }[]>`select counts from snapshots where id = ${snapshotId}`
  return row?.counts ?? []
}
