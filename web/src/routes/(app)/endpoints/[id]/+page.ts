import { listBenchmarks } from '#lib/api/benchmarks.ts'
import { getEndpoint, listEndpoints, listEvents } from '#lib/api/endpoints.ts'
import { listRunsOf } from '#lib/api/runs.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, depends }) => {
  depends('arena:endpoint')
  return orLastCopy('arena:endpoint', params.id, async () => {
    const [endpoint, benchmarks, endpoints, events, runs] = await Promise.all([
      getEndpoint(fetch, params.id),
      listBenchmarks(fetch),
      listEndpoints(fetch),
      listEvents(fetch, params.id),
      listRunsOf(fetch, params.id),
    ])
    return { endpoint, benchmarks, endpoints, events, runs }
  })
}
