import {
  TrainingPreview,
  TrainingResults,
  TrainingStep,
  type TrainingVerdict,
} from '#server/battles/training/schema.ts'
import { ask, id, send, type Fetch } from '../ask.ts'

const post = (fetch: Fetch, path: string, body: object) => ask(fetch, path, TrainingStep, { method: 'POST', body })

export const takeUpTraining = (fetch: Fetch, study: string, rater: string | undefined) =>
  post(fetch, `/studies/${id(study)}/training`, { rater })
export const beginRound = (fetch: Fetch, study: string, rater: string | undefined) =>
  post(fetch, `/studies/${id(study)}/training/rounds`, { rater })
/** The first verdict on an item stands, so a retry after a lost reply changes nothing. */
export const judgeCard = (fetch: Fetch, card: string, verdict: TrainingVerdict) =>
  post(fetch, `/training-cards/${id(card)}/verdict`, verdict)
export const passCard = (fetch: Fetch, card: string, rater: string | undefined) =>
  post(fetch, `/training-cards/${id(card)}/next`, { rater })
/** A round to try, with what raters are told. */
export const previewTraining = (fetch: Fetch, study: string, seed: string) =>
  ask(fetch, `/studies/${id(study)}/training-preview?seed=${id(seed)}`, TrainingPreview)
export const getTrainingOf = (fetch: Fetch, study: string, rater: string) =>
  ask(fetch, `/studies/${id(study)}/raters/${id(rater)}/training`, TrainingResults)
export const resetTraining = (fetch: Fetch, study: string, rater: string) =>
  send(fetch, `/studies/${id(study)}/raters/${id(rater)}/training`, { method: 'DELETE' })
