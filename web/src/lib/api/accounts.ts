import type { z } from 'zod'
import { Me, SignedIn, type Language } from '#server/accounts/schema.ts'
import { CreatedLink, LinkOffer, type LinkRedemption, type NewLink } from '#server/links/schema.ts'
import { ask, id, send, type Fetch } from './ask.ts'
import { create } from './create.ts'

export const getMe = (fetch: Fetch) => ask(fetch, '/me', Me)
export const signOut = (fetch: Fetch) => send(fetch, '/session', { method: 'DELETE' })
/** Kept with whoever is signed in, else in this browser. */
export const chooseLanguage = (fetch: Fetch, language: Language) =>
  send(fetch, '/me/language', { method: 'PUT', body: { language } })
export const getLink = (fetch: Fetch, code: string) => ask(fetch, `/links/${id(code)}`, LinkOffer)
export const redeemLink = (fetch: Fetch, code: string, redemption: z.input<typeof LinkRedemption>) =>
  ask(fetch, `/links/${id(code)}`, SignedIn, { method: 'POST', body: redemption })
export const createLink = (fetch: Fetch, study: string, link: z.input<typeof NewLink>) =>
  create(fetch, `/studies/${id(study)}/links`, CreatedLink, link)
/** A new address at which the rater who asks is found again in a study; theirs from before ends. */
export const renewAddress = (fetch: Fetch, study: string) =>
  ask(fetch, `/studies/${id(study)}/return-address`, CreatedLink, { method: 'POST' })
