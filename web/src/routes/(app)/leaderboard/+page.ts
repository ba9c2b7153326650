import { redirect } from '@sveltejs/kit'
import { listBoards } from '#lib/api/boards.ts'
import type { PageLoad } from './$types'

/** The newest study's board has the short address. */
export const load: PageLoad = async ({ fetch }) => {
  const [newest] = await listBoards(fetch)
  if (newest) redirect(307, `/leaderboard/${newest.slug}`)
}
