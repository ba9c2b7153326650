import { getStudy } from '#lib/api/studies.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, depends }) => {
  depends('arena:study')
  return orLastCopy('arena:study', params.slug, async () => ({ study: await getStudy(fetch, params.slug) }))
}
