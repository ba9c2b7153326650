import { expect, test } from 'vitest'
import { arena } from '../../support/arena.ts'

test('a model that is withdrawn is drawn for no new battle, and is again once it is released', async () => {
  const { ctx, asAdmin, asRater } = await arena({ models: ['Ann', 'Ben', 'Cy'].map((name) => ({ name })), queries: 60 })
  const drawn = async () => {
    const [row] = await ctx.sql<{ n: number }[]>`
      select count(*)::int as n from battles b join models m on m.id in (b.model_a, b.model_b) where m.slug = 'ann'`
    return row!.n
  }
  await asAdmin.post('/api/v1/models/ann/withdraw', undefined)
  for (let n = 0; n < 6; n++) await asRater.cast((await asRater.lease()).cards[0]!, 'tie')
  expect(await drawn()).toBe(0)
  await asAdmin.post('/api/v1/models/ann/release', undefined)
  for (let n = 0; n < 6; n++) await asRater.cast((await asRater.lease()).cards[0]!, 'tie')
  expect(await drawn()).toBeGreaterThan(0)
})

test('cards with a withdrawn model that were handed out before leave, and a study without any other pair is done', async () => {
  const { asAdmin, asRater } = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }] })
  expect((await asRater.lease(2)).cards).toHaveLength(2)
  await asAdmin.post('/api/v1/models/ann/withdraw')
  expect(await asRater.lease(2)).toMatchObject({ cards: [], done: true, waiting: null })
  await asAdmin.post('/api/v1/models/ann/release')
  expect((await asRater.lease(2)).cards).toHaveLength(2)
})
