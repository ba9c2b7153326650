import { z } from 'zod'
import {
  Prediction,
  PredictionPage,
  type ResumedRun,
  Run,
  RunSummary,
  type NewRuns,
  type PredictionFilter,
} from '#server/runs/schema.ts'
import { Comparison, ComparisonMatrix, FlipPage, type FlipQuery } from '#server/comparisons/schema.ts'
import { EndpointQueue, type MovedRun } from '#server/runs/queue/schema.ts'
import { ask, id, send, type Fetch } from './ask.ts'
import { create } from './create.ts'

export const listRuns = (fetch: Fetch) => ask(fetch, '/runs', z.array(RunSummary))
export const listRunsOf = (fetch: Fetch, endpoint: string) =>
  ask(fetch, `/endpoints/${id(endpoint)}/runs`, z.array(RunSummary))
export const createRuns = (fetch: Fetch, endpoint: string, runs: z.input<typeof NewRuns>) =>
  create(fetch, `/endpoints/${id(endpoint)}/runs`, z.array(RunSummary), runs)
export const getRun = (fetch: Fetch, run: number) => ask(fetch, `/runs/${run}`, Run)
export const changeRun = (fetch: Fetch, run: number, change: 'pause' | 'cancel') =>
  send(fetch, `/runs/${run}/${change}`, { method: 'POST' })
export const readQueue = (fetch: Fetch) => ask(fetch, '/queue', z.array(EndpointQueue))
export const moveRun = (fetch: Fetch, run: number, to: MovedRun['to']) =>
  send(fetch, `/runs/${run}/move`, { method: 'POST', body: { to } })
export const limitRun = (fetch: Fetch, run: number, costLimit: number | null) =>
  send(fetch, `/runs/${run}`, { method: 'PATCH', body: { costLimit } })
export const resumeRun = (fetch: Fetch, run: number, how: ResumedRun) =>
  send(fetch, `/runs/${run}/resume`, { method: 'POST', body: how })
export const finaliseRun = (fetch: Fetch, run: number) => send(fetch, `/runs/${run}/finalise`, { method: 'POST' })
export const withdrawRun = (fetch: Fetch, run: number, reason: string) =>
  send(fetch, `/runs/${run}/withdraw`, { method: 'POST', body: { reason } })
export const restoreRun = (fetch: Fetch, run: number) => send(fetch, `/runs/${run}/restore`, { method: 'POST' })
export const detachServerScore = (fetch: Fetch, run: number, score: number) =>
  send(fetch, `/runs/${run}/server-scores/${score}`, { method: 'DELETE' })
export const deleteRun = (fetch: Fetch, run: number) => send(fetch, `/runs/${run}`, { method: 'DELETE' })
export const listPredictions = (
  fetch: Fetch,
  run: number,
  page: { filter: PredictionFilter; after: number; limit: number },
) =>
  ask(fetch, `/runs/${run}/predictions?filter=${page.filter}&after=${page.after}&limit=${page.limit}`, PredictionPage)
export const getPrediction = (fetch: Fetch, run: number, example: string) =>
  ask(fetch, `/runs/${run}/predictions/${id(example)}`, Prediction)
export const curlAddress = (run: number, example: string) => `/api/v1/runs/${run}/predictions/${id(example)}/curl`
export const readCurl = async (fetch: Fetch, run: number, example: string) =>
  (await send(fetch, `/runs/${run}/predictions/${id(example)}/curl`, {})).text()
export const compareRuns = (fetch: Fetch, a: number, b: number) =>
  ask(fetch, `/comparisons/pair?a=${a}&b=${b}`, Comparison)
export const comparisonCsvUrl = (a: number, b: number) => `/api/v1/comparisons/pair.csv?a=${a}&b=${b}`
export const listFlips = (fetch: Fetch, { a, b, way, after, limit }: FlipQuery) =>
  ask(fetch, `/comparisons/pair/flips?a=${a}&b=${b}&way=${way}&after=${after}&limit=${limit}`, FlipPage)
export const compareAll = (fetch: Fetch, runs: number[]) =>
  ask(fetch, `/comparisons/matrix?runs=${runs.join(',')}`, ComparisonMatrix)
