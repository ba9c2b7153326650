import { getScatter } from '#lib/api/boards.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import type { PageLoad } from './$types'

/** Academic average against Elo; `?chart=paper` shows the paper's own. */
export const load: PageLoad = async ({ fetch, params, url, parent, depends }) => {
  depends('arena:board')
  const { category } = await parent()
  const paper = url.searchParams.get('chart') === 'paper'
  return orLastCopy('arena:board', `scatter ${params.study} ${category} ${paper}`, async () => ({
    scatter: await getScatter(fetch, params.study, category),
    paper,
  }))
}
