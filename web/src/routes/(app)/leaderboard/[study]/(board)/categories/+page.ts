import { getCategoryBoards } from '#lib/api/boards.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import type { PageLoad } from './$types'

/** Each category's own fit. */
export const load: PageLoad = async ({ fetch, params, depends }) => {
  depends('arena:board')
  return orLastCopy('arena:board', `categories ${params.study}`, async () => ({
    boards: await getCategoryBoards(fetch, params.study),
  }))
}
