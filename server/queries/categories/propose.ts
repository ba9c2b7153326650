import { queries } from '#drizzle/schema/queries.ts'
import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'
import { InputError } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { requirePoolId } from '../list-pools.ts'
import { chosenBy } from '../read-queries.ts'
import type { RulesRequest } from '../schema.ts'
import { addProposals, type NewProposal } from './proposals.ts'
import { listRules } from './rules.ts'
import type { Proposed } from './schema.ts'
import { speakFor } from './speak-for.ts'

/**
 * Proposes for queries of a pool the categories that the rules speak for. Nothing uses a proposal before a person accepts
 * it. Throws not-found, and InputError where there are no rules.
 */
export async function proposeByRules(ctx: Context, slug: string, { which, again }: RulesRequest): Promise<Proposed> {
  const rules = await listRules(ctx)
  if (rules.length === 0) throw new InputError('There are no rules yet: add words that speak for a category.')
  const speak = speakFor(rules)
  return inTransaction(ctx, async (ctx) => {
    const poolId = await requirePoolId(ctx, slug)
    const rows = await rowsOf(ctx, { queryId: queries.id, question: queries.question, category: queries.category })`
      select q.id as "queryId", q.question, q.category from queries q where ${chosenBy(ctx, poolId, which)} order by q.id`
    const spoken = rows.map(({ queryId, question, category }) => ({ queryId, has: category, says: speak(question) }))
    const others = spoken.flatMap(({ queryId, has, says }): NewProposal[] =>
      says && says.category !== has ? [{ queryId, ...says }] : [],
    )
    const { size: proposed } = await addProposals(ctx, others, 'rules', { again })
    const none = spoken.filter(({ says }) => says === null).length
    const same = spoken.length - others.length - none
    const done = { queries: rows.length, proposed, same, none, rejected: others.length - proposed }
    await recordAudit(ctx, 'categories.proposed', `pool:${slug}`, { ...done })
    return done
  })
}
