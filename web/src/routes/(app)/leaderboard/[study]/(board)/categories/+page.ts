import { getCategoryBoards } from '#lib/api/boards.ts'
import { orErrorPage } from '#lib/load.ts'
import type { PageLoad } from './$types'

/** Each category's own fit. */
export const load: PageLoad = async ({ fetch, params, depends }) => {
  depends('arena:board')
  return { boards: await orErrorPage(getCategoryBoards(fetch, params.study)) }
}
