import { listPeople, listRoleLinks } from '#lib/api/people/people.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends('arena:people')
  const [list, links] = await Promise.all([listPeople(fetch, url.searchParams), listRoleLinks(fetch)])
  return { list, links, role: url.searchParams.get('role') ?? 'all' }
}
