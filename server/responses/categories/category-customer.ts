import { calls } from '#drizzle/schema/calls.ts'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import { queries } from '#drizzle/schema/queries.ts'
import { categoryAsked, categoryAskings } from '#drizzle/schema/responses.ts'
import type { Customer, OutgoingPrompt, Plan, Reply } from '#server/calls/customer.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { mergeSettings, nothingSet } from '#server/endpoints/sampling.ts'
import { addProposals, type NewProposal } from '#server/queries/categories/proposals.ts'
import { categoryPrompt, readCategory } from './ask-for-category.ts'

/** One word is the answer; a model that thinks first needs room for it. */
const maxTokens = 1_024

/** Asks a model which category questions have, and proposes what it names. */
export const categoryCustomer: Customer = {
  name: 'categories',
  settings: async (_ctx, _plan, endpoint) =>
    mergeSettings({ definition: { maxTokens, temperature: 0 }, endpoint, run: nothingSet }),
  prepare: preparePrompts,
  receive: receiveNames,
  unreceived: readUnreceived,
  settled: async () => {},
}

async function preparePrompts(ctx: Context, plan: Plan, keys: string[]): Promise<Map<string, OutgoingPrompt>> {
  const rows = await rowsOf(ctx, { key: queries.id, question: queries.question, sha256: queries.imageSha256 })`
    select q.id as key, q.question, q.image_sha256 as sha256
    from category_askings g join category_asked a on a.asking_id = g.id join queries q on q.id = a.query_id
    where g.plan_id = ${plan.id} and q.id = any(${keys}::uuid[])`
  return new Map(
    rows.map(({ key, question, sha256 }) => [
      key,
      {
        parts: [
          { kind: 'image', sha256 },
          { kind: 'text', text: categoryPrompt(question) },
        ],
      },
    ]),
  )
}

/** Proposes what the replies name, for queries that are still to be read. */
async function receiveNames(ctx: Context, plan: Plan, replies: Reply[]): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const keys = replies.map(({ key }) => key)
    const waiting = await rowsOf(ctx, {
      askingId: categoryAskings.id,
      queryId: categoryAsked.queryId,
      name: endpoints.name,
    })`
      select g.id as "askingId", a.query_id as "queryId", e.name
      from category_askings g join category_asked a on a.asking_id = g.id join plans p on p.id = g.plan_id
      join endpoints e on e.id = p.endpoint_id
      where g.plan_id = ${plan.id} and a.query_id = any(${keys}::uuid[]) and a.outcome is null
      order by a.query_id for update of a`
    if (waiting.length === 0) return
    const said = new Map(replies.map(({ key, response }) => [key, readCategory(response)]))
    const named = waiting.flatMap(({ queryId, name }): NewProposal[] => {
      const category = said.get(queryId)
      return category ? [{ queryId, category, because: name }] : []
    })
    const proposed = await addProposals(ctx, named, 'model')
    const outcomes = waiting.map(({ queryId }) =>
      proposed.has(queryId) ? 'proposed' : said.get(queryId) ? 'same' : 'unreadable',
    )
    await ctx.sql`
      update category_asked a set outcome = n.outcome::asked_outcome
      from unnest(${waiting.map(({ queryId }) => queryId)}::uuid[], ${outcomes}::text[]) as n (query_id, outcome)
      where a.asking_id = ${waiting[0]!.askingId} and a.query_id = n.query_id`
  })
}

async function readUnreceived(ctx: Context, plan: Plan): Promise<number[]> {
  const rows = await rowsOf(ctx, { id: calls.id })`
    select c.id from calls c join category_askings g on g.plan_id = c.plan_id
    join category_asked a on a.asking_id = g.id and a.query_id = c.key::uuid
    where c.plan_id = ${plan.id} and c.state = 'answered' and a.outcome is null`
  return rows.map(({ id }) => id)
}
