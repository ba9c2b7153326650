import { isDeepStrictEqual } from 'node:util'
import { and, eq, isNull, ne } from 'drizzle-orm'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import { recordAudit } from '../accounts/service.ts'
import type { Context } from '../core/context.ts'
import { defineProblem, InputError } from '../core/problem.ts'
import { inTransaction } from '../core/transaction.ts'
import { renameModel } from '../models/service.ts'
import type { StoredEndpoint } from './call-endpoint.ts'
import { recordEvent } from './events.ts'
import { protocols } from './protocols.ts'
import { storedReach } from './reach.ts'
import type { ChangedEndpoint, DescribedEndpoint, RemovedEndpoint } from './schema.ts'
import {
  allowedBaseUrl,
  endpointNameTaken,
  getEndpoint,
  sealedColumns,
  statusOf,
  unchecked,
  usableEndpoint,
} from './service.ts'

export const endpointInUse = defineProblem('endpoint-in-use', 409, 'The endpoint is being asked')

/** What asks an endpoint, told by the module that has runs. */
export interface EndpointUses {
  /** What goes on now, in words: "run 12". */
  going: string[]
  /** Runs and answers of studies that were ever asked of it. */
  kept: number
}
export type FindUses = (ctx: Context, endpointId: string) => Promise<EndpointUses>

/** What may move a number and is not kept by each run for itself: not changed under one that goes on. */
const moving = ['baseUrl', 'remoteModel', 'sendsStyleTag', 'thinkingTags'] as const

/** What a check found of an endpoint need not hold after these change. */
const asksDifferently = ['baseUrl', 'remoteModel', 'sampling', 'maxTokensName', 'extraBody'] as const

type Columns = Partial<StoredEndpoint>

/**
 * Changes an endpoint, all or nothing; a new key, address or model name makes it unchecked until the next check. Throws
 * endpoint-in-use where a run that goes on would change its question, and the problems of registering.
 */
export async function changeEndpoint(
  ctx: Context,
  endpointId: string,
  change: ChangedEndpoint & { keyVariable?: string | null },
  findUses: FindUses,
): Promise<DescribedEndpoint> {
  const endpoint = await usableEndpoint(ctx, endpointId)
  const { off, key, model, keyVariable = null, ...plain } = change
  const set = differing(endpoint, {
    ...plain,
    ...(plain.baseUrl !== undefined && { baseUrl: await addressFor(ctx, endpoint, plain.baseUrl) }),
  })
  const words = wordsOn(endpoint, set)
  refuseBuiltIn(endpoint, change)
  await refuseUnderRuns(ctx, endpoint, set, findUses)
  if (asksDifferently.some((column) => set[column] !== undefined)) Object.assign(set, unchecked(words.join('; ')))
  const moved = set.baseUrl !== undefined && new URL(set.baseUrl).origin !== new URL(endpoint.baseUrl).origin
  if (moved || key === null) Object.assign(set, { sealedKey: null, keyHint: null, keyVariable: null })
  if (key === null) {
    if (set.status === undefined) Object.assign(set, unchecked('The key was forgotten'))
    words.push('The key was forgotten')
  }
  if (typeof key === 'string') {
    const { baseUrl = endpoint.baseUrl } = set
    Object.assign(set, sealedColumns(ctx, { id: endpoint.id, baseUrl }, key), { keyVariable })
    words.push(endpoint.sealedKey === null ? 'A key was stored' : 'The key was replaced')
  }
  words.push(...switchOff(endpoint, off, set))
  await inTransaction(ctx, (ctx) => store(ctx, endpoint, { set, words, model }))
  return getEndpoint(ctx, endpointId)
}

/** The given columns that are not what they are already. */
function differing(endpoint: StoredEndpoint, given: object): Columns {
  const changed = Object.entries(given).filter(
    ([name, value]) => value !== undefined && !isDeepStrictEqual(endpoint[name as keyof StoredEndpoint], value),
  )
  return Object.fromEntries(changed)
}

async function addressFor(ctx: Context, endpoint: StoredEndpoint, text: string): Promise<string> {
  return allowedBaseUrl(ctx, text, protocols[endpoint.protocol], await storedReach(ctx, endpoint))
}

function refuseBuiltIn({ builtIn, name }: StoredEndpoint, { off: _, ...change }: ChangedEndpoint) {
  if (builtIn && Object.values(change).some((value) => value !== undefined))
    throw new InputError(`${name} is built in: it can be switched off and on, and nothing else of it changes`)
}

