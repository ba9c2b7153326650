import { listRuns } from '#lib/api/runs.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, depends }) => {
  depends('arena:runs')
  return orLastCopy('arena:runs', '', async () => ({ runs: await listRuns(fetch) }))
}
