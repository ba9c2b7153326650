import { z } from 'zod'
import { MadeLink } from '#server/links/schema.ts'
import { ask, id, send, type Fetch } from './ask.ts'

export const listRaterLinks = (fetch: Fetch, study: string) =>
  ask(fetch, `/studies/${id(study)}/links`, z.array(MadeLink))
export const revokeRaterLink = (fetch: Fetch, study: string, link: string) =>
  send(fetch, `/studies/${id(study)}/links/${id(link)}`, { method: 'DELETE' })
