import { getPrediction } from '#lib/api/runs.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, depends }) => {
  depends('arena:run')
  return orLastCopy('arena:run', `${params.id} ${params.example}`, async () => ({
    prediction: await getPrediction(fetch, Number(params.id), params.example),
  }))
}
