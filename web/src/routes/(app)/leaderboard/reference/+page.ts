import { getPaperTable, listBoards } from '#lib/api/boards.ts'
import type { PageLoad } from './$types'
import { readView, sortRows } from './reference-view.ts'

/** The published table as the address asks for it: `?sort=ai2d` orders the rows, `?groups=1` keeps the paper's groups. */
export const load: PageLoad = async ({ fetch, url }) => {
  const [table, boards] = await Promise.all([getPaperTable(fetch), listBoards(fetch)])
  const view = readView(table, url.searchParams)
  return { table, boards, view, groups: sortRows(table, view) }
}
