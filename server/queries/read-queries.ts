import { images } from '#drizzle/schema/images.ts'
import { categoryProposals, pools, queries } from '#drizzle/schema/queries.ts'
import type { Context } from '../core/context.ts'
import { orNull, rowsOf, rowsWithin, whole, words, type RowOf } from '../core/postgres/rows.ts'
import { notFound } from '../core/problem.ts'
import { requirePoolId } from './list-pools.ts'
import type { PoolFacets, QueriesChange, Query, QueryFilter, QueryPage, QueryPageRequest } from './schema.ts'

const queryRow = {
  id: queries.id,
  pool: pools.slug,
  position: queries.position,
  key: queries.key,
  category: queries.category,
  language: queries.language,
  question: queries.question,
  source: queries.source,
  licence: queries.licence,
  heldAt: queries.heldAt,
  heldReason: queries.heldReason,
  deletedAt: queries.deletedAt,
  sha256: images.sha256,
  mediaType: images.mediaType,
  width: images.width,
  height: images.height,
  bytes: images.imageBytes,
  createdAt: queries.createdAt,
  proposed: orNull(categoryProposals.category),
  proposedBy: orNull(categoryProposals.source),
  because: orNull(categoryProposals.because),
}

const columns = ({ sql }: Context) => sql`
  q.id, p.slug as pool, q.position, q.key, q.category, q.language, q.question, q.source, q.licence,
  q.held_at as "heldAt", q.held_reason as "heldReason", q.deleted_at as "deletedAt", i.sha256,
  i.media_type as "mediaType", i.width, i.height, i.image_bytes as bytes, q.created_at as "createdAt",
  c.category as proposed, c.source as "proposedBy", c.because
  from queries q join pools p on p.id = q.pool_id join images i on i.sha256 = q.image_sha256
  left join category_proposals c on c.query_id = q.id and c.rejected_at is null`

/** The queries of a pool that a filter lets through, a page of them, the newest first. Throws not-found. */
export async function listQueries(ctx: Context, slug: string, request: QueryPageRequest): Promise<QueryPage> {
  const { after, limit, ...filter } = request
  const poolId = await requirePoolId(ctx, slug)
  const chosen = matching(ctx, poolId, filter)
  const rows = await rowsOf(ctx, queryRow)`
    select ${columns(ctx)} where ${chosen} and (${after ?? null}::bigint is null or q.position < ${after ?? null})
    order by q.position desc limit ${limit + 1}`
  const [count] = await rowsOf(ctx, { total: whole })`select count(*)::int as total from queries q where ${chosen}`
  const page = rows.slice(0, limit)
  return { queries: page.map(asQuery), total: count!.total, next: rows.length > limit ? page.at(-1)!.position : null }
}

/** One query. Throws not-found. */
export async function getQuery(ctx: Context, id: string): Promise<Query> {
  const [row] = await rowsOf(ctx, queryRow)`select ${columns(ctx)} where q.id = ${id}`
  if (!row) throw notFound('There is no such query')
  return asQuery(row)
}

function asQuery(row: RowOf<typeof queryRow>): Query {
  const { position: _, heldAt, deletedAt, sha256, mediaType, width, height, bytes, createdAt, ...described } = row
  const { proposed, proposedBy, because, ...rest } = described
  return {
    ...rest,
    proposal: proposed && { category: proposed, source: proposedBy!, because: because! },
    state: deletedAt ? 'taken_out' : heldAt ? 'held' : 'drawn',
    image: { sha256, mediaType, width, height, bytes },
    createdAt: createdAt.toISOString(),
  }
}

/** True of a query `q` of this pool that the filter lets through; without a state, those taken out are not. */
function matching({ sql }: Context, poolId: string, filter: QueryFilter) {
  const { search = null, category = null, language = null, licence = null, source = null, picture = null } = filter
  const { proposed = null } = filter
  const states = { drawn: sql`q.held_at is null`, held: sql`q.held_at is not null and q.deleted_at is null` }
  const state =
    filter.state === 'taken_out' ? sql`q.deleted_at is not null` : filter.state ? states[filter.state] : inPool(sql)
  return sql`
    q.pool_id = ${poolId} and ${state}
    and (${search}::text is null or strpos(lower(q.question), lower(${search})) > 0
      or strpos(lower(q.key), lower(${search})) > 0)
    and (${category}::query_category is null or q.category = ${category}::query_category)
    and (${proposed}::text is null or exists (
      select 1 from category_proposals c where c.query_id = q.id and c.rejected_at is null
        and ${proposed}::text in ('any', c.category::text)))
    and (${language}::text is null or q.language = ${language})
    and (${licence}::text is null or q.licence = ${licence})
    and (${source}::text is null or q.source = ${source})
    and (${picture}::text is null or q.image_sha256 = ${picture})`
}

/** True of the queries `q` of this pool that are named, or that the filter lets through. */
export function chosenBy(ctx: Context, poolId: string, which: QueriesChange['which']) {
  if ('filter' in which) return matching(ctx, poolId, which.filter)
  const named = 'ids' in which ? ctx.sql`q.id = any(${which.ids}::uuid[])` : ctx.sql`q.key = any(${which.keys}::text[])`
  return ctx.sql`q.pool_id = ${poolId} and ${named}`
}

const inPool = (sql: Context['sql']) => sql`q.deleted_at is null`

const facet = rowsWithin({ value: words, queries: whole })
const mostValues = 100

/** What the queries of a pool have and how often; those taken out count in `state` alone. Throws not-found. */
export async function readFacets(ctx: Context, slug: string): Promise<PoolFacets> {
  const poolId = await requirePoolId(ctx, slug)
  const shape = { category: facet, proposed: facet, language: facet, licence: facet, source: facet, state: facet }
  const [row] = await rowsOf(ctx, shape)`
    with valued as (
      select f.name, f.value, count(*)::int as queries,
        row_number() over (partition by f.name order by count(*) desc, f.value) as place
      from queries q left join category_proposals c on c.query_id = q.id and c.rejected_at is null, lateral (values
        ('category', q.category::text, q.deleted_at is null),
        ('proposed', c.category::text, c.category is not null and q.deleted_at is null), ('language', q.language, q.deleted_at is null),
        ('licence', q.licence, q.deleted_at is null), ('source', q.source, q.deleted_at is null),
        ('state', case when q.deleted_at is not null then 'taken_out' when q.held_at is not null then 'held'
          else 'drawn' end, true)) as f (name, value, counts)
      where q.pool_id = ${poolId} and f.counts group by f.name, f.value
    ), listed as (
      select name, jsonb_agg(jsonb_build_object('value', value, 'queries', queries) order by place) as members
      from valued where place <= ${mostValues} group by name
    )
    select coalesce((select members from listed where name = 'category'), '[]') as category,
      coalesce((select members from listed where name = 'proposed'), '[]') as proposed,
      coalesce((select members from listed where name = 'language'), '[]') as language,
      coalesce((select members from listed where name = 'licence'), '[]') as licence,
      coalesce((select members from listed where name = 'source'), '[]') as source,
      coalesce((select members from listed where name = 'state'), '[]') as state`
  return row!
}
