import type { Context } from '../core/context.ts'
import { studyLocks } from '../core/locks.ts'
import { deleteInParts } from '../core/postgres/delete-in-parts.ts'
import { InputError } from '../core/problem.ts'
import { inTransaction } from '../core/transaction.ts'
import { removeRaters } from '../raters/remove-study.ts'
import { deleteAnswers } from '../responses/delete-answers.ts'
import { deleteStudyRow, getStoredStudy, studyState, type StoredStudy } from '../studies/service.ts'
import { closeCount } from './count-gate.ts'

/** Deletes the boards of a study: handed in by a module that knows them. */
export type DeleteBoards = (ctx: Context, studyId: string) => Promise<void>

/**
 * Deletes a closed study for good: its votes, battles, reports, answers, boards, raters' places and links, all or
 * nothing. Models, endpoints, queries, people, what calls cost, and the audit trail stay. `name` is its name, typed
 * by whoever means it. Throws not-found, InputError for another name, and study-state unless it is closed and asks nothing.
 */
export async function deleteWithVotes(
  ctx: Context,
  slug: string,
  name: string,
  deleteBoards: DeleteBoards,
): Promise<void> {
  const study = await getStoredStudy(ctx, slug)
  if (study.status !== 'closed') throw studyState('Only a closed study is deleted with its votes')
  if (name.trim() !== study.name) throw new InputError(`The name is not that of the study: type “${study.name}”`)
  await inTransaction(ctx, async (ctx) => {
    // A late vote, a draw and a refresh of the board that are under way end first; later ones find nothing.
    await ctx.sql`select pg_advisory_xact_lock(hashtextextended(${study.id}, ${studyLocks.refresh}))`
    await ctx.sql`select pg_advisory_xact_lock(hashtextextended(${study.id}, ${studyLocks.drawing}))`
    await closeCount(ctx, study.id)
    await deleteBoards(ctx, study.id)
    const votes = await deleteBattles(ctx, study)
    const answers = await deleteAnswers(ctx, study.id)
    await removeRaters(ctx, study)
    await deleteStudyRow(ctx, study, 'closed', { votes, answers })
  })
}

/** Returns how many votes there were. */
async function deleteBattles({ sql }: Context, { id }: StoredStudy): Promise<number> {
  await sql`delete from battle_exclusions x using battles b where b.id = x.battle_id and b.study_id = ${id}`
  await sql`delete from reports p using battles b where b.id = p.battle_id and b.study_id = ${id}`
  const votes = await deleteInParts(
    (most) => sql`delete from votes where id in (select id from votes where study_id = ${id} limit ${most})`,
  )
  await deleteInParts(
    (most) => sql`delete from battles where id in (select id from battles where study_id = ${id} limit ${most})`,
  )
  await sql`delete from training_rounds where study_id = ${id}`
  await sql`delete from gold_items where study_id = ${id}`
  await sql`delete from planned_overlaps where study_id = ${id}`
  await sql`delete from pair_counts where study_id = ${id}`
  await sql`delete from pair_totals where study_id = ${id}`
  await sql`delete from rater_counts where study_id = ${id}`
  return votes
}
