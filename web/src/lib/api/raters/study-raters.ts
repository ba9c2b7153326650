import { RatersDecided, type ExclusionInput } from '#server/battles/exclusions/schema.ts'
import { ExclusionEffect, RaterEvidence, RaterList, type EffectInput } from '#server/boards/raters/schema.ts'
import { ask, id, type Fetch } from '../ask.ts'

/** An address's search, passed on as it is: the API says what is wrong with it. */
export const listRaters = (fetch: Fetch, study: string, search: URLSearchParams) =>
  ask(fetch, `/studies/${id(study)}/raters?${search.toString()}`, RaterList)
export const getEvidence = (fetch: Fetch, study: string, rater: string, search: URLSearchParams) =>
  ask(fetch, `/studies/${id(study)}/raters/${id(rater)}/votes?${search.toString()}`, RaterEvidence)
export const readEffect = (fetch: Fetch, study: string, body: EffectInput) =>
  ask(fetch, `/studies/${id(study)}/raters/effect`, ExclusionEffect, { method: 'POST', body })
export const excludeRaters = (fetch: Fetch, study: string, body: ExclusionInput) =>
  ask(fetch, `/studies/${id(study)}/raters/exclusions`, RatersDecided, { method: 'POST', body })
export const includeRaters = (fetch: Fetch, study: string, raters: string[]) =>
  ask(fetch, `/studies/${id(study)}/raters/inclusions`, RatersDecided, { method: 'POST', body: { raters } })
