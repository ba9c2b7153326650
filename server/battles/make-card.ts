import { battles } from '#drizzle/schema/battles.ts'
import { images } from '#drizzle/schema/images.ts'
import { queries } from '#drizzle/schema/queries.ts'
import { responses } from '#drizzle/schema/responses.ts'
import { words, type RowOf } from '../core/postgres/rows.ts'
import { renderAnswer } from './rendering/render-answer.ts'
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
  pointsShown: battles.pointsShown,
  textA: words,
  textB: words,
  scaleA: responses.pointsScale,
  scaleB: responses.pointsScale,
}

/** All that is sent to a rater, made from this row alone, which names no model. */
export function makeCard(row: RowOf<typeof cardRow> & { leasedUntil: Date }): Card {
  const { battleId, category, language, question, sha256, width, height, pointsShown } = row
  return {
    battleId,
    category,
    language,
    question,
    image: { url: `/api/v1/images/${sha256}?w=1280`, width, height },
    pointsShown,
    answerA: renderAnswer(row.textA, row.scaleA, { pointsShown }),
    answerB: renderAnswer(row.textB, row.scaleB, { pointsShown }),
    leasedUntil: row.leasedUntil.toISOString(),
  }
}
