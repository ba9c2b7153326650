import type { Context } from '#server/core/context.ts'
import { rowsOf, whole } from '#server/core/postgres/rows.ts'
import { isReported } from '#server/battles/exclusions/left-out.ts'
import { isExcluded } from '#server/raters/exclusions.ts'
import { getStoredStudy, type StoredStudy } from '#server/studies/service.ts'
import { boardEffect, effectSentences, numbered } from '../effects/board-effect.ts'
import { exclusionAlarm } from './rater-words.ts'
import type { EffectInput, ExclusionEffect } from './schema.ts'

/**
 * What excluding raters, or including them again, would do to the board of all categories by the votes as they stand now.
 * Nothing is changed. Throws not-found.
 */
export async function readEffect(ctx: Context, slug: string, input: EffectInput): Promise<ExclusionEffect> {
  const { sql } = ctx
  const study = await getStoredStudy(ctx, slug)
  const changing = sql`(v.rater_id = any(${input.raters}::uuid[]) and not ${isReported(ctx, sql`v.battle_id`)}
    and ${isExcluded(ctx, sql`v`)} = ${!input.exclude})`
  const none = sql`false`
  const effect = await boardEffect(
    ctx,
    study,
    input.exclude ? { leaving: changing, returning: none } : { leaving: none, returning: changing },
  )
  const { raters, excluded } = await readExcluded(ctx, study, input)
  const { votes, votesBefore, votesAfter } = effect
  const left = excluded + votesBefore - votesAfter
  const alarm = input.exclude && votes > 0 ? exclusionAlarm(left, votesBefore + excluded, { planned: true }) : null
  return { ...effect, raters, alarm, sentences: sentencesOf({ ...effect, raters }, input.exclude) }
}

/** How many raters would change, and how many votes decisions that stand leave out. */
async function readExcluded(ctx: Context, { id }: StoredStudy, { raters, exclude }: EffectInput) {
  const [row] = await rowsOf(ctx, { raters: whole, excluded: whole })`
    select (
        select count(*) from enrolments e
        where study_id = ${id} and rater_id = any(${raters}::uuid[]) and ${isExcluded(ctx, ctx.sql`e`)} = ${!exclude}
      )::int as raters,
      (select coalesce(sum(excluded), 0) from pair_counts where study_id = ${id} and verdict <> 'unsure')::int as excluded`
  return row!
}

type Facts = Omit<ExclusionEffect, 'sentences' | 'alarm'>

function sentencesOf({ raters, votes, votesAfter, ...board }: Facts, exclude: boolean): string[] {
  if (raters === 0) return [exclude ? 'They are excluded already.' : 'They are not excluded.']
  return [
    exclude
      ? `${numbered(votes, 'vote')} of ${numbered(raters, 'rater')} would count no more; ${numbered(votesAfter, 'vote')} stay.`
      : `${numbered(votes, 'vote')} of ${numbered(raters, 'rater')} would count again; it is ${numbered(votesAfter, 'vote')} then.`,
    ...effectSentences(board),
  ]
}
