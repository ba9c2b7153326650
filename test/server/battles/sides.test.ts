import { expect, test } from 'vitest'
import { arena } from '../../support/arena.ts'

test('each pair shows either of its models as A equally often, to one', async () => {
  const { ctx, asRater } = await arena({ models: ['Ann', 'Ben', 'Cy'].map((name) => ({ name })), queries: 60 })
  for (let n = 0; n < 45; n++) await asRater.cast((await asRater.lease()).cards[0]!, 'tie')
  const pairs = await ctx.sql<{ n: number; lean: number }[]>`
    select count(*)::int as n, sum(case when model_a < model_b then 1 else -1 end)::int as lean
    from battles group by least(model_a, model_b), greatest(model_a, model_b)`
  expect(pairs.map(({ n }) => n)).toEqual([15, 15, 15])
  expect(pairs.every(({ lean }) => Math.abs(lean) === 1)).toBe(true)
})
