import { expect, test } from 'vitest'
import type { StoredRating } from '#drizzle/schema/snapshots.ts'
import { rankModels } from '#server/boards/rank-models.ts'

const rating = (modelId: string, elo: number | null) => ({ modelId, elo }) as StoredRating

test('rated models come from the strongest down, then those without a rating by name, wherever they stood before', () => {
  const models = ['Dee', 'Cas', 'Ann', 'Eve', 'Ben'].map((name) => ({
    id: name,
    slug: name.toLowerCase(),
    name,
    openness: 'open' as const,
  }))
  const ratings = [rating('Cas', 900), rating('Eve', 1100), rating('Dee', null)]
  for (const order of [models, models.toReversed()]) {
    expect(rankModels(order, ratings).map(({ name, elo }) => [name, elo])).toEqual([
      ['Eve', 1100],
      ['Cas', 900],
      ['Ann', null],
      ['Ben', null],
      ['Dee', null],
    ])
  }
})
