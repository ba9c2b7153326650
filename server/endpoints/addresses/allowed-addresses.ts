import { hostname } from 'node:os'
import { and, asc, eq } from 'drizzle-orm'
import { allowedAddresses as table } from '#drizzle/schema/endpoints.ts'
import { actorId, recordAudit } from '#server/accounts/service.ts'
import { openingFault, readAllowEntry } from '#server/core/address-rule.ts'
import type { Config } from '#server/core/config.ts'
import type { Context } from '#server/core/context.ts'
import { defineProblem, InputError, notFound } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import type { AllowedAddress, AllowedAddresses } from './schema.ts'

export const notOnThisMachine = defineProblem('not-on-this-machine', 409, 'This server takes no addresses from a page')

/** Whether only programs of this machine reach the server, no proxy included. */
export function isForThisMachine({ host, publicUrl, trustProxy }: Config): boolean {
  return ['127.0.0.1', '::1', 'localhost'].includes(host) && publicUrl === undefined && !trustProxy
}

/** Opens to this process what admins allowed for this machine, and closes what they took back. */
export async function openAllowed(ctx: Context): Promise<void> {
  ctx.egress.openOnly(isForThisMachine(ctx.config) ? await ofThisMachine(ctx) : [])
}

function ofThisMachine(ctx: Context) {
  const own = eq(table.machine, hostname())
  return ctx.db.select().from(table).where(own).orderBy(asc(table.host), asc(table.port))
}

/** The addresses that admins allowed, and whether this server takes further ones. */
export async function listAllowed(ctx: Context): Promise<AllowedAddresses> {
  const rows = await ofThisMachine(ctx)
  return {
    possible: isForThisMachine(ctx.config),
    addresses: rows.map(({ host, port, createdAt }) => ({ host, port, allowedAt: createdAt.toISOString() })),
  }
}

/**
 * Opens one exact host and port of this machine or its network to endpoints of admins, from now on. `text` is
 * `host:port`. Throws not-on-this-machine where others can reach this server, and InputError.
 */
export async function allowAddress(ctx: Context, text: string): Promise<void> {
  if (!isForThisMachine(ctx.config))
    throw notOnThisMachine('Others can reach it. List host:port in EGRESS_ALLOW and start it again')
  const entry = readAllowEntry(text)
  if (entry?.kind !== 'host') throw new InputError(`${JSON.stringify(text)} is not host:port, such as 127.0.0.1:8000`)
  const { host, port } = entry
  const fault = openingFault(host)
  if (fault) throw new InputError(`${fault}: it is never opened from a page`)
  await inTransaction(ctx, async (ctx) => {
    const [made] = await ctx.db
      .insert(table)
      .values({ machine: hostname(), host, port, createdBy: actorId(ctx) })
      .onConflictDoNothing()
      .returning()
    if (made) await recordAudit(ctx, 'address.allowed', `address:${host}:${port}`)
  })
  await openAllowed(ctx)
}

/** Takes an allowance back; what is under way to it is not called again. Throws not-found. */
export async function takeBackAddress(
  ctx: Context,
  { host, port }: Pick<AllowedAddress, 'host' | 'port'>,
): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const one = and(eq(table.machine, hostname()), eq(table.host, host), eq(table.port, port))
    const [gone] = await ctx.db.delete(table).where(one).returning()
    if (!gone) throw notFound(`${host}:${port} is not allowed`)
    await recordAudit(ctx, 'address.taken-back', `address:${host}:${port}`)
  })
  await openAllowed(ctx)
}
