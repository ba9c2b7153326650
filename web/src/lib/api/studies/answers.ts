import { z } from 'zod'
import { BadRows, UploadedBytes } from '#server/queries/imports/schema.ts'
import { AnswerImport, type NewAnswerImport } from '#server/responses/imports/schema.ts'
import { AnswersAsked } from '#server/responses/schema.ts'
import { ask, id, send, type Fetch } from '../ask.ts'

const imports = (importId: string, path = '') => `/answer-imports/${id(importId)}${path}`

export const collectAgain = (fetch: Fetch, study: string, model?: string) =>
  ask(fetch, `/studies/${id(study)}/answers/collect`, AnswersAsked, { method: 'POST', body: { model } })
export const removeAnswers = (fetch: Fetch, study: string, model: string) =>
  send(fetch, `/studies/${id(study)}/answers/${id(model)}`, { method: 'DELETE' })
export const listAnswerImports = (fetch: Fetch, study: string) =>
  ask(fetch, `/studies/${id(study)}/answer-imports`, z.array(AnswerImport))
export const openAnswerImport = (fetch: Fetch, study: string, body: NewAnswerImport) =>
  ask(fetch, `/studies/${id(study)}/answer-imports`, AnswerImport, { method: 'POST', body })
export const uploadAnswers = (fetch: Fetch, importId: string, file: string, offset: number, bytes: Blob) =>
  ask(fetch, imports(importId, `/files/${id(file)}?offset=${offset}`), UploadedBytes, { method: 'PUT', bytes })
export const startAnswerImport = (fetch: Fetch, importId: string, skipBad: boolean) =>
  ask(fetch, imports(importId, '/start'), AnswerImport, { method: 'POST', body: { skipBad } })
export const stopAnswerImport = (fetch: Fetch, importId: string) =>
  ask(fetch, imports(importId, '/stop'), AnswerImport, { method: 'POST' })
export const forgetAnswerImport = (fetch: Fetch, importId: string) =>
  send(fetch, imports(importId), { method: 'DELETE' })
export const getBadAnswers = (fetch: Fetch, importId: string) => ask(fetch, imports(importId, '/bad-rows'), BadRows)
export const badAnswersFile = (importId: string) => `/api/v1${imports(importId, '/bad-rows.csv')}`
