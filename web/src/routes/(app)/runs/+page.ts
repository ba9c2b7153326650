import { listRuns } from '#lib/api/runs.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, depends }) => {
  depends('arena:runs')
  return { runs: await listRuns(fetch) }
}
