import { trainingCards, trainingRounds } from '#drizzle/schema/battles.ts'
import { studies } from '#drizzle/schema/studies.ts'
import type { Context } from '#server/core/context.ts'
import { flag, rowsOf } from '#server/core/postgres/rows.ts'
import { notFound } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { setQualified } from '#server/raters/qualification.ts'
import { requireTrainee } from '#server/raters/service.ts'
import { requirePageOwner, requirePerson } from '../page-owner.ts'
import { clearUnshowable, drawItem } from './draw-item.ts'
import { findRound, hasItem, stepOf } from './read-step.ts'
import type { TrainingStep, TrainingVerdict } from './schema.ts'

/**
 * How far whoever asks is in a study's training, with the item that comes next. A study that has none, or asks none of
 * them, says `through`. Throws what requirePageOwner and requireTrainee throw.
 */
export async function takeUpTraining(ctx: Context, slug: string, rater: string | undefined): Promise<TrainingStep> {
  requirePageOwner(ctx, rater)
  return readStep(ctx, slug)
}

async function readStep(ctx: Context, slug: string): Promise<TrainingStep> {
  return inTransaction(ctx, async (ctx) => {
    const trainee = await requireTrainee(ctx, slug)
    if (trainee.untrained) await goOn(ctx, trainee.study.id, trainee.raterId)
    return stepOf(ctx, await requireTrainee(ctx, slug))
  })
}

/** Begins a round, where one may be begun and none is under way: pressed twice it is one. Throws as takeUpTraining. */
export async function beginRound(ctx: Context, slug: string, rater: string | undefined): Promise<TrainingStep> {
  requirePageOwner(ctx, rater)
  const { study, raterId, untrained } = await requireTrainee(ctx, slug)
  const last = await findRound(ctx, study.id, raterId)
  const mayTry = untrained && (last?.failures ?? 0) < study.trainingTries && (await hasItem(ctx, study.id))
  if (mayTry && last?.passed !== null)
    await ctx.sql`
      insert into training_rounds (study_id, rater_id, number, items, needed)
      select ${study.id}, ${raterId}, count(*)::int + 1, ${study.trainingItems}::int, ${study.trainingBar}::int
      from training_rounds where study_id = ${study.id} and rater_id = ${raterId}
      on conflict (study_id, rater_id) where ended_at is null do nothing`
  return readStep(ctx, slug)
}

/**
 * Takes a verdict on an item of the training and says whether it is the expected one. It is no vote. The first one stands,
 * whatever comes after it. Throws not-found for an item that is not shown to whoever asks, another-rater, and as takeUpTraining.
 */
export async function judgeCard(ctx: Context, id: string, input: TrainingVerdict): Promise<TrainingStep> {
  requirePageOwner(ctx, input.rater)
  const { slug, roundId } = await findCard(ctx, id)
  await inTransaction(ctx, async (ctx) => {
    await requireTrainee(ctx, slug)
    await lockRound(ctx, roundId)
    await ctx.sql`
      update training_cards c set verdict = ${input.verdict}::verdict, expected = e.expected, is_right = e.expected = ${input.verdict}::verdict,
        dwell_ms = ${input.dwellMs}, judged_at = now()
      from (
        select o.id, (case
            when g.expected in ('tie', 'both_bad') then g.expected
            when (g.expected = 'first') = o.first_left then 'model_a' else 'model_b' end)::verdict as expected
        from training_cards o join gold_items g on g.id = o.gold_item_id
      ) e, training_rounds r
      where c.id = ${id} and e.id = c.id and r.id = c.round_id and r.ended_at is null and c.verdict is null`
  })
  return readStep(ctx, slug)
}

/** The rater goes on from what they were told of an item. Throws as judgeCard. */
export async function passCard(ctx: Context, id: string, rater: string | undefined): Promise<TrainingStep> {
  requirePageOwner(ctx, rater)
  const { slug } = await findCard(ctx, id)
  await ctx.sql`
    update training_cards set read_at = coalesce(read_at, now()) where id = ${id} and verdict is not null`
  return readStep(ctx, slug)
}

async function findCard(ctx: Context, id: string) {
  const [row] = await rowsOf(ctx, { slug: studies.slug, roundId: trainingCards.roundId })`
    select s.slug, c.round_id as "roundId" from training_cards c join raters r on r.id = c.rater_id
    join studies s on s.id = c.study_id where c.id = ${id} and r.person_id = ${requirePerson(ctx)}`
  if (!row) throw notFound('This item is no longer in your training')
  return row
}

/** One after another: of two tabs the second sees what the first has done. */
async function lockRound(ctx: Context, id: string) {
  await ctx.sql`select 1 from training_rounds where id = ${id} for update`
}

/** Takes the round under way further: to its next item, or to its end when all were judged or none is left. */
async function goOn(ctx: Context, studyId: string, raterId: string): Promise<void> {
  const [open] = await rowsOf(ctx, { id: trainingRounds.id })`
    select id from training_rounds where study_id = ${studyId} and rater_id = ${raterId} and ended_at is null for update`
  if (!open) return
  await clearUnshowable(ctx, open.id)
  const [row] = await rowsOf(ctx, { shown: flag, full: flag })`
    select exists (select 1 from training_cards c where c.round_id = r.id and c.read_at is null) as shown,
      (select count(*) from training_cards c where c.round_id = r.id) >= r.items as full
    from training_rounds r where r.id = ${open.id}`
  if (row!.shown || (!row!.full && (await drawItem(ctx, { id: open.id, studyId, raterId })))) return
  await endRound(ctx, open.id, studyId, raterId)
}

/** A round that ran out of items asks for the same share; one in which nothing was judged is none. */
async function endRound(ctx: Context, id: string, studyId: string, raterId: string): Promise<void> {
  const [ended] = await rowsOf(ctx, { passed: flag })`
    update training_rounds r set ended_at = now(), passed = n.correct >= ceil(r.needed::float8 * n.judged / r.items)
    from (
      select count(*) as judged, count(*) filter (where is_right) as correct from training_cards where round_id = ${id}
    ) n where r.id = ${id} and n.judged > 0 returning passed`
  if (!ended) await ctx.sql`delete from training_rounds where id = ${id}`
  else if (ended.passed) await setQualified(ctx, studyId, raterId, true)
}
