import { battles, reports } from '#drizzle/schema/battles.ts'
import { pools } from '#drizzle/schema/queries.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf, words, type RowOf } from '#server/core/postgres/rows.ts'
import { notFound } from '#server/core/problem.ts'
import type { ReportDecision } from './schema.ts'

const reported = {
  studyId: battles.studyId,
  raterId: battles.raterId,
  responseA: battles.responseA,
  responseB: battles.responseB,
  queryId: battles.queryId,
  pool: pools.slug,
  study: words,
  reason: reports.reason,
}

/** The battle that a report is about. */
export type ReportedBattle = RowOf<typeof reported>

/** Throws not-found. */
export async function getReportedBattle(ctx: Context, reportId: string): Promise<ReportedBattle> {
  const [row] = await rowsOf(ctx, reported)`
    select t.study_id as "studyId", t.rater_id as "raterId", t.response_a as "responseA", t.response_b as "responseB",
      t.query_id as "queryId", l.slug as pool, s.slug as study, p.reason
    from reports p join battles t on t.id = p.battle_id join studies s on s.id = t.study_id
    join queries q on q.id = t.query_id join pools l on l.id = q.pool_id
    where p.id = ${reportId}`
  if (!row) throw notFound('No report has this id')
  return row
}

/** A condition on `battles t`: those whose votes a decision on a report leaves out. */
export function leftOutBy({ sql }: Context, battle: ReportedBattle, { decision, leaveOut = null }: ReportDecision) {
  const { studyId, raterId, queryId, responseA, responseB } = battle
  if (leaveOut === null) return sql`false`
  if (leaveOut === 'query')
    return sql`t.response_a in (select id from responses where study_id = ${studyId} and query_id = ${queryId})`
  if (leaveOut === 'answer') {
    const answer = decision === 'answer_b' ? responseB : responseA
    return sql`(t.response_a = ${answer} or t.response_b = ${answer})`
  }
  return sql`(t.rater_id = ${raterId} and (t.response_a, t.response_b) in ((${responseA}, ${responseB}), (${responseB}, ${responseA})))`
}
