import { listBenchmarks } from '#lib/api/benchmarks.ts'
import { getEndpoint, listEndpoints } from '#lib/api/endpoints.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, depends }) => {
  depends('arena:endpoint')
  const [endpoint, benchmarks, endpoints] = await Promise.all([
    getEndpoint(fetch, params.id),
    listBenchmarks(fetch),
    listEndpoints(fetch),
  ])
  return { endpoint, benchmarks, endpoints }
}
