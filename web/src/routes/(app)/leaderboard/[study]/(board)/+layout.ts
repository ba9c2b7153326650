import { QueryCategory } from '#server/queries/categories/schema.ts'
import { getBoard, listBoards } from '#lib/api/boards.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import type { LayoutLoad } from './$types'

/** The board that the address names, for all its views; an unknown category shows all. */
export const load: LayoutLoad = async ({ fetch, params, url, depends }) => {
  depends('arena:board')
  const asked = QueryCategory.safeParse(url.searchParams.get('category'))
  const category = asked.success ? asked.data : null
  return orLastCopy('arena:board', `${params.study} ${category}`, async () => {
    const [board, boards] = await Promise.all([getBoard(fetch, params.study, category), listBoards(fetch)])
    return { board, boards, category }
  })
}
