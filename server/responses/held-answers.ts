import { images } from '#drizzle/schema/images.ts'
import { models } from '#drizzle/schema/models.ts'
import { queries } from '#drizzle/schema/queries.ts'
import { responses } from '#drizzle/schema/responses.ts'
import { recordAudit } from '../accounts/service.ts'
import type { Context } from '../core/context.ts'
import { orNull, rowsOf, whole, words } from '../core/postgres/rows.ts'
import { inTransaction } from '../core/transaction.ts'
import { getStoredStudy } from '../studies/service.ts'
import { madeUpName } from './made-up-answers.ts'
import { announceAnswers } from './announce-answers.ts'
import type { AnswerDecision, AnswersDecided, HeldPage, HeldPageRequest } from './schema.ts'

const heldRow = {
  id: responses.id,
  slug: orNull(models.slug),
  name: words,
  queryId: queries.id,
  key: queries.key,
  question: queries.question,
  sha256: images.sha256,
  text: words,
  reason: words,
  at: responses.readyAt,
}

/** A study's answers that wait for a person, or those dropped. Throws not-found. */
export async function listHeld(
  ctx: Context,
  slug: string,
  { state, after, limit }: HeldPageRequest,
): Promise<HeldPage> {
  const { id: studyId } = await getStoredStudy(ctx, slug)
  const since = after
    ? ctx.sql`and (r.ready_at, r.id) > (select ready_at, id from responses where id = ${after})`
    : ctx.sql``
  const rows = await rowsOf(ctx, heldRow)`
    select r.id, m.slug, coalesce(m.name, ${madeUpName}) as name, q.id as "queryId", q.key, q.question, i.sha256, coalesce(r.text, '') as text,
      coalesce(r.held_reason, '') as reason, r.ready_at as at
    from responses r left join models m on m.id = r.model_id join queries q on q.id = r.query_id
    join images i on i.sha256 = q.image_sha256
    where r.study_id = ${studyId} and r.status = ${state}::response_status ${since}
    order by r.ready_at, r.id limit ${limit + 1}`
  const [count] = await rowsOf(ctx, { total: whole })`
    select count(*)::int as total from responses where study_id = ${studyId} and status = ${state}::response_status`
  const shown = rows.slice(0, limit)
  return {
    answers: shown.map(({ id, slug, name, queryId, key, question, sha256, text, reason, at }) => ({
      id,
      state,
      model: { slug, name },
      query: { id: queryId, key, question, image: `/api/v1/images/${sha256}?w=640` },
      text,
      reason,
      at: (at ?? new Date(0)).toISOString(),
    })),
    total: count!.total,
    next: rows.length > limit ? shown.at(-1)!.id : null,
  }
}

const becomes = { release: 'ready', drop: 'dropped', hold: 'held' } as const

/**
 * Releases, drops or holds answers again, all or none; whose state is so already stays. An answer without a word cannot be
 * released. Returns how many changed. Throws not-found.
 */
export async function decideAnswers(
  ctx: Context,
  slug: string,
  { decision, which }: AnswerDecision,
): Promise<AnswersDecided> {
  const { id: studyId } = await getStoredStudy(ctx, slug)
  const { sql } = ctx
  const chosen =
    'ids' in which
      ? sql`id = any(${which.ids}::uuid[])`
      : sql`status = 'held' and (${which.reason ?? null}::text is null or held_reason = ${which.reason ?? null})`
  const decided = await inTransaction(ctx, async (ctx) => {
    const changed = await rowsOf(ctx, { id: responses.id })`
      update responses set status = ${becomes[decision]}::response_status
      where study_id = ${studyId} and status in ('held', 'dropped') and status <> ${becomes[decision]}::response_status
        and (${chosen}) and (${decision} <> 'release' or btrim(coalesce(text, '')) <> '')
      returning id`
    await recordAudit(ctx, `answers.${decision}`, `study:${studyId}`, {
      study: slug,
      which: JSON.stringify(which),
      changed: changed.length,
    })
    return { changed: changed.length }
  })
  if (decision === 'release' && decided.changed > 0) announceAnswers(ctx, studyId)
  return decided
}

/** Keeps an answer that raters were shown from being shown again, until a person releases it. */
export async function holdAnswer(ctx: Context, responseId: string, reason: string): Promise<void> {
  await ctx.sql`
    update responses set status = 'held', held_reason = ${reason} where id = ${responseId} and status = 'ready'`
}
