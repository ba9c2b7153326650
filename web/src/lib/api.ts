import './zod-without-eval.ts'
import { z } from 'zod'
import { CreatedLink, LinkOffer, Me, SignedIn, type NewLink } from '#server/accounts/schema.ts'
import {
  CardBatch,
  Vote,
  Withdrawal,
  type LeaseRequest,
  type ReportInput,
  type VoteInput,
} from '#server/battles/schema.ts'
import { BenchmarkDetails, BenchmarkSummary } from '#server/datasets/schema.ts'
import { Endpoint, type NewEndpoint } from '#server/endpoints/schema.ts'
import { Prediction, PredictionPage, Run, RunSummary, type NewRun, type PredictionFilter } from '#server/runs/schema.ts'
import { Study, StudySummary } from '#server/studies/schema.ts'
import { ApiProblem, NoAnswer, ProblemDocument } from './api-problem.ts'

/** A `load` hands in its own, so that a page rendered on the server asks without a socket. */
export type Fetch = typeof globalThis.fetch

interface Call {
  method?: 'GET' | 'POST' | 'DELETE'
  body?: unknown
  /** The same key gets the first reply again. */
  idempotencyKey?: string
  /** Lets the request outlive the page. */
  keepalive?: boolean
  /** Without it a request on a dead network may wait for minutes. */
  timeoutMs?: number
}

async function send(
  fetch: Fetch,
  path: string,
  { method = 'GET', body, idempotencyKey, keepalive, timeoutMs }: Call,
): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (idempotencyKey) headers['idempotency-key'] = idempotencyKey
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(keepalive && { keepalive }),
    ...(timeoutMs !== undefined && { signal: AbortSignal.timeout(timeoutMs) }),
  }).catch((cause: unknown) => {
    throw new NoAnswer(cause)
  })
  if (response.ok) return response
  throw await problemOf(response)
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const document = ProblemDocument.safeParse(await response.json().catch(() => null))
  return new ApiProblem(
    document.success
      ? document.data
      : { type: 'about:blank', title: `The server answered ${response.status}`, status: response.status },
  )
}

/** Asks the API and checks what it says against the reply's schema. Throws ApiProblem and NoAnswer. */
export async function ask<T>(fetch: Fetch, path: string, reply: z.ZodType<T>, call: Call = {}): Promise<T> {
  const response = await send(fetch, path, call)
  return reply.parse(await response.json())
}

/** A name or id as part of an address. */
export const id = encodeURIComponent

export const getMe = (fetch: Fetch) => ask(fetch, '/me', Me)
export const signOut = (fetch: Fetch) => send(fetch, '/session', { method: 'DELETE' })
export const getLink = (fetch: Fetch, code: string) => ask(fetch, `/links/${id(code)}`, LinkOffer)
export const redeemLink = (fetch: Fetch, code: string, consent: boolean) =>
  ask(fetch, `/links/${id(code)}`, SignedIn, { method: 'POST', body: { consent } })

export const listBenchmarks = (fetch: Fetch) => ask(fetch, '/benchmarks', z.array(BenchmarkSummary))
export const getBenchmark = (fetch: Fetch, benchmark: string) =>
  ask(fetch, `/benchmarks/${id(benchmark)}`, BenchmarkDetails)

export const listRuns = (fetch: Fetch) => ask(fetch, '/runs', z.array(RunSummary))
export const getRun = (fetch: Fetch, run: number) => ask(fetch, `/runs/${run}`, Run)
export const createRun = (fetch: Fetch, run: z.input<typeof NewRun>) =>
  ask(fetch, '/runs', RunSummary, { method: 'POST', body: run })
export const changeRun = (fetch: Fetch, run: number, change: 'pause' | 'resume' | 'cancel' | 'retry-errors') =>
  send(fetch, `/runs/${run}/${change}`, { method: 'POST' })
export const listPredictions = (
  fetch: Fetch,
  run: number,
  page: { filter: PredictionFilter; after: number; limit: number },
) =>
  ask(fetch, `/runs/${run}/predictions?filter=${page.filter}&after=${page.after}&limit=${page.limit}`, PredictionPage)
export const getPrediction = (fetch: Fetch, run: number, example: string) =>
  ask(fetch, `/runs/${run}/predictions/${id(example)}`, Prediction)

export const listEndpoints = (fetch: Fetch) => ask(fetch, '/endpoints', z.array(Endpoint))
export const getEndpoint = (fetch: Fetch, endpoint: string) => ask(fetch, `/endpoints/${id(endpoint)}`, Endpoint)
export const createEndpoint = (fetch: Fetch, endpoint: z.input<typeof NewEndpoint>) =>
  ask(fetch, '/endpoints', Endpoint, { method: 'POST', body: endpoint })
export const checkEndpoint = (fetch: Fetch, endpoint: string) =>
  ask(fetch, `/endpoints/${id(endpoint)}/check`, Endpoint, { method: 'POST' })

export const listStudies = (fetch: Fetch) => ask(fetch, '/studies', z.array(StudySummary))
export const getStudy = (fetch: Fetch, study: string) => ask(fetch, `/studies/${id(study)}`, Study)
export const createLink = (fetch: Fetch, study: string, link: z.input<typeof NewLink>) =>
  ask(fetch, `/studies/${id(study)}/links`, CreatedLink, { method: 'POST', body: link })

export const leaseCards = (fetch: Fetch, study: string, request: z.input<typeof LeaseRequest>) =>
  ask(fetch, `/studies/${id(study)}/battles/lease`, CardBatch, { method: 'POST', body: request })
/** One vote has one key, so that a retry after a lost reply is the same vote. */
export const castVote = (fetch: Fetch, battle: string, vote: z.input<typeof VoteInput>) =>
  ask(fetch, `/battles/${id(battle)}/vote`, Vote, {
    method: 'POST',
    body: vote,
    idempotencyKey: `vote-${battle}`,
    keepalive: true,
    timeoutMs: 15_000,
  })
export const renewLease = (fetch: Fetch, battle: string) =>
  send(fetch, `/battles/${id(battle)}/renew`, { method: 'POST' })
export const releaseLease = (fetch: Fetch, battle: string) =>
  send(fetch, `/battles/${id(battle)}/release`, { method: 'POST', keepalive: true })
/** The same pair is offered as a new battle, whose card comes first at the next lease. */
export const withdrawVote = (fetch: Fetch, vote: number) =>
  ask(fetch, `/votes/${vote}/withdraw`, Withdrawal, { method: 'POST' })
export const reportBattle = (fetch: Fetch, battle: string, report: z.input<typeof ReportInput>) =>
  send(fetch, `/battles/${id(battle)}/report`, { method: 'POST', body: report })

/** Address of a picture, at most `width` pixels wide. */
export const imageUrl = (sha256: string, width?: number) => `/api/v1/images/${sha256}${width ? `?w=${width}` : ''}`
