import type { Context } from '../core/context.ts'
import { rowsOf } from '../core/postgres/rows.ts'
import { shownTexts } from '../studies/default-texts.ts'
import { getStoredStudy, type StoredStudy } from '../studies/service.ts'
import { cardRow, makeCard } from './make-card.ts'
import { answerColumns } from './rendering/stored-renderings.ts'
import type { Card, TryOut, TryOutRequest } from './schema.ts'

/**
 * Cards for whoever runs a study to try it, in any state of it: two answers to one query each, as raters are shown them.
 * Nothing is leased or voted, so no verdict on them can be stored. One seed gives each query once, in an order of its
 * own; `from` are those seen before. Throws not-found.
 */
export async function tryStudy(ctx: Context, slug: string, request: TryOutRequest): Promise<TryOut> {
  const study = await getStoredStudy(ctx, slug)
  const cards = await readCards(ctx, study, request)
  const { name, sessionGoal: goal, leastCardSeconds, followUp, trainingItems } = study
  const { guidelines } = shownTexts(study)
  const waiting = cards.length > 0 || request.from > 0 ? null : noAnswersYet(study)
  const done = cards.length < request.count
  return { name, cards, goal, leastCardSeconds, followUp, guidelines, trainingItems, done, waiting }
}

function noAnswersYet({ status }: StoredStudy): string {
  return status === 'draft'
    ? 'No query has answers of two models yet: a draft asks none until it is opened.'
    : 'No query has answers of two models yet.'
}

/** Which two answers, and which of them is A, follows from the seed too. */
async function readCards(ctx: Context, study: StoredStudy, { seed, from, count }: TryOutRequest): Promise<Card[]> {
  const rows = await rowsOf(ctx, cardRow)`
    with fit as (
      select r.id, r.query_id from responses r join models m on m.id = r.model_id and m.withdrawn_at is null
      where r.study_id = ${study.id} and r.status = 'ready'
    ), drawn as (
      select q.id, md5(${seed} || q.id) as place from queries q
      where q.pool_id = ${study.poolId} and q.held_at is null
        and q.id in (select query_id from fit group by query_id having count(*) > 1)
      order by place limit ${count} offset ${from}
    ), sides as (
      select d.id, d.place, (
        array(select f.id from fit f where f.query_id = d.id order by md5(${seed} || f.id) limit 2)
      ) as shown from drawn d
    )
    select gen_random_uuid() as "battleId", q.category, q.language, q.question, i.sha256, i.width,
      i.height, ${answerColumns(ctx, ctx.sql`${study.pointsShown}::boolean`)}
    from sides s
    join queries q on q.id = s.id join images i on i.sha256 = q.image_sha256
    join responses x on x.id = s.shown[1] join responses y on y.id = s.shown[2]
    order by s.place`
  const leasedUntil = new Date(ctx.now() + study.leaseSeconds * 1_000)
  return Promise.all(rows.map((row) => makeCard(ctx, { ...row, leasedUntil })))
}
