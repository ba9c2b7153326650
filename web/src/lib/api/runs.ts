import { z } from 'zod'
import { Prediction, PredictionPage, Run, RunSummary, type NewRun, type PredictionFilter } from '#server/runs/schema.ts'
import { ask, id, send, type Fetch } from './ask.ts'
import { create } from './create.ts'

export const listRuns = (fetch: Fetch) => ask(fetch, '/runs', z.array(RunSummary))
export const getRun = (fetch: Fetch, run: number) => ask(fetch, `/runs/${run}`, Run)
export const createRun = (fetch: Fetch, run: z.input<typeof NewRun>) => create(fetch, '/runs', RunSummary, run)
export const changeRun = (fetch: Fetch, run: number, change: 'pause' | 'resume' | 'cancel' | 'retry-errors') =>
  send(fetch, `/runs/${run}/${change}`, { method: 'POST' })
export const listPredictions = (
  fetch: Fetch,
  run: number,
  page: { filter: PredictionFilter; after: number; limit: number },
) =>
  ask(fetch, `/runs/${run}/predictions?filter=${page.filter}&after=${page.after}&limit=${page.limit}`, PredictionPage)
export const getPrediction = (fetch: Fetch, run: number, example: string) =>
  ask(fetch, `/runs/${run}/predictions/${id(example)}`, Prediction)
