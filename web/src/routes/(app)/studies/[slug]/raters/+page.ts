import { listRaters } from '#lib/api/raters/study-raters.ts'
import { getStudy } from '#lib/api/studies.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params: { slug }, url, depends }) => {
  depends('arena:raters')
  const [study, list] = await Promise.all([getStudy(fetch, slug), listRaters(fetch, slug, url.searchParams)])
  const { searchParams } = url
  return { study, list, show: searchParams.get('show') ?? 'all', sort: searchParams.get('sort') ?? 'test' }
}
