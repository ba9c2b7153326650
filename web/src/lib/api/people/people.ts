import { z } from 'zod'
import { ApiToken, CreatedApiToken, type NewApiToken } from '#server/accounts/bearers/schema.ts'
import { PeoplePage, Person, type ChangedPerson } from '#server/accounts/people/schema.ts'
import { RoleLink, type NewRoleLink } from '#server/links/people/schema.ts'
import { CreatedLink } from '#server/links/schema.ts'
import { ask, id, send, type Fetch } from '../ask.ts'
import { create } from '../create.ts'

export const listPeople = (fetch: Fetch, query: URLSearchParams) => ask(fetch, `/people?${query}`, PeoplePage)
export const changePerson = (fetch: Fetch, person: string, change: ChangedPerson) =>
  ask(fetch, `/people/${id(person)}`, Person, { method: 'PATCH', body: change })
export const signOutEverywhere = (fetch: Fetch, person: string) =>
  send(fetch, `/people/${id(person)}/sessions`, { method: 'DELETE' })
export const deletePerson = (fetch: Fetch, person: string) => send(fetch, `/people/${id(person)}`, { method: 'DELETE' })
/** A link that signs somebody in again, once. */
export const createSignInLink = (fetch: Fetch, person: string) =>
  create(fetch, `/people/${id(person)}/links`, CreatedLink, undefined)

export const listRoleLinks = (fetch: Fetch) => ask(fetch, '/invite-links', z.array(RoleLink))
export const createRoleLink = (fetch: Fetch, link: z.input<typeof NewRoleLink>) =>
  create(fetch, '/invite-links', CreatedLink, link)
export const revokeRoleLink = (fetch: Fetch, link: string) =>
  send(fetch, `/invite-links/${id(link)}`, { method: 'DELETE' })

export const listApiTokens = (fetch: Fetch) => ask(fetch, '/api-tokens', z.array(ApiToken))
/** Its text is in this one reply. */
export const createApiToken = (fetch: Fetch, token: z.input<typeof NewApiToken>) =>
  ask(fetch, '/api-tokens', CreatedApiToken, { method: 'POST', body: token })
export const revokeApiToken = (fetch: Fetch, token: string) =>
  send(fetch, `/api-tokens/${id(token)}`, { method: 'DELETE' })
