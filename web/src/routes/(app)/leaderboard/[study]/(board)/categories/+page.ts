import { getCategoryBoards } from '#lib/api/boards.ts'
import type { PageLoad } from './$types'

/** Each category's own fit. */
export const load: PageLoad = async ({ fetch, params, depends }) => {
  depends('arena:board')
  return { boards: await getCategoryBoards(fetch, params.study) }
}
