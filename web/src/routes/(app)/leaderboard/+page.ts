import { redirect } from '@sveltejs/kit'
import { listBoards } from '#lib/api/boards.ts'
import { maySeeBoards } from '#lib/doors.ts'
import type { PageLoad } from './$types'

/** The newest study's board has the short address; a rater whom no board is shown yet comes to the published scores. */
export const load: PageLoad = async ({ fetch, parent }) => {
  const { me } = await parent()
  const boards = await listBoards(fetch)
  const [newest] = boards
  if (newest && maySeeBoards(me)) redirect(307, `/leaderboard/${newest.slug}`)
  if (newest) redirect(307, '/leaderboard/reference')
}
