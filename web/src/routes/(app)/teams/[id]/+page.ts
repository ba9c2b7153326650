import { getTeam, listTeamLinks } from '#lib/api/people/teams.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, depends }) => {
  depends('arena:team')
  const [team, links] = await Promise.all([getTeam(fetch, params.id), listTeamLinks(fetch, params.id)])
  return { team, links }
}
