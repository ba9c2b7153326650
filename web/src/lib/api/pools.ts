import { z } from 'zod'
import {
  CategoryRule,
  Proposed,
  type CategoryRuleChange,
  type NewCategoryRule,
} from '#server/queries/categories/schema.ts'
import { BadRows, QueryImport, UploadedBytes, type RowDefaults } from '#server/queries/imports/schema.ts'
import {
  Pool,
  PoolFacets,
  QueriesChanged,
  QueryPage,
  type PoolChange,
  type QueriesChange,
  type QueryFilter,
} from '#server/queries/schema.ts'
import { CategoryAsking, type NewCategoryAsking } from '#server/responses/categories/schema.ts'
import { ask, id, send, type Fetch } from './ask.ts'
import { create } from './create.ts'

export const listPools = (fetch: Fetch) => ask(fetch, '/pools', z.array(Pool))
export const getPool = (fetch: Fetch, pool: string) => ask(fetch, `/pools/${id(pool)}`, Pool)
export const createPool = (fetch: Fetch, body: { slug: string; name: string }) => create(fetch, '/pools', Pool, body)
export const changePool = (fetch: Fetch, pool: string, body: PoolChange) =>
  ask(fetch, `/pools/${id(pool)}`, Pool, { method: 'PATCH', body })
export const deletePool = (fetch: Fetch, pool: string) => send(fetch, `/pools/${id(pool)}`, { method: 'DELETE' })
export const getFacets = (fetch: Fetch, pool: string) => ask(fetch, `/pools/${id(pool)}/facets`, PoolFacets)

/** A page of queries; `after` is the `next` of the page before. */
export function listQueries(fetch: Fetch, pool: string, filter: QueryFilter, after?: number) {
  const given = Object.entries({ ...filter, after }).filter(([, value]) => value !== undefined)
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
  return ask(fetch, `/pools/${id(pool)}/queries?${query}`, QueryPage)
}
export const changeQueries = (fetch: Fetch, pool: string, body: QueriesChange) =>
  ask(fetch, `/pools/${id(pool)}/queries/changes`, QueriesChanged, { method: 'POST', body })

export const listImports = (fetch: Fetch, pool: string) =>
  ask(fetch, `/pools/${id(pool)}/imports`, z.array(QueryImport))
export const openImport = (
  fetch: Fetch,
  pool: string,
  body: { name: string; defaults: Partial<RowDefaults>; hubSource?: string },
) => ask(fetch, `/pools/${id(pool)}/imports`, QueryImport, { method: 'POST', body })
export const uploadPiece = (fetch: Fetch, importId: string, file: string, offset: number, bytes: Blob) =>
  ask(fetch, `/query-imports/${importId}/files/${id(file)}?offset=${offset}`, UploadedBytes, { method: 'PUT', bytes })
export const startImport = (fetch: Fetch, importId: string, skipBad: boolean) =>
  ask(fetch, `/query-imports/${importId}/start`, QueryImport, { method: 'POST', body: { skipBad } })
export const stopImport = (fetch: Fetch, importId: string) =>
  ask(fetch, `/query-imports/${importId}/stop`, QueryImport, { method: 'POST' })
export const forgetImport = (fetch: Fetch, importId: string) =>
  send(fetch, `/query-imports/${importId}`, { method: 'DELETE' })
export const getBadRows = (fetch: Fetch, importId: string) => ask(fetch, `/query-imports/${importId}/bad-rows`, BadRows)
export const badRowsFile = (importId: string) => `/api/v1/query-imports/${importId}/bad-rows.csv`

export const listRules = (fetch: Fetch) => ask(fetch, '/category-rules', z.array(CategoryRule))
export const addRule = (fetch: Fetch, body: NewCategoryRule) => create(fetch, '/category-rules', CategoryRule, body)
export const changeRule = (fetch: Fetch, rule: string, body: CategoryRuleChange) =>
  ask(fetch, `/category-rules/${rule}`, CategoryRule, { method: 'PATCH', body })
export const deleteRule = (fetch: Fetch, rule: string) => send(fetch, `/category-rules/${rule}`, { method: 'DELETE' })

export const proposeByRules = (fetch: Fetch, pool: string, which: QueriesChange['which']) =>
  ask(fetch, `/pools/${id(pool)}/category-proposals`, Proposed, { method: 'POST', body: { which } })

export const listAskings = (fetch: Fetch, pool: string) =>
  ask(fetch, `/pools/${id(pool)}/category-askings`, z.array(CategoryAsking))
export const askForCategories = (fetch: Fetch, pool: string, body: NewCategoryAsking) =>
  create(fetch, `/pools/${id(pool)}/category-askings`, CategoryAsking, body)
export const resumeAsking = (fetch: Fetch, asking: string) =>
  ask(fetch, `/category-askings/${asking}/resume`, CategoryAsking, { method: 'POST' })
export const stopAsking = (fetch: Fetch, asking: string) =>
  ask(fetch, `/category-askings/${asking}/stop`, CategoryAsking, { method: 'POST' })
export const forgetAsking = (fetch: Fetch, asking: string) =>
  send(fetch, `/category-askings/${asking}`, { method: 'DELETE' })
