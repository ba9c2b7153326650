import { getSnapshot, listSnapshots } from '#lib/api/boards.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import type { PageLoad } from './$types'

/** The formulae, what the newest snapshot is, and the snapshots before it. */
export const load: PageLoad = async ({ fetch, params, url, data, parent, depends }) => {
  depends('arena:board')
  const { board, category } = await parent()
  const before = url.searchParams.get('before')
  return orLastCopy('arena:board', `method ${params.study} ${category} ${before}`, async () => {
    const [detail, history] = await Promise.all([
      board.snapshot ? getSnapshot(fetch, params.study, board.snapshot.id) : null,
      listSnapshots(fetch, params.study, { category, before }),
    ])
    return { ...data, detail, history, before }
  })
}