async function refuseUnderRuns(ctx: Context, { id, name }: StoredEndpoint, set: Columns, findUses: FindUses) {
  if (!moving.some((column) => set[column] !== undefined)) return
  const { going } = await findUses(ctx, id)
  if (going.length > 0)
    throw endpointInUse(`${listed(going)} would ask ${name} in two ways. Pause it first, then change the endpoint`)
}

function switchOff(endpoint: StoredEndpoint, off: boolean | undefined, set: Columns): string[] {
  if (off === undefined || off === (endpoint.status === 'off')) {
    // Whatever else changes, an endpoint that is off stays so.
    if (endpoint.status === 'off') Object.assign(set, statusOf(endpoint))
    return []
  }
  const words = off ? 'Switched off' : 'Switched on again'
  Object.assign(set, off ? { ...unchecked(words), status: 'off' } : unchecked(words))
  return [words]
}

async function store(
  ctx: Context,
  endpoint: StoredEndpoint,
  { set, words, model }: { set: Columns; words: string[]; model: string | undefined },
): Promise<void> {
  if (set.name !== undefined) await refuseTakenName(ctx, endpoint, set.name)
  if (model !== undefined) await renameModel(ctx, endpoint.modelId, model)
  if (words.length === 0) return
  const [changed] = await ctx.db
    .update(endpoints)
    .set({ ...set, updatedAt: new Date() })
    .where(eq(endpoints.id, endpoint.id))
    .returning()
  await recordEvent(ctx, changed!, { kind: 'changed', words: words.join('; ') })
  await recordAudit(ctx, 'endpoint.changed', `endpoint:${endpoint.id}`, { what: words.join('; ') })
}

async function refuseTakenName(ctx: Context, endpoint: StoredEndpoint, name: string) {
  const holder = and(eq(endpoints.name, name), isNull(endpoints.deletedAt), ne(endpoints.id, endpoint.id))
  if ((await ctx.db.select({ id: endpoints.id }).from(endpoints).where(holder)).length > 0)
    throw endpointNameTaken(name)
}

const titles: Partial<Record<keyof StoredEndpoint, string>> = {
  name: 'Name',
  baseUrl: 'Address',
  remoteModel: 'Model name there',
  maxConcurrency: 'Requests at once',
  requestsPerMinute: 'Requests a minute',
  timeoutMs: 'Time limit in ms',
  maxRetries: 'Retries',
  promptProfile: 'Prompts',
  sendsStyleTag: 'Style tag',
  pointsScale: 'Scale of points',
  sampling: 'Generation',
  maxTokensName: 'Member for the token limit',
  extraBody: 'Extra body',
  thinkingTags: 'Tags around thoughts',
  pictures: 'Pictures',
  price: 'Price',
}

function wordsOn(before: StoredEndpoint, set: Columns): string[] {
  return Object.entries(set).map(([name, value]) => {
    const column = name as keyof StoredEndpoint
    return `${titles[column] ?? name}: ${told(before[column])} → ${told(value)}`
  })
}

function told(value: unknown): string {
  if (value === null) return 'none'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function listed(things: string[]): string {
  const shown = things.slice(0, 3).join(', ')
  return things.length > 3 ? `${shown} and ${things.length - 3} more` : shown
}

/**
 * Takes an endpoint out: its key is erased and its name is free. Runs and answers stay with their numbers, and none of
 * them can go on. Throws endpoint-in-use while something asks it.
 */
export async function removeEndpoint(ctx: Context, endpointId: string, findUses: FindUses): Promise<RemovedEndpoint> {
  const endpoint = await usableEndpoint(ctx, endpointId)
  const { id, name, builtIn } = endpoint
  if (builtIn) throw new InputError(`${name} is built in and comes back with each start: switch it off instead`)
  const { going, kept } = await findUses(ctx, id)
  if (going.length > 0) throw endpointInUse(`${listed(going)} asks ${name}. Pause or cancel it first`)
  await inTransaction(ctx, async (ctx) => {
    const now = new Date(ctx.now())
    const gone = { sealedKey: null, keyHint: null, keyVariable: null, deletedAt: now }
    await ctx.db
      .update(endpoints)
      .set({ ...gone, status: 'off', statusReason: 'Taken out', statusSince: now })
      .where(eq(endpoints.id, id))
    await recordAudit(ctx, 'endpoint.removed', `endpoint:${id}`, { name })
  })
  return { name, kept }
}
