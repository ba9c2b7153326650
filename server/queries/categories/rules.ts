import { categoryRules } from '#drizzle/schema/queries.ts'
import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf, whole } from '#server/core/postgres/rows.ts'
import { defineProblem, InputError, notFound } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { QueryCategory, type CategoryRule, type CategoryRuleChange, type NewCategoryRule } from './schema.ts'

export const ruleTaken = defineProblem('rule-taken', 409, 'There is this rule already')

const mostRules = 2_000
const ruleRow = { id: categoryRules.id, category: categoryRules.category, words: categoryRules.words }

/** All rules, by category in the order of the tabs, then by their words. */
export function listRules(ctx: Context): Promise<CategoryRule[]> {
  return rowsOf(ctx, ruleRow)`
    select id, category, words from category_rules
    order by array_position(${QueryCategory.options}::text[], category::text), words`
}

/** Adds a rule. Throws rule-taken, and InputError past 2,000 rules. */
export async function addRule(ctx: Context, { category, words }: NewCategoryRule): Promise<CategoryRule> {
  return inTransaction(ctx, async (ctx) => {
    const [count] = await rowsOf(ctx, { rules: whole })`select count(*)::int as rules from category_rules`
    if (count!.rules >= mostRules) throw new InputError('There are 2,000 rules already; delete some first.')
    const [made] = await rowsOf(ctx, ruleRow)`
      insert into category_rules (category, words) values (${category}::query_category, ${words.toLowerCase()})
      on conflict do nothing returning id, category, words`
    if (!made) throw ruleTaken()
    await recordAudit(ctx, 'category_rule.added', `category-rule:${made.id}`, { category, words })
    return made
  })
}

/** Changes the words of a rule or what they speak for; proposals that it made stay. Throws not-found, rule-taken. */
export async function changeRule(ctx: Context, id: string, change: CategoryRuleChange): Promise<CategoryRule> {
  const { category = null, words = null } = change
  return inTransaction(ctx, async (ctx) => {
    const [taken] = await rowsOf(ctx, { id: categoryRules.id })`
      select o.id from category_rules o join category_rules r on r.id = ${id} and o.id <> r.id
      where o.category = coalesce(${category}::query_category, r.category) and o.words = coalesce(${words?.toLowerCase() ?? null}, r.words)`
    if (taken) throw ruleTaken()
    const [changed] = await rowsOf(ctx, ruleRow)`
      update category_rules set category = coalesce(${category}::query_category, category),
        words = coalesce(${words?.toLowerCase() ?? null}, words)
      where id = ${id} returning id, category, words`
    if (!changed) throw notFound('There is no such rule')
    await recordAudit(ctx, 'category_rule.changed', `category-rule:${id}`, change)
    return changed
  })
}

/** Deletes a rule; proposals that it made stay. Throws not-found. */
export async function deleteRule(ctx: Context, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const gone = await ctx.sql`delete from category_rules where id = ${id}`
    if (gone.count === 0) throw notFound('There is no such rule')
    await recordAudit(ctx, 'category_rule.deleted', `category-rule:${id}`)
  })
}
