import { getBoardModel, getPaperTable } from '#lib/api/boards.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import type { PageLoad } from './$types'

/** What the open row shows, when the address names one. */
export const load: PageLoad = async ({ fetch, params, url, parent, depends }) => {
  depends('arena:board')
  const { board, category } = await parent()
  const slug = url.searchParams.get('open')
  if (!slug || !board.rows.some(({ model }) => model.slug === slug)) return { open: null }
  return orLastCopy('arena:board', `${slug} of ${params.study} ${category}`, async () => {
    const [detail, paper] = await Promise.all([
      getBoardModel(fetch, params.study, slug, category),
      getPaperTable(fetch),
    ])
    return { open: { slug, detail, published: paper.rows.find((row) => row.slug === slug) ?? null } }
  })
}
