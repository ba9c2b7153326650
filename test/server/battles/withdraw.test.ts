import { expect, test } from 'vitest'
import { arena } from '../../support/arena.ts'
import { recount } from '../../support/vote-checker.ts'

test('an undone vote no longer counts, and the same answers come first as a new battle', async () => {
  const { asRater, ctx } = await arena()
  const { cards } = await asRater.lease(3)
  const vote = await asRater.cast(cards[0]!, 'model_a')
  const reply = await asRater.post(`/api/v1/votes/${vote.id}/withdraw`)
  expect(reply.statusCode).toBe(200)
  expect(await recount(ctx)).toMatchObject({ votes: 0, counted: 0, differences: [] })
  const next = (await asRater.lease(1, [cards[1]!.battleId])).cards[0]!
  expect(next.battleId).toBe(reply.json<{ battleId: string }>().battleId)
  expect({ ...next, battleId: '', leasedUntil: '' }).toEqual({ ...cards[0]!, battleId: '', leasedUntil: '' })
  await asRater.cast(next, 'model_b')
  expect(await recount(ctx)).toMatchObject({ votes: 1, counted: 1, differences: [], strange: [] })
})

test('undoing twice at once is one undo', async () => {
  const { asRater, ctx } = await arena()
  const vote = await asRater.cast((await asRater.lease()).cards[0]!, 'tie')
  const replies = await Promise.all([1, 2, 3].map(() => asRater.post(`/api/v1/votes/${vote.id}/withdraw`)))
  expect(new Set(replies.map((reply) => reply.body)).size).toBe(1)
  expect(await ctx.sql`select 1 from battles where consumed_at is null`).toHaveLength(1)
  expect(await recount(ctx)).toMatchObject({ votes: 0, differences: [] })
})

test('the last five votes can be undone, the sixth and other people’s cannot', async () => {
  const { asRater, newRater } = await arena()
  const ids: number[] = []
  for (let n = 0; n < 6; n++) ids.push((await asRater.cast((await asRater.lease()).cards[0]!, 'tie')).id)
  const undo = (id: number, by = asRater) => by.post(`/api/v1/votes/${id}/withdraw`)
  expect((await undo(ids[0]!)).json()).toMatchObject({ type: '/problems/too-late-to-undo' })
  expect((await undo(ids[1]!)).statusCode).toBe(200)
  expect((await undo(ids[5]!, await newRater())).statusCode).toBe(404)
  expect((await undo(999_999)).statusCode).toBe(404)
})

test('an undone vote frees the place in its quota only for the same rater', async () => {
  const { asRater, newRater } = await arena({ models: [{ name: 'One' }, { name: 'Two' }], study: { quotaPerPair: 1 } })
  const vote = await asRater.cast((await asRater.lease()).cards[0]!, 'tie')
  await asRater.post(`/api/v1/votes/${vote.id}/withdraw`)
  expect((await (await newRater()).lease()).cards).toEqual([])
  expect((await asRater.lease()).cards).toHaveLength(1)
})

test('of many equal votes the one that is taken back leaves its own count alone', async () => {
  const { asRater, newRater, ctx } = await arena()
  const ids: number[] = []
  for (const rater of [asRater, await newRater()]) {
    for (let n = 0; n < 12; n++) ids.push((await rater.cast((await rater.lease()).cards[0]!, 'tie')).id)
  }
  for (const id of ids.slice(8, 12)) expect((await asRater.post(`/api/v1/votes/${id}/withdraw`)).statusCode).toBe(200)
  expect(await recount(ctx)).toMatchObject({ votes: 20, counted: 20, differences: [], strange: [] })
})

test('a card that another tab still shows takes no verdict after its vote was taken back, and says so', async () => {
  const { asRater, ctx } = await arena()
  const [card] = (await asRater.lease()).cards
  const vote = await asRater.cast(card!, 'tie')
  await asRater.post(`/api/v1/votes/${vote.id}/withdraw`)
  for (const verdict of ['tie', 'model_a']) {
    const reply = await asRater.post(`/api/v1/battles/${card!.battleId}/vote`, { verdict })
    expect([reply.statusCode, reply.json<object>()]).toEqual([
      409,
      expect.objectContaining({ type: '/problems/vote-withdrawn' }),
    ])
  }
  await asRater.cast((await asRater.lease()).cards[0]!, 'model_b')
  expect(await recount(ctx)).toMatchObject({ votes: 1, counted: 1, differences: [], strange: [] })
})
