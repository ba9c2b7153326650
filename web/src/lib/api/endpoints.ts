import { z } from 'zod'
import { AllowedAddresses } from '#server/endpoints/addresses/schema.ts'
import {
  Endpoint,
  EndpointEvent,
  ImportedEndpoint,
  RemovedEndpoint,
  type ChangedEndpoint,
  type NewEndpoint,
} from '#server/endpoints/schema.ts'
import { ask, id, type Fetch } from './ask.ts'
import { create } from './create.ts'

export const listEndpoints = (fetch: Fetch) => ask(fetch, '/endpoints', z.array(Endpoint))
export const getEndpoint = (fetch: Fetch, endpoint: string) => ask(fetch, `/endpoints/${id(endpoint)}`, Endpoint)
export const createEndpoint = (fetch: Fetch, endpoint: z.input<typeof NewEndpoint>) =>
  create(fetch, '/endpoints', Endpoint, endpoint)
export const importEndpoints = (fetch: Fetch, file: string) =>
  create(fetch, '/endpoints/import', z.array(ImportedEndpoint), { file })
export const checkEndpoint = (fetch: Fetch, endpoint: string) =>
  ask(fetch, `/endpoints/${id(endpoint)}/check`, Endpoint, { method: 'POST' })
export const changeEndpoint = (fetch: Fetch, endpoint: string, change: z.input<typeof ChangedEndpoint>) =>
  ask(fetch, `/endpoints/${id(endpoint)}`, Endpoint, { method: 'PATCH', body: change })
export const removeEndpoint = (fetch: Fetch, endpoint: string) =>
  ask(fetch, `/endpoints/${id(endpoint)}`, RemovedEndpoint, { method: 'DELETE' })
export const listEvents = (fetch: Fetch, endpoint: string) =>
  ask(fetch, `/endpoints/${id(endpoint)}/events`, z.array(EndpointEvent))

export const listAllowed = (fetch: Fetch) => ask(fetch, '/allowed-addresses', AllowedAddresses)
export const allowAddress = (fetch: Fetch, address: string) =>
  ask(fetch, '/allowed-addresses', AllowedAddresses, { method: 'POST', body: { address } })
export const closeAddress = (fetch: Fetch, { host, port }: { host: string; port: number }) =>
  ask(fetch, `/allowed-addresses/${id(host)}/${port}`, AllowedAddresses, { method: 'DELETE' })
