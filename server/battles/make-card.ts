import { battles } from '#drizzle/schema/battles.ts'
import { images } from '#drizzle/schema/images.ts'
import { queries } from '#drizzle/schema/queries.ts'
import type { Context } from '../core/context.ts'
import type { RowOf } from '../core/postgres/rows.ts'
import { answersOf, answerShape } from './rendering/stored-renderings.ts'
import type { Card } from './schema.ts'

/** What a card is made from, but for the end of its lease. */
export const cardRow = {
  battleId: battles.id,
  category: battles.category,
  language: queries.language,
  question: queries.question,
  sha256: images.sha256,
  width: images.width,
  height: images.height,
  ...answerShape,
}

/** All that is sent to a rater, made from this row alone, which names no model. */
export async function makeCard(ctx: Context, row: RowOf<typeof cardRow> & { leasedUntil: Date }): Promise<Card> {
  const { battleId, category, language, question, sha256, width, height, pointsShown } = row
  return {
    battleId,
    category,
    language,
    question,
    image: { url: `/api/v1/images/${sha256}?w=1280`, width, height },
    pointsShown,
    ...(await answersOf(ctx, row)),
    leasedUntil: row.leasedUntil.toISOString(),
  }
}
