import { expect, test } from 'vitest'
import { outlookOf } from '#server/studies/outlook.ts'
import type { Study } from '#server/studies/schema.ts'
import { arena } from '../../support/arena.ts'

const member = (name: string, withdrawn = false) => ({
  model: { slug: name.toLowerCase(), name, released: true, withdrawn },
})
const pair = (modelA: string, modelB: string, votes: number, quota = 100) => ({ modelA, modelB, votes, quota })
const members = [member('Ann'), member('Ben'), member('Cy')]
const watched = {
  status: 'open' as const,
  paused: false,
  members,
  coverage: [pair('ann', 'ben', 100), pair('ann', 'cy', 80), pair('ben', 'cy', 20)],
  pace: { votes: 20, hours: 2 },
}

test('pairs that lag are named with their votes, and the end is told from the pace of the last hours', () => {
  expect(outlookOf(watched)).toEqual([
    '1 of 3 pairs are full, 1 under half.',
    'Lagging behind the others: Ben and Cy, 20 of 100.',
    '100 votes are missing: at 10 an hour, as in the last 2 hours, they are in after about 10 hours.',
  ])
  expect(outlookOf({ ...watched, pace: { votes: 1, hours: 6 } })[2]).toMatch(/at 0\.2 an hour.*about 25 days/)
  expect(outlookOf({ ...watched, pace: { votes: 900, hours: 1 } })[2]).toMatch(/in the last hour, .* less than an hour/)
})

test('without votes, while it pauses, and once it is closed or full no end is promised', () => {
  expect(outlookOf({ ...watched, pace: { votes: 0, hours: 6 } }).at(-1)).toBe(
    '100 votes are missing, and none came in the last 6 hours.',
  )
  expect(outlookOf({ ...watched, paused: true }).at(-1)).toBe('100 votes are missing; it is paused.')
  expect(outlookOf({ ...watched, status: 'closed' }).at(-1)).toBe('It was closed 100 votes short of its quotas.')
  expect(outlookOf({ ...watched, coverage: [pair('ann', 'ben', 100)] })).toEqual(['The one pair is full.'])
  expect(outlookOf({ ...watched, status: 'draft' })).toEqual([])
})

test('pairs of a withdrawn model are neither waited for nor named; of many that lag, five are', () => {
  const withdrawn = [member('Ann'), member('Ben'), member('Cy', true)]
  expect(outlookOf({ ...watched, members: withdrawn })).toEqual(['The one pair is full.'])
  const names = Array.from({ length: 6 }, (_, n) => member(`M${n}`))
  const coverage = names.flatMap(({ model: a }, n) =>
    names.slice(n + 1).map(({ model: b }, m) => pair(a.slug, b.slug, n === 0 || (n === 1 && m === 0) ? 1 : 50)),
  )
  expect(outlookOf({ ...watched, members: names, coverage })[1]).toMatch(
    /^Lagging.*M0 and M1, 1 of 100;.*; and 1 more\.$/,
  )
})

test('the pace counts what fills quotas in the last six hours: neither late, unsure and withdrawn votes nor old ones', async () => {
  const { ctx, asAdmin, asRater, study } = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 24 })
  const outlook = async () => (await asAdmin.get(`/api/v1/studies/${study.slug}`)).json<Study>().outlook.at(-1)
  const cast = async (verdict: 'tie' | 'unsure') => asRater.cast((await asRater.lease()).cards[0]!, verdict)
  for (let n = 0; n < 4; n++) await cast('tie')
  await ctx.sql`update votes set cast_at = now() - interval '7 hours' where id = (select min(id) from votes)`
  expect(await outlook()).toMatch(/^446 votes are missing: at 3\.0 an hour, as in the last hour/)
  await cast('unsure')
  const { id } = await cast('tie')
  await asRater.post(`/api/v1/votes/${id}/withdraw`)
  expect(await outlook()).toMatch(/^446 votes are missing: at 3\.0 an hour/)
  await ctx.sql`update votes set cast_at = now() - interval '3 hours' where id = (select min(id) + 1 from votes)`
  expect(await outlook()).toMatch(/at 1\.0 an hour, as in the last 3 hours/)
})
