import { CreatedLink, CreatedPersonalLinks, type NewPersonalLinks } from '#server/links/schema.ts'
import { PersonalLinkList } from '#server/raters/links/schema.ts'
import { ask, id, type Fetch } from '../ask.ts'
import { create } from '../create.ts'

/** An address's search, passed on as it is: the API says what is wrong with it. */
export const listPersonalLinks = (fetch: Fetch, study: string, search: URLSearchParams) =>
  ask(fetch, `/studies/${id(study)}/personal-links?${search.toString()}`, PersonalLinkList)
export const createPersonalLinks = (fetch: Fetch, study: string, links: NewPersonalLinks) =>
  create(fetch, `/studies/${id(study)}/personal-links`, CreatedPersonalLinks, links)
export const giveLinkAnew = (fetch: Fetch, study: string, link: string) =>
  create(fetch, `/studies/${id(study)}/personal-links/${id(link)}/anew`, CreatedLink, undefined)
export const createLinkFor = (fetch: Fetch, study: string, rater: string) =>
  create(fetch, `/studies/${id(study)}/raters/${id(rater)}/links`, CreatedLink, undefined)
