import { error } from '@sveltejs/kit'
import { PredictionFilter } from '#server/runs/schema.ts'
import { getRun, listPredictions } from '#lib/api/runs.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import type { LayoutLoad } from './$types'

/** The run, and the first of its predictions under the filter in the address. */
export const load: LayoutLoad = async ({ fetch, params, url, depends }) => {
  depends('arena:run')
  const id = Number(params.id)
  if (!Number.isInteger(id) || id < 1)
    error(404, { message: 'There is no such run.', next: 'Runs have whole numbers.' })
  const filter = PredictionFilter.catch('all').parse(url.searchParams.get('filter') ?? 'all')
  return orLastCopy('arena:run', `${id}?filter=${filter}`, async () => {
    const [run, first] = await Promise.all([
      getRun(fetch, id),
      listPredictions(fetch, id, { filter, after: -1, limit: 100 }),
    ])
    return { run, filter, first }
  })
}
