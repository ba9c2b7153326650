import { redirect } from '@sveltejs/kit'
import { listBoards } from '#lib/api/boards.ts'
import { maySeeBoard } from '#lib/doors.ts'
import type { PageLoad } from './$types'

/** The newest study's board has the short address; a rater whom no board is shown yet comes to the published scores. */
export const load: PageLoad = async ({ fetch, parent }) => {
  const { me } = await parent()
  const boards = await listBoards(fetch)
  const newest = boards.find((board) => maySeeBoard(me, board))
  if (newest) redirect(307, `/leaderboard/${newest.slug}`)
  if (boards.length > 0) redirect(307, '/leaderboard/reference')
}
