import { z } from 'zod'
import { Endpoint, type NewEndpoint } from '#server/endpoints/schema.ts'
import { ask, id, type Fetch } from './ask.ts'
import { create } from './create.ts'

export const listEndpoints = (fetch: Fetch) => ask(fetch, '/endpoints', z.array(Endpoint))
export const getEndpoint = (fetch: Fetch, endpoint: string) => ask(fetch, `/endpoints/${id(endpoint)}`, Endpoint)
export const createEndpoint = (fetch: Fetch, endpoint: z.input<typeof NewEndpoint>) =>
  create(fetch, '/endpoints', Endpoint, endpoint)
export const checkEndpoint = (fetch: Fetch, endpoint: string) =>
  ask(fetch, `/endpoints/${id(endpoint)}/check`, Endpoint, { method: 'POST' })
