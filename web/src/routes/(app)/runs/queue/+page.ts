import { readQueue } from '#lib/api/runs.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, depends }) => {
  depends('arena:turns')
  return orLastCopy('arena:turns', '', async () => ({ queues: await readQueue(fetch) }))
}
