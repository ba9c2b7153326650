import { queries } from '#drizzle/schema/queries.ts'
import { recordAudit } from '../accounts/service.ts'
import type { Context } from '../core/context.ts'
import { rowsOf } from '../core/postgres/rows.ts'
import { defineProblem, InputError } from '../core/problem.ts'
import { inTransaction } from '../core/transaction.ts'
import { acceptProposals, dropProposals, rejectProposals } from './categories/proposals.ts'
import type { PoolUses } from './change-pools.ts'
import { languageOf } from './languages.ts'
import { requirePoolId } from './list-pools.ts'
import { chosenBy } from './read-queries.ts'
import type { QueriesChange, QueriesChanged, QueryEdit } from './schema.ts'

export const queryAsked = defineProblem('query-asked', 409, 'Models have been asked this question')

type Change = QueriesChange['change']

/**
 * Edits, holds, releases, deletes or restores queries of a pool, all or none of them, accepts the categories that are
 * proposed for them, or rejects these. A held query is given to no rater
 * any more; votes already cast stay, and keep the category that they were cast in. Deleted, those that no model was asked
 * are gone, the others are taken out: held for good, until they are restored. Throws not-found, InputError, and
 * query-asked where the words of a question would change under its answers.
 */
export async function changeQueries(
  ctx: Context,
  slug: string,
  { which, change }: QueriesChange,
  uses: PoolUses,
): Promise<QueriesChanged> {
  return inTransaction(ctx, async (ctx) => {
    const ids = await lockChosen(ctx, await requirePoolId(ctx, slug), which)
    const done = await carryOut(ctx, ids, change, uses)
    const subject = ids.length === 1 ? `query:${ids[0]}` : `pool:${slug}`
    const said = { pool: slug, which: JSON.stringify(which), change: JSON.stringify(change), ...done }
    await recordAudit(ctx, 'queries.changed', subject, said)
    return done
  })
}

/** The ids of the chosen queries, which no answer can come to rest on meanwhile. */
async function lockChosen(ctx: Context, poolId: string, which: QueriesChange['which']): Promise<string[]> {
  const rows = await rowsOf(ctx, { id: queries.id })`
    select q.id from queries q where ${chosenBy(ctx, poolId, which)} order by q.id for update`
  return rows.map(({ id }) => id)
}

async function carryOut(ctx: Context, ids: string[], change: Change, uses: PoolUses): Promise<QueriesChanged> {
  switch (change.do) {
    case 'edit':
      return { changed: await edit(ctx, ids, change.edit, uses), deleted: 0 }
    case 'hold':
      return { changed: await hold(ctx, ids, change.reason), deleted: 0 }
    case 'release':
      return { changed: await release(ctx, ids), deleted: 0 }
    case 'restore':
      return { changed: await restore(ctx, ids), deleted: 0 }
    case 'accept':
      return { changed: await acceptProposals(ctx, ids), deleted: 0 }
    case 'reject':
      return { changed: await rejectProposals(ctx, ids), deleted: 0 }
    case 'delete':
      return remove(ctx, ids, uses)
  }
}

async function edit(ctx: Context, ids: string[], asked: QueryEdit, { askedAmong }: PoolUses): Promise<number> {
  const { category = null, licence = null, source = null, question = null } = asked
  const language = asked.language === undefined ? null : languageOf(asked.language)
  if (question !== null) {
    if (ids.length > 1) throw new InputError('One question at a time gets new words; choose a single query.')
    if ((await askedAmong(ctx, ids)).size > 0)
      throw queryAsked('Hold this query and import the new words as another one: its answers fit the old ones')
  }
  const changed = await ctx.sql`
    update queries set category = coalesce(${category}::query_category, category),
      language = coalesce(${language}, language), licence = coalesce(${licence}, licence),
      source = coalesce(${source}, source), question = coalesce(${question}, question)
    where id = any(${ids}::uuid[])`
  // A person has said what the category is.
  if (category !== null) await dropProposals(ctx, ids)
  return changed.count
}

async function hold(ctx: Context, ids: string[], reason: string): Promise<number> {
  const changed = await ctx.sql`
    update queries set held_at = coalesce(held_at, now()), held_reason = ${reason}
    where id = any(${ids}::uuid[]) and deleted_at is null`
  return changed.count
}

async function release(ctx: Context, ids: string[]): Promise<number> {
  const changed = await ctx.sql`
    update queries set held_at = null, held_reason = null
    where id = any(${ids}::uuid[]) and held_at is not null and deleted_at is null`
  return changed.count
}

async function restore(ctx: Context, ids: string[]): Promise<number> {
  const changed = await ctx.sql`
    update queries set held_at = null, held_reason = null, deleted_at = null
    where id = any(${ids}::uuid[]) and deleted_at is not null`
  return changed.count
}

async function remove(ctx: Context, ids: string[], { askedAmong }: PoolUses): Promise<QueriesChanged> {
  const asked = await askedAmong(ctx, ids)
  const unasked = ids.filter((id) => !asked.has(id))
  const deleted = await ctx.sql`delete from queries where id = any(${unasked}::uuid[])`
  const takenOut = await ctx.sql`
    update queries set held_at = coalesce(held_at, now()), held_reason = 'taken out', deleted_at = now()
    where id = any(${[...asked]}::uuid[]) and deleted_at is null`
  return { changed: deleted.count + takenOut.count, deleted: deleted.count }
}
