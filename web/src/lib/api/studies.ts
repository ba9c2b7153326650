import { z } from 'zod'
import { MadeLink } from '#server/links/schema.ts'
import { ChangeMeaning, Study, StudySummary, type NewStudy, type StudyChange } from '#server/studies/schema.ts'
import { ask, id, send, type Fetch } from './ask.ts'
import { create } from './create.ts'

export const listStudies = (fetch: Fetch) => ask(fetch, '/studies', z.array(StudySummary))
export const getStudy = (fetch: Fetch, study: string) => ask(fetch, `/studies/${id(study)}`, Study)
export const createStudy = (fetch: Fetch, study: NewStudy) => create(fetch, '/studies', Study, study)
export const openStudy = (fetch: Fetch, study: string) =>
  ask(fetch, `/studies/${id(study)}/open`, Study, { method: 'POST' })
export const reopenStudy = (fetch: Fetch, study: string) =>
  ask(fetch, `/studies/${id(study)}/reopen`, Study, { method: 'POST' })
export const pauseStudy = (fetch: Fetch, study: string) =>
  ask(fetch, `/studies/${id(study)}/pause`, Study, { method: 'POST' })
export const resumeStudy = (fetch: Fetch, study: string) =>
  ask(fetch, `/studies/${id(study)}/resume`, Study, { method: 'POST' })
export const closeStudy = (fetch: Fetch, study: string) =>
  send(fetch, `/studies/${id(study)}/close`, { method: 'POST' })
export const archiveStudy = (fetch: Fetch, study: string) =>
  ask(fetch, `/studies/${id(study)}/archive`, Study, { method: 'POST' })
export const restoreStudy = (fetch: Fetch, study: string) =>
  ask(fetch, `/studies/${id(study)}/restore`, Study, { method: 'POST' })
/** `name`: of a closed study, which goes with its votes; left out for a draft. */
export const deleteStudy = (fetch: Fetch, study: string, name?: string) =>
  send(fetch, `/studies/${id(study)}${name === undefined ? '' : `?name=${id(name)}`}`, { method: 'DELETE' })
export const explainChange = (fetch: Fetch, study: string, body: StudyChange) =>
  ask(fetch, `/studies/${id(study)}/changes/meaning`, ChangeMeaning, { method: 'POST', body })
export const changeStudy = (fetch: Fetch, study: string, body: StudyChange) =>
  ask(fetch, `/studies/${id(study)}`, Study, { method: 'PATCH', body })
export const listRaterLinks = (fetch: Fetch, study: string) =>
  ask(fetch, `/studies/${id(study)}/links`, z.array(MadeLink))
export const revokeRaterLink = (fetch: Fetch, study: string, link: string) =>
  send(fetch, `/studies/${id(study)}/links/${id(link)}`, { method: 'DELETE' })
export const addModel = (fetch: Fetch, study: string, endpoint: string) =>
  ask(fetch, `/studies/${id(study)}/models`, Study, { method: 'POST', body: { endpoint } })
export const removeModel = (fetch: Fetch, study: string, model: string) =>
  ask(fetch, `/studies/${id(study)}/models/${id(model)}`, Study, { method: 'DELETE' })
export const releaseModel = (fetch: Fetch, model: string) =>
  send(fetch, `/models/${id(model)}/release`, { method: 'POST' })
export const withdrawModel = (fetch: Fetch, model: string) =>
  send(fetch, `/models/${id(model)}/withdraw`, { method: 'POST' })
