import { goldItems } from '#drizzle/schema/battles.ts'
import { models } from '#drizzle/schema/models.ts'
import { images } from '#drizzle/schema/images.ts'
import { queries } from '#drizzle/schema/queries.ts'
import { responses } from '#drizzle/schema/responses.ts'
import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { orNull, rowsOf, words } from '#server/core/postgres/rows.ts'
import { defineProblem, InputError, notFound } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { slugOf } from '#server/models/service.ts'
import { forgetMadeUp, keepMadeUp, whyUnfit } from '#server/responses/made-up-answers.ts'
import { getStoredStudy, type StoredStudy } from '#server/studies/service.ts'
import type { ChosenAnswer, GoldChange, NewGoldItem, QueryAnswers } from './schema.ts'

export const goldKnown = defineProblem('gold-known', 409, 'This gold item is here already')

/**
 * Adds a gold item: two answers to a query of the study, and the verdict that is right. Returns its id. Throws not-found,
 * gold-known, and InputError where the query, a model's answer or a text cannot be used.
 */
export async function addGold(ctx: Context, slug: string, input: NewGoldItem): Promise<string> {
  const study = await getStoredStudy(ctx, slug)
  return inTransaction(ctx, async (ctx) => {
    const read = await readGold(ctx, study, input)
    const known = await findAlike(ctx, study, read)
    if (known) throw goldKnown(known.expected === input.expected ? 'It stays as it is' : 'Change its verdict instead')
    return keepGold(ctx, study, read)
  })
}

interface ReadAnswer {
  /** Null: it was written for this item. */
  id: string | null
  text: string
}

/** A gold item whose query and answers were found. */
interface ReadGold {
  queryId: string
  first: ReadAnswer
  second: ReadAnswer
  expected: NewGoldItem['expected']
  note: string
  use: NewGoldItem['use']
}

/** Finds what an item names. Throws InputError with what is wrong. */
export async function readGold(ctx: Context, study: StoredStudy, input: NewGoldItem): Promise<ReadGold> {
  const query = await findQuery(ctx, study, input.query)
  const first = await readAnswer(ctx, study, query, input.first, 'first')
  const second = await readAnswer(ctx, study, query, input.second, 'second')
  if (first.text === second.text)
    throw new InputError('Both answers are the same, word for word: no verdict can be right.')
  return { queryId: query.id, first, second, expected: input.expected, note: input.note, use: input.use }
}

type Query = Awaited<ReturnType<typeof findQuery>>

async function findQuery(ctx: Context, study: StoredStudy, key: string) {
  const shape = { id: queries.id, key: queries.key, question: queries.question, sha256: images.sha256 }
  const [query] = await rowsOf(ctx, shape)`
    select q.id, q.key, q.question, q.image_sha256 as sha256 from queries q
    where q.pool_id = ${study.poolId} and q.key = ${key} and q.deleted_at is null`
  if (!query) throw new InputError(`The study’s pool has no query with the key “${key.slice(0, 200)}”.`)
  return query
}

async function readAnswer(
  ctx: Context,
  study: StoredStudy,
  query: Query,
  chosen: ChosenAnswer,
  which: 'first' | 'second',
): Promise<ReadAnswer> {
  if ('model' in chosen) {
    const [answer] = await readReady(ctx, study.id, query.id, slugOf(chosen.model))
    if (answer) return { id: answer.id, text: answer.text }
    throw new InputError(
      `The ${which} answer: no model “${chosen.model}” of this study has an answer to ${query.key} that raters may be shown.`,
    )
  }
  const text = chosen.text.trim()
  const why = await whyUnfit(ctx, study.id, text)
  if (why !== null) throw new InputError(`The ${which} answer cannot be shown: ${why}.`)
  return { id: null, text }
}

const readyAnswer = { id: responses.id, text: words, slug: models.slug, name: models.name }

/** The models' answers to a query that raters may be shown, or that of one model. */
async function readReady(ctx: Context, studyId: string, queryId: string, model?: string) {
  const { sql } = ctx
  return rowsOf(ctx, readyAnswer)`
    select r.id, coalesce(r.text, '') as text, m.slug, m.name from responses r join models m on m.id = r.model_id
    where r.study_id = ${studyId} and r.query_id = ${queryId} and r.status = 'ready'
      ${model === undefined ? sql`` : sql`and m.slug = ${model}`}
    order by m.name, m.slug`
}

/** A query of a study with the answers that raters may be shown. Throws not-found, and InputError for an unknown key. */
export async function readQueryAnswers(ctx: Context, slug: string, key: string): Promise<QueryAnswers> {
  const study = await getStoredStudy(ctx, slug)
  const query = await findQuery(ctx, study, key)
  const answers = await readReady(ctx, study.id, query.id)
  return {
    query: { key: query.key, question: query.question, image: `/api/v1/images/${query.sha256}?w=640` },
    answers: answers.map(({ slug, name, text }) => ({ model: { slug, name }, text })),
  }
}

