import {
  GoldImported,
  GoldItem,
  GoldList,
  QueryAnswers,
  type GoldChange,
  type GoldImport,
  type NewGoldItem,
} from '#server/battles/gold/schema.ts'
import { ask, id, send, type Fetch } from '../ask.ts'
import { create } from '../create.ts'

const gold = (study: string, path = '') => `/studies/${id(study)}/gold${path}`

export const listGold = (fetch: Fetch, study: string, show: string, page: string) =>
  ask(fetch, gold(study, `?${new URLSearchParams({ show, page })}`), GoldList)
export const getQueryAnswers = (fetch: Fetch, study: string, query: string) =>
  ask(fetch, gold(study, `-answers?query=${id(query)}`), QueryAnswers)
export const addGold = (fetch: Fetch, study: string, item: NewGoldItem) => create(fetch, gold(study), GoldItem, item)
export const importGold = (fetch: Fetch, study: string, body: GoldImport) =>
  ask(fetch, gold(study, '/import'), GoldImported, { method: 'POST', body })
export const changeGold = (fetch: Fetch, study: string, item: string, body: GoldChange) =>
  ask(fetch, gold(study, `/${id(item)}`), GoldItem, { method: 'PATCH', body })
export const deleteGold = (fetch: Fetch, study: string, item: string) =>
  send(fetch, gold(study, `/${id(item)}`), { method: 'DELETE' })
