import { getPrediction } from '#lib/api/runs.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, depends }) => {
  depends('arena:run')
  return { prediction: await getPrediction(fetch, Number(params.id), params.example) }
}
