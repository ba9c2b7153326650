import { getScatter } from '#lib/api/boards.ts'
import type { PageLoad } from './$types'

/** Academic average against Elo; `?chart=paper` shows the paper's own. */
export const load: PageLoad = async ({ fetch, params, url, parent, depends }) => {
  depends('arena:board')
  const { category } = await parent()
  const scatter = await getScatter(fetch, params.study, category)
  return { scatter, paper: url.searchParams.get('chart') === 'paper' }
}
