import { expect, test } from 'vitest'
import type { StoredRating } from '#drizzle/schema/snapshots.ts'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import { arena } from '../../support/arena.ts'

test('models are taken by code unit, as a vote file numbers them, in a database that sorts otherwise', async () => {
  const { ctx, asRater, study } = await arena({ models: [{ name: 'm 9' }, { name: 'm 10' }, { name: 'm 100' }] })
  await ctx.sql`create collation by_number (provider = icu, locale = 'und-u-kn-true')`
  await ctx.sql`alter table models alter column slug type text collate by_number`
  const { cards } = await asRater.lease(1)
  await asRater.cast(cards[0]!, 'tie')
  await refreshRatings(ctx, study.id, { force: true })
  const [snapshot] = await ctx.sql<{ ratings: StoredRating[] }[]>`
    select ratings from snapshots where study_id = ${study.id} and category is null`
  const slugs = await ctx.sql<{ id: string; slug: string }[]>`select id, slug from models`
  const slugOf = new Map(slugs.map(({ id, slug }) => [id, slug]))
  expect(snapshot!.ratings.map(({ modelId }) => slugOf.get(modelId))).toEqual(['m 10', 'm 100', 'm 9'])
})
