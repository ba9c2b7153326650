import { rowsOf, flag } from '../core/postgres/rows.ts'
import type { Context } from '../core/context.ts'

/**
 * Whether a board that was published rests on this vote, or was read when it had been cast. Whoever could take such a vote
 * back could read off the board what they had judged, and judge it again. Samples are free of it: anybody may watch theirs.
 */
export async function isPublished(ctx: Context, voteId: number): Promise<boolean> {
  const [row] = await rowsOf(ctx, { published: flag })`
    select exists (
      select 1 from votes v join studies s on s.id = v.study_id join snapshots n on n.study_id = v.study_id
      where v.id = ${voteId} and n.category is null and n.last_vote_id >= v.id and s.publishing = 'batched'
    ) as published`
  return row!.published
}
