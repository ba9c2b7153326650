import { z } from 'zod'
import { shapes } from '../core/schema.ts'
import { CategoryProposal, QueryCategory } from './categories/schema.ts'

/** A pool, as addresses name it. */
export const PoolSlug = z.object({ slug: z.string().max(80) })

export const Pool = z
  .object({
    slug: z.string(),
    name: z.string(),
    licence: z.string(),
    /** Offered to no new study. */
    archived: z.boolean(),
    /** All that are not taken out. */
    queries: z.number().int(),
    /** Of them, those that no rater is given. */
    held: z.number().int(),
    takenOut: z.number().int(),
    createdAt: z.iso.datetime(),
  })
  .register(shapes, { id: 'Pool' })
export type Pool = z.infer<typeof Pool>

const poolName = z.string().trim().min(1).max(80)
const licence = z.string().trim().max(500)
const poolSlug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'must be small letters, digits and hyphens, at most 60')

export const NewPool = z
  .object({ slug: poolSlug, name: poolName.optional(), licence: licence.default('') })
  .register(shapes, { id: 'NewPool' })
export type NewPool = z.infer<typeof NewPool>

export const PoolChange = z
  .object({ name: poolName, licence, archived: z.boolean() })
  .partial()
  .register(shapes, { id: 'PoolChange' })
export type PoolChange = z.infer<typeof PoolChange>

/** `drawn`: raters are given it. `held`: they are not, until it is released. `taken_out`: deleted, though answers rest on it. */
export const QueryState = z.enum(['drawn', 'held', 'taken_out']).register(shapes, { id: 'QueryState' })
export type QueryState = z.infer<typeof QueryState>

export const Query = z
  .object({
    id: z.uuid(),
    pool: z.string(),
    /** Its name within the pool. */
    key: z.string(),
    category: QueryCategory,
    /** Another category that waits for a person's word. */
    proposal: CategoryProposal.nullable(),
    /** BCP 47. */
    language: z.string(),
    question: z.string(),
    source: z.string(),
    licence: z.string(),
    state: QueryState,
    heldReason: z.string().nullable(),
    image: z.object({
      sha256: z.string(),
      mediaType: z.string(),
      width: z.number().int(),
      height: z.number().int(),
      bytes: z.number().int(),
    }),
    createdAt: z.iso.datetime(),
  })
  .register(shapes, { id: 'Query' })
export type Query = z.infer<typeof Query>

/** Which queries of a pool; one that names no state leaves out those taken out. */
export const QueryFilter = z
  .object({
    /** Words of the question, or a part of the key. */
    search: z.string().trim().max(200),
    category: QueryCategory,
    /** Those for which this category is proposed, or `any` other. */
    proposed: z.enum([...QueryCategory.options, 'any']),
    language: z.string().max(50),
    licence: z.string().max(500),
    source: z.string().max(500),
    state: QueryState,
    /** Those with this picture. */
    picture: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal'),
  })
  .partial()
  .register(shapes, { id: 'QueryFilter' })
export type QueryFilter = z.infer<typeof QueryFilter>

/** A page of a pool, the newest first; `after` is the `next` of the page before. */
export const QueryPageRequest = QueryFilter.extend({
  after: z.coerce.number<string | number>().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(60),
})
export type QueryPageRequest = z.infer<typeof QueryPageRequest>

export const QueryPage = z
  .object({ queries: z.array(Query), total: z.number().int(), next: z.number().int().nullable() })
  .register(shapes, { id: 'QueryPage' })
export type QueryPage = z.infer<typeof QueryPage>

const Facet = z.array(z.object({ value: z.string(), queries: z.number().int() }))

/** What the queries of a pool have, the most frequent first, at most 100 values of each. */
export const PoolFacets = z
  .object({ category: Facet, proposed: Facet, language: Facet, licence: Facet, source: Facet, state: Facet })
  .register(shapes, { id: 'PoolFacets' })
export type PoolFacets = z.infer<typeof PoolFacets>

/** What may be edited of a query. */
export const QueryEdit = z
  .object({
    category: QueryCategory,
    language: z.string().trim().min(1).max(100),
    licence,
    source: z.string().trim().max(500),
    /** Of one query that no model has answered. */
    question: z.string().trim().min(1).max(10_000),
  })
  .partial()
  .register(shapes, { id: 'QueryEdit' })
export type QueryEdit = z.infer<typeof QueryEdit>

export const ChosenQueries = z.union([
  z.strictObject({ ids: z.array(z.uuid()).min(1).max(1_000) }),
  z.strictObject({ keys: z.array(z.string().min(1).max(500)).min(1).max(1_000) }),
  z.strictObject({ filter: QueryFilter }),
])

/** Something done to queries of a pool, named one by one or by what they have. */
export const QueriesChange = z
  .object({
    which: ChosenQueries,
    change: z.discriminatedUnion('do', [
      z.object({ do: z.literal('edit'), edit: QueryEdit }),
      z.object({ do: z.literal('hold'), reason: z.string().trim().min(1).max(300) }),
      z.object({ do: z.literal('release') }),
      z.object({ do: z.literal('delete') }),
      z.object({ do: z.literal('restore') }),
      /** They get the categories that are proposed for them. */
      z.object({ do: z.literal('accept') }),
      /** What is proposed for them is not proposed again. */
      z.object({ do: z.literal('reject') }),
    ]),
  })
  .register(shapes, { id: 'QueriesChange' })
export type QueriesChange = z.infer<typeof QueriesChange>

export const QueriesChanged = z
  .object({
    changed: z.number().int(),
    /** Of them, those that are gone for good: no answer rested on them. */
    deleted: z.number().int(),
  })
  .register(shapes, { id: 'QueriesChanged' })
export type QueriesChanged = z.infer<typeof QueriesChanged>

const NamedPicture = z.object({ sha256: z.string(), key: z.string(), question: z.string() })

/** Two pictures that look alike, each with its first query, and in how many of 64 bits their fingerprints differ. */
export const LookAlike = z
  .object({ a: NamedPicture, b: NamedPicture, bits: z.number().int() })
  .register(shapes, { id: 'LookAlike' })
export type LookAlike = z.infer<typeof LookAlike>

/** Queries for which the rules are to propose categories. */
export const RulesRequest = z
  .object({
    which: ChosenQueries,
    /** Also what a person has rejected. */
    again: z.boolean().default(false),
  })
  .register(shapes, { id: 'RulesRequest' })
export type RulesRequest = z.infer<typeof RulesRequest>
