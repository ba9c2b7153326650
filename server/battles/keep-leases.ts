import { battles } from '#drizzle/schema/battles.ts'
import type { Context } from '../core/context.ts'
import { rowsOf } from '../core/postgres/rows.ts'
import { defineProblem, notFound } from '../core/problem.ts'
import { requirePerson } from './page-owner.ts'
import type { Lease, LeaseRelease, ReportInput } from './schema.ts'

export const leaseOver = defineProblem('lease-over', 409, 'This battle is no longer reserved')

/**
 * One page gives a battle back unseen. When no other page of its rater holds it, it returns to the pool at once, and
 * may come to this rater again. A battle that is not this rater's, not held by this page, or voted on is left alone.
 */
export async function releaseBattle(ctx: Context, battleId: string, { holder }: LeaseRelease): Promise<void> {
  await ctx.sql`
    update battles b set holders = array_remove(b.holders, ${holder}::uuid),
      released_at = case when array_remove(b.holders, ${holder}::uuid) = '{}' then now() end
    from raters r
    where b.id = ${battleId} and r.id = b.rater_id and r.person_id = ${requirePerson(ctx)}
      and (${holder}::uuid = any(b.holders) or (${holder}::uuid is null and b.holders = '{}'))
      and b.consumed_at is null and b.released_at is null`
}

/** Prolongs a lease to its full length from now. Throws lease-over when it ran out, was given back or was voted on. */
export async function renewLease(ctx: Context, battleId: string): Promise<Lease> {
  const [row] = await rowsOf(ctx, { leasedUntil: battles.leasedUntil })`
    update battles b set leased_until = now() + make_interval(secs => s.lease_seconds) from raters r, studies s
    where b.id = ${battleId} and r.id = b.rater_id and r.person_id = ${requirePerson(ctx)} and s.id = b.study_id
      and b.consumed_at is null and b.released_at is null and b.leased_until > now()
    returning b.leased_until as "leasedUntil"`
  if (row) return { battleId, leasedUntil: row.leasedUntil.toISOString() }
  await requireOwnBattle(ctx, battleId)
  throw leaseOver('A vote on it is still kept')
}

/**
 * Stores a report on a battle; unless it was voted on, it ends and its pair returns to the pool, but not to this rater.
 */
export async function reportBattle(ctx: Context, battleId: string, { reason, note }: ReportInput): Promise<void> {
  const [row] = await ctx.sql`
    with own as (
      select b.id, b.rater_id from battles b join raters r on r.id = b.rater_id
      where b.id = ${battleId} and r.person_id = ${requirePerson(ctx)}
    ), ended as (
      update battles b set leased_until = least(b.leased_until, now()) from own
      where b.id = own.id and b.consumed_at is null
    )
    insert into reports (battle_id, rater_id, reason, note)
    select id, rater_id, ${reason}, ${note} from own returning id`
  if (!row) throw notFound('This battle is not one of yours')
}

async function requireOwnBattle(ctx: Context, battleId: string) {
  const [row] = await ctx.sql`
    select 1 from battles b join raters r on r.id = b.rater_id where b.id = ${battleId} and r.person_id = ${requirePerson(ctx)}`
  if (!row) throw notFound('This battle is not one of yours')
}
