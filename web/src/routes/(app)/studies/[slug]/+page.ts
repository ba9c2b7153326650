import { getStudy } from '#lib/api/studies.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, depends }) => {
  depends('arena:study')
  return { study: await getStudy(fetch, params.slug) }
}
