import { getFacets, getPool, listAskings, listImports, listQueries } from '#lib/api/pools.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import { QueryFilter } from '#server/queries/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, url, depends }) => {
  depends('arena:pool')
  const given = Object.fromEntries([...url.searchParams].filter(([, value]) => value !== ''))
  // An address that was typed wrongly shows the whole pool.
  const filter = QueryFilter.safeParse(given).data ?? {}
  return orLastCopy('arena:pool', `${params.slug} ${JSON.stringify(filter)}`, async () => {
    const [pool, facets, page, imports, askings] = await Promise.all([
      getPool(fetch, params.slug),
      getFacets(fetch, params.slug),
      listQueries(fetch, params.slug, filter),
      listImports(fetch, params.slug),
      listAskings(fetch, params.slug),
    ])
    return { pool, facets, page, imports, askings, filter }
  })
}
