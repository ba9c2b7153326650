import { isLeftOut } from '#server/battles/exclusions/left-out.ts'
import { getReportedBattle, leftOutBy } from '#server/battles/reports/reported-battle.ts'
import type { ReportDecision } from '#server/battles/reports/schema.ts'
import type { Context } from '#server/core/context.ts'
import { isExcluded } from '#server/raters/exclusions.ts'
import { getStoredStudyById } from '#server/studies/service.ts'
import { boardEffect, effectSentences, numbered } from './board-effect.ts'
import type { BoardEffect } from './schema.ts'

/**
 * What a decision on a report would do to the board of all categories by the votes as they stand now. Nothing is changed.
 * Throws not-found.
 */
export async function readReportEffect(ctx: Context, id: string, decision: ReportDecision): Promise<BoardEffect> {
  const { sql } = ctx
  const battle = await getReportedBattle(ctx, id)
  const named = sql`v.battle_id in (select t.id from battles t where ${leftOutBy(ctx, battle, decision)})`
  const byThis = sql`v.battle_id in (select battle_id from battle_exclusions where report_id = ${id} and undone_at is null)`
  const byOthers = sql`exists (
    select 1 from battle_exclusions o where o.battle_id = v.battle_id and o.report_id <> ${id} and o.undone_at is null
  )`
  const effect = await boardEffect(ctx, await getStoredStudyById(ctx, battle.studyId), {
    leaving: sql`(${named} and not ${isLeftOut(ctx, sql`v`)})`,
    returning: sql`(${byThis} and not ${named} and not ${byOthers} and not ${isExcluded(ctx, sql`v`)})`,
  })
  return { ...effect, sentences: sentencesOf(effect) }
}

function sentencesOf({ votes, votesBefore, votesAfter, ...board }: Omit<BoardEffect, 'sentences'>): string[] {
  if (votes === 0) return [`The ${numbered(votesBefore, 'vote')} that count go on counting.`]
  return [
    votesAfter < votesBefore
      ? `${numbered(votes, 'vote')} would count no more; ${numbered(votesAfter, 'vote')} stay.`
      : `${numbered(votes, 'vote')} would count again; it is ${numbered(votesAfter, 'vote')} then.`,
    ...effectSentences(board),
  ]
}
