import { z } from 'zod'
import { SignedIn } from '#server/accounts/schema.ts'
import {
  OwnPlace,
  Panel,
  PanelAddress,
  PanelExit,
  PanelOffer,
  PanelPlaces,
  type NewPanel,
  type PanelArrival,
  type PanelChange,
} from '#server/raters/panels/schema.ts'
import { ask, id, send, type Fetch } from '../ask.ts'
import { create } from '../create.ts'

const of = (study: string, panel: string) => `/studies/${id(study)}/panels/${id(panel)}`

export const listPanels = (fetch: Fetch, study: string) => ask(fetch, `/studies/${id(study)}/panels`, z.array(Panel))
export const createPanel = (fetch: Fetch, study: string, panel: z.input<typeof NewPanel>) =>
  create(fetch, `/studies/${id(study)}/panels`, PanelAddress, panel)
export const changePanel = (fetch: Fetch, study: string, panel: string, body: PanelChange) =>
  ask(fetch, of(study, panel), Panel, { method: 'PATCH', body })
export const renewPanelAddress = (fetch: Fetch, study: string, panel: string) =>
  ask(fetch, `${of(study, panel)}/address`, PanelAddress, { method: 'POST' })
export const deletePanel = (fetch: Fetch, study: string, panel: string) =>
  send(fetch, of(study, panel), { method: 'DELETE' })
export const listPlaces = (fetch: Fetch, study: string, panel: string) =>
  ask(fetch, `${of(study, panel)}/places`, PanelPlaces)
export const settlePlace = (fetch: Fetch, study: string, panel: string, place: string, verb: 'return' | 'restore') =>
  send(fetch, `${of(study, panel)}/places/${id(place)}/${verb}`, { method: 'POST' })

export const getPanelOffer = (fetch: Fetch, code: string, body: z.input<typeof PanelArrival>) =>
  ask(fetch, `/panels/${id(code)}/offer`, PanelOffer, { method: 'POST', body })
export const arriveByPanel = (fetch: Fetch, code: string, body: z.input<typeof PanelArrival>) =>
  ask(fetch, `/panels/${id(code)}`, SignedIn, { method: 'POST', body })
export const declinePanel = (fetch: Fetch, code: string, body: z.input<typeof PanelArrival>) =>
  ask(fetch, `/panels/${id(code)}/decline`, PanelExit, { method: 'POST', body })
export const finishSitting = (fetch: Fetch, study: string) =>
  ask(fetch, `/studies/${id(study)}/sitting/finish`, OwnPlace, { method: 'POST' })
export const returnSitting = (fetch: Fetch, study: string) =>
  ask(fetch, `/studies/${id(study)}/sitting/return`, PanelExit.nullable(), { method: 'POST' })
