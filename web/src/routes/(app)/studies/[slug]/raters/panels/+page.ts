import { listPanels } from '#lib/api/raters/panels.ts'
import { getStudy } from '#lib/api/studies.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params: { slug }, depends }) => {
  depends('arena:panels')
  const [study, panels] = await Promise.all([getStudy(fetch, slug), listPanels(fetch, slug)])
  return { study, panels }
}
