import { responses } from '#drizzle/schema/responses.ts'
import type { Context } from '../core/context.ts'
import { rowsOf } from '../core/postgres/rows.ts'
import { announceAnswers } from './announce-answers.ts'
import { readKnownModels, whyHeld } from './why-held.ts'

/** What an answer without a model is called where models are named. */
export const madeUpName = 'Written by hand'

/** Why raters cannot be shown a text as an answer of the study, in words; null: they can. */
export async function whyUnfit(ctx: Context, studyId: string, text: string): Promise<string | null> {
  return whyHeld(text, await readKnownModels(ctx, studyId))
}

/** Keeps an answer to a query of a study that no model gave; raters may be shown it at once. Returns its id. */
export async function keepMadeUp(
  ctx: Context,
  {
    studyId,
    queryId,
    text,
    pointsScale = 100,
  }: { studyId: string; queryId: string; text: string; pointsScale?: number },
): Promise<string> {
  const [row] = await rowsOf(ctx, { id: responses.id })`
    insert into responses (study_id, query_id, status, text, points_scale, ready_at)
    values (${studyId}, ${queryId}, 'ready', ${text}, ${pointsScale}, now()) returning id`
  announceAnswers(ctx, studyId)
  return row!.id
}

/** Deletes an answer that no model gave; no battle and no gold item may refer to it. */
export async function forgetMadeUp(ctx: Context, ids: string[]): Promise<void> {
  await ctx.sql`delete from responses where id = any(${ids}::uuid[]) and model_id is null`
}
