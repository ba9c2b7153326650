import { trainingCards, trainingRounds } from '#drizzle/schema/battles.ts'
import { enrolments } from '#drizzle/schema/raters.ts'
import { queries } from '#drizzle/schema/queries.ts'
import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { flag, orNull, present, rowsOf, whole } from '#server/core/postgres/rows.ts'
import { notFound } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { csv } from '#server/formats/csv-writer.ts'
import { isUntrained, setQualified } from '#server/raters/qualification.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import type { TrainingFigure, TrainingResults } from './schema.ts'

const figure = {
  id: enrolments.raterId,
  number: whole,
  due: flag,
  qualified: flag,
  rounds: whole,
  failures: whole,
  count: whole,
  of: whole,
}

/** How far each rater of a study is in its training, in the order in which they joined. */
async function readFigures(ctx: Context, { id, trainingTries }: { id: string; trainingTries: number }) {
  const rows = await rowsOf(ctx, figure)`
    with rounds as (
      select r.rater_id, r.id, r.number, r.passed, count(c.verdict)::int as judged,
        count(*) filter (where c.is_right)::int as correct
      from training_rounds r left join training_cards c on c.round_id = r.id
      where r.study_id = ${id} and r.reset_at is null group by r.id
    ), summed as (
      select rater_id, count(*)::int as rounds, count(*) filter (where not passed)::int as failures,
        (array_agg(correct order by number desc))[1] as correct, (array_agg(judged order by number desc))[1] as judged
      from rounds group by 1
    )
    select e.rater_id as id, (row_number() over (order by e.created_at, e.rater_id))::int as number,
      ${isUntrained(ctx, ctx.sql`e`)} as due, e.qualified_at is not null as qualified, coalesce(s.rounds, 0) as rounds,
      coalesce(s.failures, 0) as failures, coalesce(s.correct, 0) as count, coalesce(s.judged, 0) as of
    from enrolments e left join summed s on s.rater_id = e.rater_id where e.study_id = ${id} order by 2`
  return rows.map(({ id, number, due, qualified, rounds, failures, count, of }) => {
    const state = qualified
      ? 'passed'
      : !due
        ? 'none'
        : rounds === 0
          ? 'due'
          : failures >= trainingTries
            ? 'failed'
            : 'begun'
    return { id, number, training: { state, rounds, count, of } satisfies TrainingFigure }
  })
}

/** How far each rater of a study is in its training, by their id. */
export async function readTraining(
  ctx: Context,
  study: { id: string; trainingTries: number },
): Promise<Map<string, TrainingFigure>> {
  return new Map((await readFigures(ctx, study)).map(({ id, training }) => [id, training]))
}

const roundRow = {
  rater: trainingRounds.raterId,
  number: trainingRounds.number,
  startedAt: trainingRounds.startedAt,
  endedAt: trainingRounds.endedAt,
  passed: trainingRounds.passed,
  reset: flag,
  items: trainingRounds.items,
  needed: trainingRounds.needed,
  judged: whole,
  right: whole,
}
const verdictRow = {
  rater: trainingCards.raterId,
  round: trainingRounds.number,
  place: trainingCards.place,
  key: queries.key,
  question: queries.question,
  sha256: queries.imageSha256,
  verdict: present(trainingCards.verdict),
  expected: present(trainingCards.expected),
  right: present(trainingCards.isRight),
  dwellMs: orNull(whole),
  at: present(trainingCards.judgedAt),
}