/** An item of the same answers, whichever of them is the first; `expected` in the order of the one that is asked for. */
export async function findAlike(ctx: Context, study: StoredStudy, { queryId, first, second }: ReadGold) {
  const isAnswer = (alias: 'x' | 'y', { id, text }: ReadAnswer) => {
    const row = ctx.sql(alias)
    return id === null ? ctx.sql`${row}.model_id is null and ${row}.text = ${text}` : ctx.sql`${row}.id = ${id}`
  }
  const [row] = await rowsOf(ctx, { id: goldItems.id, expected: goldItems.expected, turned: words })`
    select g.id, g.expected, (${isAnswer('x', second)})::text as turned
    from gold_items g join responses x on x.id = g.first join responses y on y.id = g.second
    where g.study_id = ${study.id} and g.query_id = ${queryId} and (
      (${isAnswer('x', first)}) and (${isAnswer('y', second)}) or (${isAnswer('x', second)}) and (${isAnswer('y', first)}))
    limit 1`
  if (!row) return undefined
  const turned = { first: 'second', second: 'first', tie: 'tie', both_bad: 'both_bad' } as const
  return { id: row.id, expected: row.turned === 'true' ? turned[row.expected] : row.expected }
}

/** Stores an item that is new. Returns its id. */
export async function keepGold(ctx: Context, study: StoredStudy, gold: ReadGold): Promise<string> {
  const { queryId, expected, note, use } = gold
  const idOf = async ({ id, text }: ReadAnswer) => id ?? (await keepMadeUp(ctx, { studyId: study.id, queryId, text }))
  const [item] = await rowsOf(ctx, { id: goldItems.id })`
    insert into gold_items (study_id, query_id, first, second, expected, note, use)
    values (${study.id}, ${queryId}, ${await idOf(gold.first)}, ${await idOf(gold.second)}, ${expected}, ${note}, ${use})
    returning id`
  await recordAudit(ctx, 'gold.added', `study:${study.id}`, { item: item!.id, expected })
  return item!.id
}

/**
 * Changes what is right of an item, its note, what it is for, or whether it is given to raters. Verdicts given on it are judged by what is
 * right now. Throws not-found.
 */
export async function changeGold(ctx: Context, slug: string, id: string, change: GoldChange): Promise<void> {
  const study = await getStoredStudy(ctx, slug)
  const { expected = null, note = null, use = null, retired = null } = change
  await inTransaction(ctx, async (ctx) => {
    const [changed] = await rowsOf(ctx, { id: goldItems.id })`
      update gold_items set expected = coalesce(${expected}, expected), note = coalesce(${note}, note),
        use = coalesce(${use}, use),
        changed_at = case when ${expected} <> expected then now() else changed_at end,
        retired_at = case when ${retired}::boolean then coalesce(retired_at, now()) when not ${retired}::boolean then null
          else retired_at end
      where id = ${id} and study_id = ${study.id} returning id`
    if (!changed) throw notFound('This study has no such gold item')
    const told = Object.fromEntries(Object.entries(change).map(([name, value]) => [name, String(value)]))
    await recordAudit(ctx, 'gold.changed', `study:${study.id}`, { item: id, ...told })
  })
}

/**
 * Deletes an item. Verdicts given on it stay stored as gold and say nothing of their raters any more; cards of it that
 * raters hold can still be judged. Throws not-found.
 */
export async function deleteGold(ctx: Context, slug: string, id: string): Promise<void> {
  const study = await getStoredStudy(ctx, slug)
  await inTransaction(ctx, async (ctx) => {
    const shape = { first: goldItems.first, second: goldItems.second, shown: orNull(words) }
    const [gone] = await rowsOf(ctx, shape)`
      with shown as (
        select id from battles where gold_item_id = ${id} union all select id from training_cards where gold_item_id = ${id} limit 1
      )
      delete from gold_items where id = ${id} and study_id = ${study.id}
      returning first, second, (select id::text from shown) as shown`
    if (!gone) throw notFound('This study has no such gold item')
    // An answer that raters were shown belongs to what they said of it.
    if (gone.shown === null) await forgetUnused(ctx, [gone.first, gone.second])
    await recordAudit(ctx, 'gold.deleted', `study:${study.id}`, { item: id })
  })
}

async function forgetUnused(ctx: Context, ids: string[]) {
  const rows = await rowsOf(ctx, { id: responses.id })`
    select r.id from responses r where r.id = any(${ids}::uuid[])
      and not exists (select 1 from gold_items g where r.id in (g.first, g.second))`
  await forgetMadeUp(
    ctx,
    rows.map(({ id }) => id),
  )
}
