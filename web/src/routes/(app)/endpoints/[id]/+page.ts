import { listBenchmarks } from '#lib/api/benchmarks.ts'
import { getEndpoint, listEndpoints } from '#lib/api/endpoints.ts'
import { orErrorPage } from '#lib/load.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, depends }) => {
  depends('arena:endpoint')
  const [endpoint, benchmarks, endpoints] = await Promise.all([
    orErrorPage(getEndpoint(fetch, params.id)),
    orErrorPage(listBenchmarks(fetch)),
    orErrorPage(listEndpoints(fetch)),
  ])
  return { endpoint, benchmarks, endpoints }
}
