import { error } from '@sveltejs/kit'
import { getBattle } from '#lib/api/boards.ts'
import type { PageLoad } from './$types'

/** One vote, with what the rater saw. */
export const load: PageLoad = async ({ fetch, params }) => {
  const vote = Number(params.vote)
  if (!Number.isSafeInteger(vote) || vote < 1)
    error(404, { message: 'There is no such vote.', next: 'Votes have whole numbers.' })
  return { study: params.study, battle: await getBattle(fetch, params.study, vote) }
}
