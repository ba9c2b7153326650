import { BoardEffect } from '#server/boards/effects/schema.ts'
import { ReportPage, Waiting, type ReportDecision } from '#server/battles/reports/schema.ts'
import { AnswersDecided, HeldPage, type AnswerDecision } from '#server/responses/schema.ts'
import { ask, id, send, type Fetch } from './ask.ts'

const paged = (state: string, after: string | null) =>
  `?${new URLSearchParams(after === null ? { state } : { state, after }).toString()}`

export const getWaiting = (fetch: Fetch, study: string) => ask(fetch, `/studies/${id(study)}/waiting`, Waiting)
export const listHeld = (fetch: Fetch, study: string, state: 'held' | 'dropped', after: string | null) =>
  ask(fetch, `/studies/${id(study)}/held-answers${paged(state, after)}`, HeldPage)
export const decideAnswers = (fetch: Fetch, study: string, body: AnswerDecision) =>
  ask(fetch, `/studies/${id(study)}/held-answers/decisions`, AnswersDecided, { method: 'POST', body })
export const listReports = (fetch: Fetch, study: string, state: 'open' | 'closed', after: string | null) =>
  ask(fetch, `/studies/${id(study)}/reports${paged(state, after)}`, ReportPage)
export const decideReport = (fetch: Fetch, report: string, body: ReportDecision) =>
  send(fetch, `/reports/${id(report)}`, { method: 'PATCH', body })
export const readReportEffect = (fetch: Fetch, report: string, body: ReportDecision) =>
  ask(fetch, `/reports/${id(report)}/effect`, BoardEffect, { method: 'POST', body })
