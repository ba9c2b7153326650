import { listPersonalLinks } from '#lib/api/raters/links.ts'
import { getStudy } from '#lib/api/studies.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params: { slug }, url, depends }) => {
  depends('arena:personal-links')
  const [study, list] = await Promise.all([getStudy(fetch, slug), listPersonalLinks(fetch, slug, url.searchParams)])
  return { study, list, state: url.searchParams.get('state') ?? 'all' }
}
