import { endpoints } from '#drizzle/schema/endpoints.ts'
import { models } from '#drizzle/schema/models.ts'
import type { Context } from '../core/context.ts'
import { orNull, rowsOf } from '../core/postgres/rows.ts'
import type { KnownModel } from './authorship/known-names.ts'
import { findLeak } from './leak-check.ts'

/** The reason of an answer without a word: it is counted apart, and nobody can release it. */
export const emptyAnswer = 'the answer is empty'

/** Why raters are not shown an answer until a person has looked at it; null: they may see it. */
export function whyHeld(response: string, models: KnownModel[]): string | null {
  return response.trim() === '' ? emptyAnswer : (findLeak(response, models) ?? null)
}

/** A study's models as answers could name them. */
export async function readKnownModels(ctx: Context, studyId: string): Promise<KnownModel[]> {
  const { name, slug, organisation } = models
  return rowsOf(ctx, { name, slug, organisation, remoteModel: orNull(endpoints.remoteModel) })`
    select m.name, m.slug, m.organisation, e.remote_model as "remoteModel"
    from study_models sm join models m on m.id = sm.model_id left join endpoints e on e.id = sm.endpoint_id
    where sm.study_id = ${studyId}`
}
