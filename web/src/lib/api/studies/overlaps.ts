import { Overlap, OverlapList, OverlapsCancelled } from '#server/battles/overlap/schema.ts'
import { ask, id, type Fetch } from '../ask.ts'

const overlaps = (study: string, path = '') => `/studies/${id(study)}/overlaps${path}`

export const listOverlaps = (fetch: Fetch, study: string, show: string, page: string) =>
  ask(fetch, overlaps(study, `?${new URLSearchParams({ show, page })}`), OverlapList)
export const changeOverlap = (fetch: Fetch, study: string, overlap: string, cancelled: boolean) =>
  ask(fetch, overlaps(study, `/${id(overlap)}`), Overlap, { method: 'PATCH', body: { cancelled } })
export const cancelOverlaps = (fetch: Fetch, study: string) =>
  ask(fetch, overlaps(study, '/cancel'), OverlapsCancelled, { method: 'POST', body: {} })
