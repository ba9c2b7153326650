import { expect, test } from 'vitest'
import type { StoredRating } from '#drizzle/schema/snapshots.ts'
import { closeStudy } from '#server/battles/close-study.ts'
import { createJobs } from '#server/core/jobs.ts'
import { defineBoardJobs, refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import { arena } from '../../support/arena.ts'
import { giveVotes } from '../../support/give-votes.ts'

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

test('a study that is closed gets its last board at once, although the next of a batched one is due in an hour', async () => {
  const house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], publishing: 'batched' })
  const { ctx, study, database } = house
  ctx.jobs = createJobs(database.bossConnection, ctx.log)
  defineBoardJobs(ctx)
  const votes = (count: number) => giveVotes(house, Array(count).fill({ a: 0, b: 1, verdict: 'model_a' }))
  await votes(250)
  expect(await refreshRatings(ctx, study.id)).toBe(2)
  await votes(250)
  expect(await refreshRatings(ctx, study.id)).toBe(0)
  await closeStudy(ctx, study.slug)
  await ctx.jobs.work()
  const newest = () => ctx.sql`
    select votes_used as "votesUsed" from snapshots where category is null order by created_at desc limit 1`
  await expect.poll(async () => (await newest())[0], { timeout: 10_000 }).toEqual({ votesUsed: 500 })
  await ctx.jobs.stop()
})
