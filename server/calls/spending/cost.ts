import { plans } from '#drizzle/schema/calls.ts'
import type { Context } from '#server/core/context.ts'
import { fraction, rowsOf } from '#server/core/postgres/rows.ts'
import type { WireFailure, WireReply } from '#server/endpoints/protocols/protocol.ts'
import type { Price } from '#server/endpoints/schema.ts'

type Tokens = Pick<WireReply, 'tokensIn' | 'tokensOut' | 'tokensCached'>

/** What tokens cost at a price, in US dollars; null where either is not known. Cached ones are among those that went in. */
export function costOf(price: Price | null, { tokensIn, tokensOut, tokensCached }: Tokens): number | null {
  if (!price || (tokensIn === null && tokensOut === null)) return null
  const cached = Math.min(tokensCached ?? 0, tokensIn ?? 0)
  const fresh = (tokensIn ?? 0) - cached
  return (fresh * price.in + cached * (price.cached ?? price.in) + (tokensOut ?? 0) * price.out) / 1_000_000
}

/** The same of what came back; a failure costs nothing that anyone told us of. */
export function costOfOutcome(price: Price | null, outcome: WireReply | WireFailure): number | null {
  return outcome.kind === 'reply' ? costOf(price, outcome) : null
}

/** US dollars in words: `$0.0042`, `$1.20`, `$1,204.00`. */
export function dollars(amount: number): string {
  const digits = amount !== 0 && Math.abs(amount) < 0.1 ? 4 : 2
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`
}

/**
 * Which limit keeps a plan from spending more, in words for people; null: none does. Its own first, then that of its
 * team and that over all, which both count what was begun this calendar month.
 */
export async function limitReached(ctx: Context, planId: string): Promise<string | null> {
  const { overall, team } = ctx.config.costLimits
  const shape = { spent: plans.spent, costLimit: plans.costLimit, ofAll: fraction, ofTeam: fraction }
  const [row] = await rowsOf(ctx, shape)`
    select p.spent, p.cost_limit as "costLimit",
      ${overall === null && team === null ? ctx.sql`0::float8` : monthOf(ctx, ctx.sql`true`)} as "ofAll",
      ${team === null ? ctx.sql`0::float8` : monthOf(ctx, ctx.sql`o.team_id = e.team_id`)} as "ofTeam"
    from plans p join endpoints e on e.id = p.endpoint_id where p.id = ${planId}`
  if (!row) return null
  const { spent, costLimit, ofTeam, ofAll } = row
  if (costLimit !== null && spent >= costLimit) {
    return `The cost limit of ${dollars(costLimit)} is reached: ${dollars(spent)} spent. Raise it, then resume.`
  }
  if (team !== null && ofTeam >= team) {
    return `The team's limit of ${dollars(team)} a month is reached: ${dollars(ofTeam)} spent. Resume next month, or have the operator raise TEAM_COST_LIMIT.`
  }
  if (overall !== null && ofAll >= overall) {
    return `The limit of ${dollars(overall)} a month over all is reached: ${dollars(ofAll)} spent. Resume next month, or raise COST_LIMIT.`
  }
  return null
}

function monthOf({ sql }: Context, which: ReturnType<Context['sql']>) {
  return sql`(select coalesce(sum(q.spent), 0) from plans q join endpoints o on o.id = q.endpoint_id
    where q.created_at >= date_trunc('month', now()) and ${which})`
}