/** The rounds and verdicts of a study's training, of all raters or of one. Throws not-found. */
export async function readResults(ctx: Context, slug: string, raterId?: string): Promise<TrainingResults> {
  const study = await getStoredStudy(ctx, slug)
  const { sql } = ctx
  const ofRater = raterId === undefined ? sql`` : sql`and r.rater_id = ${raterId}`
  const figures = await readFigures(ctx, study)
  const chosen = raterId === undefined ? figures : figures.filter(({ id }) => id === raterId)
  if (raterId !== undefined && chosen.length === 0) throw notFound('There is no such rater in this study')
  const rounds = await rowsOf(ctx, roundRow)`
    select r.rater_id as rater, r.number, r.started_at as "startedAt", r.ended_at as "endedAt", r.passed,
      r.reset_at is not null as reset, r.items, r.needed, count(c.verdict)::int as judged,
      count(*) filter (where c.is_right)::int as "right"
    from training_rounds r left join training_cards c on c.round_id = r.id
    where r.study_id = ${study.id} ${ofRater} group by r.id order by r.rater_id, r.number`
  const verdicts = await rowsOf(ctx, verdictRow)`
    select r.rater_id as rater, r.number as round, c.place, q.key, q.question, q.image_sha256 as sha256, c.verdict, c.expected,
      c.is_right as "right", c.dwell_ms as "dwellMs", c.judged_at as at
    from training_rounds r join training_cards c on c.round_id = r.id and c.verdict is not null
    join queries q on q.id = c.query_id
    where r.study_id = ${study.id} ${ofRater} order by r.rater_id, r.number, c.place`
  const roundsOf = Map.groupBy(rounds, ({ rater }) => rater)
  const verdictsOf = Map.groupBy(verdicts, ({ rater }) => rater)
  return {
    raters: chosen.map(({ id, number, training }) => ({
      ...{ id, number, training },
      rounds: (roundsOf.get(id) ?? []).map(({ rater: _, startedAt, endedAt, ...round }) => ({
        ...round,
        startedAt: startedAt.toISOString(),
        endedAt: endedAt?.toISOString() ?? null,
      })),
      verdicts: (verdictsOf.get(id) ?? []).map(({ rater: _, sha256, dwellMs, at, ...verdict }) => ({
        ...verdict,
        image: `/api/v1/images/${sha256}?w=320`,
        seconds: dwellMs === null ? null : dwellMs / 1000,
        at: at.toISOString(),
      })),
    })),
  }
}

/** One line a verdict. It names no model: the verdict that is right stands as the rater saw the sides. */
export function resultsCsv({ raters }: TrainingResults): string {
  const head = ['rater', 'id', 'round', 'place', 'key', 'verdict', 'expected', 'right', 'seconds', 'at']
  const lines = raters.flatMap(({ number, id, verdicts, rounds }) =>
    verdicts.map(({ round, place, key, verdict, expected, right, seconds, at }) => {
      const { passed, reset } = rounds.find((one) => one.number === round)!
      return [
        ...[number, id, round, place, key, verdict, expected, right ? 'yes' : 'no', seconds?.toFixed(1) ?? '', at],
        ...[passed === null ? '' : passed ? 'yes' : 'no', reset ? 'yes' : 'no'],
      ]
    }),
  )
  return csv([[...head, 'round_passed', 'reset'], ...lines])
}

/**
 * Lets a rater begin the training anew, with all tries: what they did stays on record and says nothing of them any more.
 * Votes that they gave stay as they are. Throws not-found for somebody who is not in the study.
 */
export async function resetTraining(ctx: Context, slug: string, raterId: string): Promise<void> {
  const study = await getStoredStudy(ctx, slug)
  await inTransaction(ctx, async (ctx) => {
    const [member] = await rowsOf(ctx, { id: enrolments.raterId })`
      select rater_id as id from enrolments where study_id = ${study.id} and rater_id = ${raterId}`
    if (!member) throw notFound('There is no such rater in this study')
    await ctx.sql`
      update training_rounds set reset_at = now(), ended_at = coalesce(ended_at, now())
      where study_id = ${study.id} and rater_id = ${raterId} and reset_at is null`
    await setQualified(ctx, study.id, raterId, false)
    await recordAudit(ctx, 'training.reset', `study:${study.id}`, { rater: raterId })
  })
}
