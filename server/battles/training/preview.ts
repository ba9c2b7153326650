import { goldItems } from '#drizzle/schema/battles.ts'
import { flag, rowsOf } from '#server/core/postgres/rows.ts'
import type { Context } from '#server/core/context.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import { cardRow, makeCard } from '../make-card.ts'
import { answerColumns } from '../rendering/stored-renderings.ts'
import type { Verdict } from '../schema.ts'
import { isShowable } from './draw-item.ts'
import type { TrainingPreview } from './schema.ts'

const previewed = { ...cardRow, expected: goldItems.expected, note: goldItems.note, firstLeft: flag }

/**
 * A round of a study's training for whoever runs it, in any state of it, with what raters are told: nothing is written. One
 * seed gives one round. Throws not-found.
 */
export async function previewTraining(ctx: Context, slug: string, seed: string): Promise<TrainingPreview> {
  const study = await getStoredStudy(ctx, slug)
  const { trainingItems: items, trainingBar: needed, trainingTries: tries } = study
  const rows = await rowsOf(ctx, previewed)`
    with drawn as (
      select g.*, md5(${seed} || g.id) < md5(g.id || ${seed}) as first_left, md5(${seed} || g.id) as drawn_at
      from gold_items g where g.study_id = ${study.id} and ${isShowable(ctx)} order by md5(${seed} || g.id) limit ${items}
    )
    select gen_random_uuid() as "battleId", q.category, q.language, q.question, i.sha256, i.width, i.height,
      ${answerColumns(ctx, ctx.sql`${study.pointsShown}::boolean`)}, d.expected, d.note, d.first_left as "firstLeft"
    from drawn d join queries q on q.id = d.query_id join images i on i.sha256 = q.image_sha256
    join responses x on x.id = case when d.first_left then d.first else d.second end
    join responses y on y.id = case when d.first_left then d.second else d.first end
    order by d.drawn_at`
  const leasedUntil = new Date(ctx.now() + study.leaseSeconds * 1_000)
  const cards = rows.map(async ({ expected, note, firstLeft, ...row }) => ({
    card: await makeCard(ctx, { ...row, leasedUntil }),
    expected: asShown(expected, firstLeft),
    why: note,
  }))
  return { items, needed, tries, cards: await Promise.all(cards) }
}

function asShown(expected: 'first' | 'second' | 'tie' | 'both_bad', firstLeft: boolean): Verdict {
  if (expected === 'tie' || expected === 'both_bad') return expected
  return (expected === 'first') === firstLeft ? 'model_a' : 'model_b'
}
