import { categoryProposals } from '#drizzle/schema/queries.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'
import { storable } from '#server/core/storable.ts'
import type { CategoryProposal } from './schema.ts'

export interface NewProposal extends Omit<CategoryProposal, 'source'> {
  queryId: string
}

/**
 * Proposes categories for queries that have another; a newer proposal takes an older one's place. What a person has
 * rejected is proposed again only with `again`. Returns the ids of the queries for which it now stands.
 */
export async function addProposals(
  ctx: Context,
  proposals: NewProposal[],
  source: CategoryProposal['source'],
  { again = false } = {},
): Promise<Set<string>> {
  if (proposals.length === 0) return new Set()
  const column = (read: (proposal: NewProposal) => string) => proposals.map(read)
  const rows = await rowsOf(ctx, { queryId: categoryProposals.queryId })`
    insert into category_proposals as c (query_id, category, source, because)
    select q.id, n.category::query_category, ${source}::proposal_source, n.because
    from unnest(${column(({ queryId }) => queryId)}::uuid[], ${column(({ category }) => category)}::text[],
      ${storable(column(({ because }) => because.slice(0, 300)))}::text[]) as n (query_id, category, because)
    join queries q on q.id = n.query_id and q.category <> n.category::query_category
    on conflict (query_id) do update set category = excluded.category, source = excluded.source,
      because = excluded.because, rejected_at = null, created_at = now()
    where ${again} or c.rejected_at is null or c.category <> excluded.category
    returning query_id as "queryId"`
  return new Set(rows.map(({ queryId }) => queryId))
}

/** Gives queries the categories that are proposed for them. Returns how many there were. */
export async function acceptProposals(ctx: Context, queryIds: string[]): Promise<number> {
  const accepted = await ctx.sql`
    with accepted as (
      delete from category_proposals where query_id = any(${queryIds}::uuid[]) and rejected_at is null
      returning query_id, category
    )
    update queries q set category = a.category from accepted a where q.id = a.query_id`
  return accepted.count
}

/** Keeps what is proposed for queries from being proposed again. Returns how many there were. */
export async function rejectProposals(ctx: Context, queryIds: string[]): Promise<number> {
  const rejected = await ctx.sql`
    update category_proposals set rejected_at = now()
    where query_id = any(${queryIds}::uuid[]) and rejected_at is null`
  return rejected.count
}

/** Forgets what is proposed for queries. */
export async function dropProposals(ctx: Context, queryIds: string[]): Promise<void> {
  await ctx.sql`delete from category_proposals where query_id = any(${queryIds}::uuid[])`
}
