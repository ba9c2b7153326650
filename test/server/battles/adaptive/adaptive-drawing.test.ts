import { expect, test } from 'vitest'
import { adaptiveChances, readPairGains } from '#server/battles/adaptive/pair-gains.ts'
import { arena, type Arena } from '../../../support/arena.ts'
import { giveVotes } from '../../../support/give-votes.ts'
import { recount } from '../../../support/vote-checker.ts'

const models = ['Ann', 'Ben', 'Cy'].map((name) => ({ name }))

/** The pairs of a study by the names of their models. */
const readPairs = ({ ctx, study }: Arena) => ctx.sql<{ low: string; high: string; names: string }[]>`
  select x.id as low, y.id as high, least(x.name, y.name) || ' ' || greatest(x.name, y.name) as names
  from study_models sx join study_models sy on sy.study_id = sx.study_id and sy.model_id > sx.model_id
  join models x on x.id = sx.model_id join models y on y.id = sy.model_id where sx.study_id = ${study.id} order by 3`

/** Forty votes between Ann and Ben, six between Ben and Cy, none between Ann and Cy. */
async function lopsided(study: object = {}): Promise<Arena> {
  const made = await arena({ models, queries: 200, study: { drawing: 'adaptive', ...study } })
  const verdict = (n: number) => (n % 3 === 0 ? 'model_b' : 'model_a')
  await giveVotes(made, [
    ...Array.from({ length: 40 }, (_, n) => ({ a: 0, b: 1, verdict: verdict(n), query: n })),
    ...Array.from({ length: 6 }, (_, n) => ({ a: 1, b: 2, verdict: verdict(n), query: 50 + n })),
  ])
  return made
}

test('a vote is worth most where the ratings are least known; chances follow it, and none falls below its even tenth', async () => {
  const made = await lopsided()
  const pairs = await readPairs(made)
  const gains = await readPairGains(made.ctx, made.study.id, pairs)
  const chances = adaptiveChances(pairs, gains)
  const byName = Object.fromEntries(pairs.map(({ names }, place) => [names, chances[place]!]))
  expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12)
  expect(byName['Ann Ben']).toBeLessThan(byName['Ben Cy']!)
  expect(byName['Ann Ben']).toBeLessThan(byName['Ann Cy']!)
  expect(Math.min(...chances)).toBeGreaterThan(0.1 / 3)
  expect(adaptiveChances(pairs, new Map())).toEqual([1 / 3, 1 / 3, 1 / 3])
})

test('each battle keeps the chance with which its pair was drawn, and pairs that are known are drawn seldom', async () => {
  const made = await lopsided()
  const { asRater, ctx, study } = made
  const pairs = await readPairs(made)
  const gains = await readPairGains(ctx, study.id, pairs)
  const names: string[] = []
  for (let n = 0; n < 40; n++) {
    const [card] = (await asRater.lease(1, [])).cards
    const [battle] = await ctx.sql<{ low: string; high: string; chance: number }[]>`
      select least(model_a, model_b) as low, greatest(model_a, model_b) as high, draw_probability as chance
      from battles where id = ${card!.battleId}`
    const place = pairs.findIndex(({ low, high }) => low === battle!.low && high === battle!.high)
    // The pair that came last is left out of a draw while others lack votes.
    const offered = pairs.filter((pair) => pair.names !== names.at(-1))
    const chance = adaptiveChances(offered, gains)[offered.indexOf(pairs[place]!)]
    expect(battle!.chance).toBeCloseTo(chance!, 12)
    names.push(pairs[place]!.names)
    // It ends without a vote, so that the fit stays as it is.
    await asRater.post(`/api/v1/battles/${card!.battleId}/report`, { reason: 'other' })
  }
  expect(names.filter((name) => name === 'Ann Ben').length).toBeLessThan(15)
})

test('every pair is filled to its quota, and none beyond', async () => {
  const made = await arena({ models, queries: 60, study: { drawing: 'adaptive', quotaPerPair: 12 } })
  for (let n = 0; ; n++) {
    const [card] = (await made.asRater.lease()).cards
    if (!card) break
    await made.asRater.cast(card, n % 2 ? 'model_a' : 'tie')
  }
  const totals = await made.ctx.sql<{ votes: number; lean: number }[]>`select votes, lean from pair_totals`
  expect(totals.map(({ votes }) => votes)).toEqual([12, 12, 12])
  for (const { lean } of totals) expect(Math.abs(lean)).toBeLessThanOrEqual(1)
  const [chances] = await made.ctx.sql<{ least: number; most: number }[]>`
    select min(draw_probability) as least, max(draw_probability) as most from battles`
  expect(chances!.least).toBeGreaterThan(0)
  expect(chances!.most).toBeLessThanOrEqual(1)
  expect(await recount(made.ctx)).toMatchObject({ votes: 36, counted: 36, differences: [], strange: [] })
})
