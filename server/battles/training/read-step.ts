import { goldItems, trainingCards, trainingRounds } from '#drizzle/schema/battles.ts'
import type { Context } from '#server/core/context.ts'
import { flag, orNull, rowsOf, whole } from '#server/core/postgres/rows.ts'
import type { requireTrainee } from '#server/raters/service.ts'
import type { StoredStudy } from '#server/studies/service.ts'
import { cardRow, makeCard } from '../make-card.ts'
import { answerColumns } from '../rendering/stored-renderings.ts'
import { isShowable } from './draw-item.ts'
import type { TrainingStep } from './schema.ts'

type Trainee = Awaited<ReturnType<typeof requireTrainee>>

const roundRow = {
  id: trainingRounds.id,
  items: trainingRounds.items,
  needed: trainingRounds.needed,
  passed: orNull(flag),
  failures: whole,
  judged: whole,
  right: whole,
}

/** The newest round of a rater that was not reset, with how many of those have failed. */
export async function findRound(ctx: Context, studyId: string, raterId: string) {
  const [row] = await rowsOf(ctx, roundRow)`
    select r.id, r.items, r.needed, r.passed, (
        select count(*) from training_rounds f
        where f.study_id = r.study_id and f.rater_id = r.rater_id and f.reset_at is null and not f.passed
      )::int as failures, count(c.verdict)::int as judged, count(*) filter (where c.is_right)::int as "right"
    from training_rounds r left join training_cards c on c.round_id = r.id
    where r.study_id = ${studyId} and r.rater_id = ${raterId} and r.reset_at is null
    group by r.id order by r.number desc limit 1`
  return row
}

/** Whether a rater must pass the training and has no try left. */
export async function isTurnedAway(ctx: Context, study: StoredStudy, raterId: string): Promise<boolean> {
  const [row] = await rowsOf(ctx, { out: flag })`
    select e.qualified_at is null and count(r.id) >= ${study.trainingTries} as out
    from enrolments e left join training_rounds r on r.study_id = e.study_id and r.rater_id = e.rater_id
      and r.reset_at is null and not r.passed
    where e.study_id = ${study.id} and e.rater_id = ${raterId} group by e.study_id, e.rater_id`
  return study.trainingItems > 0 && (row?.out ?? false)
}

/** How far whoever asks is in the training. */
export async function stepOf(ctx: Context, { study, raterId, untrained }: Trainee): Promise<TrainingStep> {
  const { trainingItems: items, trainingBar: needed, leastCardSeconds } = study
  const round = await findRound(ctx, study.id, raterId)
  const triesLeft = Math.max(0, study.trainingTries - (round?.failures ?? 0))
  const shown = untrained && round?.passed === null ? await readCard(ctx, study, round.id) : null
  return {
    state: untrained ? await stateOf(ctx, study, round, triesLeft) : 'through',
    ...{ items, needed, triesLeft, leastCardSeconds },
    round: round ? { items: round.items, needed: round.needed, judged: round.judged, right: round.right } : null,
    card: shown?.card ?? null,
    feedback: shown?.feedback ?? null,
  }
}

async function stateOf(
  ctx: Context,
  study: StoredStudy,
  round: Awaited<ReturnType<typeof findRound>>,
  triesLeft: number,
): Promise<TrainingStep['state']> {
  if (round?.passed === null) return 'card'
  if (round && triesLeft === 0) return 'out'
  if (!(await hasItem(ctx, study.id))) return 'waiting'
  return round ? 'failed' : 'begin'
}

/** Whether the training has an item that can be shown. */
export async function hasItem(ctx: Context, studyId: string): Promise<boolean> {
  const [row] = await rowsOf(ctx, { some: flag })`
    select exists (select 1 from gold_items g where g.study_id = ${studyId} and ${isShowable(ctx)}) as some`
  return row!.some
}

const shownCard = {
  ...cardRow,
  verdict: trainingCards.verdict,
  expected: trainingCards.expected,
  isRight: trainingCards.isRight,
  note: goldItems.note,
}

/** The first item of a round from which its rater has not gone on, and what they are told of it. */
async function readCard(ctx: Context, study: StoredStudy, roundId: string) {
  const [row] = await rowsOf(ctx, shownCard)`
    select c.id as "battleId", q.category, q.language, q.question, i.sha256, i.width, i.height,
      ${answerColumns(ctx, ctx.sql`${study.pointsShown}::boolean`)}, c.verdict, c.expected, c.is_right as "isRight", g.note
    from training_cards c join gold_items g on g.id = c.gold_item_id
    join queries q on q.id = g.query_id join images i on i.sha256 = q.image_sha256
    join responses x on x.id = case when c.first_left then g.first else g.second end
    join responses y on y.id = case when c.first_left then g.second else g.first end
    where c.round_id = ${roundId} and c.read_at is null order by c.place limit 1`
  if (!row) return null
  const { verdict, expected, isRight, note, ...rest } = row
  const leasedUntil = new Date(ctx.now() + study.leaseSeconds * 1_000)
  return {
    card: await makeCard(ctx, { ...rest, leasedUntil }),
    feedback: verdict && expected ? { verdict, expected, right: isRight ?? false, why: note } : null,
  }
}
