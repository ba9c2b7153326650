import { getMatrix } from '#lib/api/boards.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import type { PageLoad } from './$types'

/** Who beat whom; the address may name the pair that is looked at first. */
export const load: PageLoad = async ({ fetch, params, url, parent, depends }) => {
  depends('arena:board')
  const { category } = await parent()
  const { matrix, ...rest } = await orLastCopy('arena:board', `matrix ${params.study} ${category}`, async () => ({
    matrix: await getMatrix(fetch, params.study, category),
  }))
  const placeOf = (slug: string | null) => matrix.models.findIndex((model) => model.slug === slug)
  const row = Math.max(0, placeOf(url.searchParams.get('row')))
  const column = placeOf(url.searchParams.get('column'))
  return { ...rest, matrix, first: { row, column: column >= 0 ? column : row === 0 ? 1 : 0 } }
}
