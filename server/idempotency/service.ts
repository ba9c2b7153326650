import { setTimeout as pause } from 'node:timers/promises'
import { and, eq } from 'drizzle-orm'
import { idempotentRequests as requests } from '#drizzle/schema/idempotency.ts'
import { hashOf } from '../accounts/tokens.ts'
import { masterKey } from '../core/config.ts'
import type { Context } from '../core/context.ts'
import { defineProblem } from '../core/problem.ts'
import { openSeal, seal, Secret, type SealBinding } from '../core/secrets.ts'

export const keyTaken = defineProblem('idempotency-key-taken', 422, 'This idempotency key belongs to another request')
export const stillBeingDone = defineProblem('still-being-done', 409, 'The first request with this key is not done yet')

/** One person's request under the key that they gave it; another person's keys are separate. */
export interface KeyedRequest {
  personId: string
  key: string
  /** SHA-256 of method, address and body. */
  hash: string
}

interface KeptReply {
  status: number
  body: string
}

/** How many replies a person has kept at most; older ones go first, and all after a day. */
const mostKept = 1_000
/** In UTF-16 units. A longer reply is not kept: the request would be done again. */
const longestReply = 1_048_576
const longestWaitMs = 20_000

/**
 * Claims a key for a request that the caller is to carry out now (null), or returns the reply that the first request
 * with it got, waiting while that is under way. Throws idempotency-key-taken, and still-being-done after 20 seconds.
 */
export async function beginRequest(ctx: Context, request: KeyedRequest): Promise<KeptReply | null> {
  const deadline = ctx.now() + longestWaitMs
  for (;;) {
    if (await claim(ctx, request)) return null
    const found = await find(ctx, request)
    if (found && found.hash !== request.hash) throw keyTaken('Give each request a key of its own')
    if (found?.status != null && found.reply !== null)
      return { status: found.status, body: openReply(ctx, request, found.reply) }
    if (ctx.now() > deadline) throw stillBeingDone('Send it once more in a moment')
    await pause(50)
  }
}

/** Keeps the reply for whoever sends the request again; a failure has made nothing and is not kept. */
export async function endRequest(ctx: Context, request: KeyedRequest, { status, body }: KeptReply): Promise<void> {
  const { personId, key } = request
  const kept = status >= 200 && status < 300 && body.length <= longestReply
  if (!kept) await ctx.sql`delete from idempotent_requests where person_id = ${personId} and key = ${key}`
  else
    await ctx.sql`
      update idempotent_requests set status = ${status}, reply = ${sealReply(ctx, request, body)}
      where person_id = ${personId} and key = ${key}`
}

/**
 * True for one of all that come at once. A request whose process died half-way may be claimed again after two minutes.
 */
async function claim(ctx: Context, { personId, key, hash }: KeyedRequest): Promise<boolean> {
  const [begun] = await ctx.sql`
    insert into idempotent_requests (person_id, key, request_hash) values (${personId}, ${key}, ${hash})
    on conflict (person_id, key) do update
      set request_hash = excluded.request_hash, begun_at = now(), status = null, reply = null
      where idempotent_requests.begun_at < now() - interval '1 day'
        or (idempotent_requests.status is null and idempotent_requests.begun_at < now() - interval '2 minutes')
    returning 1`
  if (begun) await forgetOld(ctx, personId)
  return begun !== undefined
}

async function forgetOld(ctx: Context, personId: string): Promise<void> {
  await ctx.sql`
    delete from idempotent_requests where begun_at < now() - interval '1 day' or (person_id, key) in (
      select person_id, key from idempotent_requests where person_id = ${personId}
      order by begun_at desc offset ${mostKept}
    )`
}

async function find(ctx: Context, { personId, key }: KeyedRequest) {
  const [row] = await ctx.db
    .select({ hash: requests.requestHash, status: requests.status, reply: requests.reply })
    .from(requests)
    .where(and(eq(requests.personId, personId), eq(requests.key, key)))
  return row
}

const sealReply = (ctx: Context, request: KeyedRequest, body: string) =>
  seal(masterKey(ctx.config), new Secret(body), placeOf(request))

const openReply = (ctx: Context, request: KeyedRequest, sealed: string) =>
  openSeal(masterKey(ctx.config), sealed, placeOf(request)).reveal()

/** A reply is opened for its own person and key alone. */
const placeOf = ({ personId, key }: KeyedRequest): SealBinding => ({
  table: 'idempotent_requests',
  row: hashOf(`${personId} ${key}`),
  field: 'reply',
  origin: '',
})
