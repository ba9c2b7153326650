import { getPrediction } from '#lib/api/runs.ts'
import { orErrorPage } from '#lib/load.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, depends }) => {
  depends('arena:run')
  return { prediction: await orErrorPage(getPrediction(fetch, Number(params.id), params.example)) }
}
