import { listTeams } from '#lib/api/people/teams.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, depends }) => {
  depends('arena:teams')
  return { teams: await listTeams(fetch) }
}
