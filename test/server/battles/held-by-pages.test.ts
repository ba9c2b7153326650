import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { arena, type Visitor } from '../../support/arena.ts'

/** A page of a rater: it takes cards and gives back all but the first, as a page does that closes. */
function page(rater: Visitor) {
  const holder = randomUUID()
  return {
    take: async (count: number, holding: string[] = []) => (await rater.lease(count, holding, holder)).cards,
    giveBack: (card: { battleId: string }) => rater.release(card, holder),
  }
}

test('a second page that closes leaves the first its cards: no prompt vote is late', async () => {
  const { asRater } = await arena({ queries: 64 })
  const [first, second] = [page(asRater), page(asRater)]
  const late: boolean[] = []
  for (let round = 0; round < 16; round++) {
    const cards = await first.take(4)
    const same = await second.take(4)
    expect(same.map(({ battleId }) => battleId)).toEqual(cards.map(({ battleId }) => battleId))
    for (const card of same.slice(1)) await second.giveBack(card)
    for (const card of cards) late.push((await asRater.cast(card, 'tie')).late)
  }
  expect(late).toEqual(Array.from({ length: 64 }, () => false))
})

test('what a page gives back after its successor took it up stays with the successor', async () => {
  const { asRater } = await arena()
  const [before, after] = [page(asRater), page(asRater)]
  const cards = await before.take(4)
  await after.take(4)
  for (const card of cards) await before.giveBack(card)
  for (const card of cards) expect(await asRater.cast(card, 'model_a')).toMatchObject({ late: false })
})

test('the last page that gives a card back returns it to the pool', async () => {
  const { asRater, ctx } = await arena()
  const pages = [page(asRater), page(asRater)]
  const [card] = await pages[0]!.take(1)
  await pages[1]!.take(1)
  const released = () => ctx.sql`select 1 from battles where released_at is not null`
  await pages[0]!.giveBack(card!)
  await pages[0]!.giveBack(card!)
  expect(await released()).toHaveLength(0)
  await pages[1]!.giveBack(card!)
  expect(await released()).toHaveLength(1)
})

test('a card is given back only by who holds it', async () => {
  const { asRater, newRater, ctx } = await arena()
  const mine = page(asRater)
  const [card] = await mine.take(1)
  await page(asRater).giveBack(card!)
  await asRater.release(card!)
  await page(await newRater()).giveBack(card!)
  expect(await ctx.sql`select 1 from battles where released_at is not null`).toHaveLength(0)
})

test('a page that takes a card up twice holds it once', async () => {
  const { asRater, ctx } = await arena()
  const mine = page(asRater)
  const [card] = await mine.take(1)
  await mine.take(1)
  await mine.giveBack(card!)
  expect(await ctx.sql`select 1 from battles where released_at is not null`).toHaveLength(1)
})

test('of many pages that hold one card the newest sixteen are remembered', async () => {
  const { asRater, ctx } = await arena()
  const pages = Array.from({ length: 20 }, () => page(asRater))
  for (const one of pages) await one.take(1)
  const [row] = await ctx.sql<{ held: number }[]>`select cardinality(holders) as held from battles`
  expect(row!.held).toBe(16)
  const [card] = await pages[19]!.take(1)
  for (const one of pages.slice(4)) await one.giveBack(card!)
  expect(await ctx.sql`select 1 from battles where released_at is not null`).toHaveLength(1)
})
