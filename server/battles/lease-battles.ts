import { battles } from '#drizzle/schema/battles.ts'
import type { Context } from '../core/context.ts'
import { flag, rowsOf } from '../core/postgres/rows.ts'
import { requireEnrolment, type Enrolment } from '../raters/service.ts'
import { countAnswersIn } from '../responses/answers-in.ts'
import { drawBattles, hasUnseenQuery } from './draw-battles.ts'
import { cardRow, makeCard } from './make-card.ts'
import { answerColumns } from './rendering/stored-renderings.ts'
import { requirePageOwner } from './page-owner.ts'
import type { Card, CardBatch, LeaseRequest, SessionProgress } from './schema.ts'
import { countVotesOf } from './served.ts'

/**
 * Hands a rater up to `count` cards under leases. Battles that this rater still holds and that are not on the page come
 * first, among them those offered again after an undo. Throws what requirePageOwner and
 * requireEnrolment throw.
 */
export async function leaseBattles(ctx: Context, slug: string, request: LeaseRequest): Promise<CardBatch> {
  requirePageOwner(ctx, request.rater)
  const enrolment = await requireEnrolment(ctx, slug)
  const { count, holder } = request
  const held = await takeUp(ctx, enrolment, request)
  const left = count - held.length
  const drawn = left > 0 ? await drawBattles(ctx, enrolment, { count: left, holder }) : []
  const [cards, progress] = await Promise.all([readCards(ctx, [...held, ...drawn]), readProgress(ctx, enrolment)])
  const waiting = cards.length === 0 ? await whatIsAwaited(ctx, enrolment) : null
  return {
    cards,
    progress,
    sittingFrom: enrolment.sittingFrom,
    leastCardSeconds: enrolment.study.leastCardSeconds,
    followUp: enrolment.study.followUp,
    done: cards.length === 0 && waiting === null,
    waiting: waiting && waiting.sentence,
    answers: waiting && waiting.answers,
  }
}

const leasedCard = { ...cardRow, leasedUntil: battles.leasedUntil }

/** The most pages remembered as holding one battle. */
const mostHolders = 16

/**
 * Renews this rater's open leases that are not on the page and enters the page as a holder. Returns their ids, those first
 * that are offered again after an undo.
 */
async function takeUp(
  ctx: Context,
  { raterId, study }: Enrolment,
  { count, holding, holder }: LeaseRequest,
): Promise<string[]> {
  const rows = await rowsOf(ctx, { id: battles.id })`
    with open as (
      select b.id, exists (
          select 1 from votes v where v.rater_id = b.rater_id and v.study_id = b.study_id and v.query_id = b.query_id
        ) as anew
      from battles b
      where b.study_id = ${study.id} and b.rater_id = ${raterId} and b.consumed_at is null and b.released_at is null
        and b.leased_until > now() and not b.id = any(${holding}::uuid[])
        and not exists (select 1 from queries q where q.id = b.query_id and q.held_at is not null)
        and not exists (
          select 1 from responses r left join models m on m.id = r.model_id
          where r.id in (b.response_a, b.response_b) and (r.status <> 'ready' or m.withdrawn_at is not null)
        )
      order by anew desc, b.leased_at, b.id limit ${count}
    ), renewed as (
      update battles b set leased_until = now() + make_interval(secs => ${study.leaseSeconds}),
        holders = case when ${holder}::uuid is null then b.holders else
          (array_remove(b.holders, ${holder}::uuid) || ${holder}::uuid)[cardinality(b.holders) + 2 - ${mostHolders}:] end
      from open
      where b.id = open.id and b.consumed_at is null returning b.id, b.leased_at, open.anew
    )
    select id from renewed order by anew desc, leased_at, id`
  return rows.map(({ id }) => id)
}

/** The cards of these battles, in this order. How many are wanted stays hidden from the planner: it plans anew for each number. */
async function readCards(ctx: Context, ids: string[]): Promise<Card[]> {
  if (ids.length === 0) return []
  const rows = await rowsOf(ctx, leasedCard)`
    select b.id as "battleId", b.category, q.language, q.question, i.sha256, i.width, i.height,
      ${answerColumns(ctx, ctx.sql`b.points_shown`)}, b.leased_until as "leasedUntil"
    from unnest((select ${ids}::uuid[])) with ordinality as wanted (id, place) join battles b on b.id = wanted.id
    join queries q on q.id = b.query_id join images i on i.sha256 = q.image_sha256
    join responses x on x.id = b.response_a join responses y on y.id = b.response_b
    order by wanted.place`
  return Promise.all(rows.map((row) => makeCard(ctx, row)))
}

/** A rater's votes in a study that were not withdrawn, against the goal of a session. */
async function readProgress(ctx: Context, { raterId, study }: Enrolment): Promise<SessionProgress> {
  return { votes: await countVotesOf(ctx, study.id, raterId), goal: study.sessionGoal }
}

/** What a rater without a card waits for. */
type Awaited = { sentence: string; answers: CardBatch['answers'] }

/** Why there is no card now although there may be later, in words; null when nothing is left for this rater. */
async function whatIsAwaited(ctx: Context, enrolment: Enrolment): Promise<Awaited | null> {
  const { raterId, study } = enrolment
  if (!(await hasUnseenQuery(ctx, enrolment)) || !(await hasLackingPair(ctx, enrolment))) return null
  const { answered, asked } = await countAnswersIn(ctx, study)
  if (answered < asked)
    return {
      sentence: `${answered} of ${asked} answers are in. The next card comes with the next answers.`,
      answers: { ready: answered, asked },
    }
  const [row] = await rowsOf(ctx, { elsewhere: flag })`
    select exists (
        select 1 from battles where study_id = ${study.id} and rater_id <> ${raterId} and consumed_at is null
          and released_at is null and leased_until > now()
      ) or exists (
        select 1 from planned_overlaps where study_id = ${study.id} and delivered_at is null and cancelled_at is null
      ) as elsewhere`
  return row!.elsewhere
    ? { sentence: 'The last battles are with other raters. What they give back comes here.', answers: null }
    : null
}

/** Whether a pair of models still lacks votes. */
export async function hasLackingPair(ctx: Context, { study }: Pick<Enrolment, 'study'>): Promise<boolean> {
  const [row] = await rowsOf(ctx, { lacking: flag })`
    select exists (
      select 1 from study_models x join study_models y on y.study_id = x.study_id and y.model_id > x.model_id
      left join pair_totals t on t.study_id = x.study_id and t.low = x.model_id and t.high = y.model_id
      where x.study_id = ${study.id} and coalesce(t.votes, 0) < ${study.quotaPerPair}
        and not exists (select 1 from models m where m.id in (x.model_id, y.model_id) and m.withdrawn_at is not null)
    ) as lacking`
  return row!.lacking
}
