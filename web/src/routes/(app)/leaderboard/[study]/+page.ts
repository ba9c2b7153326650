import { QueryCategory } from '#server/queries/schema.ts'
import { getBoard, listBoards } from '../../../../lib/api.ts'
import { orErrorPage } from '../../../../lib/load.ts'
import type { PageLoad } from './$types'

/** The board that the address names; an unknown category shows all. */
export const load: PageLoad = async ({ fetch, params, url, depends }) => {
  depends('arena:board')
  const category = QueryCategory.safeParse(url.searchParams.get('category'))
  const [board, boards] = await Promise.all([
    orErrorPage(getBoard(fetch, params.study, category.success ? category.data : null)),
    orErrorPage(listBoards(fetch)),
  ])
  return { board, boards }
}
