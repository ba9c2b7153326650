import { expect, test } from 'vitest'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import type { Verdict } from '#server/battles/schema.ts'
import { arena, type Visitor } from '../../support/arena.ts'
import { recount } from '../../support/vote-checker.ts'

const verdicts: Verdict[] = ['model_a', 'model_b', 'tie', 'both_bad', 'unsure']

test('2,000 votes of 32 raters at once, one in twenty sent twice: none lost, none twice, the counts agree', async () => {
  const house = await arena({ queries: 80, study: { quotaPerPair: 1000 } })
  const raters = await Promise.all(Array.from({ length: 32 }, () => house.newRater()))
  const acknowledged = new Map<number, { battleId: string; verdict: Verdict }>()
  let sent = 0
  const goOn = async (rater: Visitor, number: number) => {
    let held = (await rater.lease(3)).cards
    for (let n = 0; n < 62 + Number(number < 16); n++) {
      const card = held.shift()!
      const verdict = verdicts[(number + n * 7) % 5]!
      const twice = sent++ % 20 === 0
      const [vote, again] = await Promise.all([rater.cast(card, verdict), twice ? rater.cast(card, verdict) : null])
      if (again) expect(again.id).toBe(vote.id)
      acknowledged.set(vote.id, { battleId: card.battleId, verdict })
      held = [
        ...held,
        ...(
          await rater.lease(
            1,
            held.map(({ battleId }) => battleId),
          )
        ).cards,
      ]
    }
  }
  await Promise.all(raters.map(goOn))
  expect(acknowledged.size).toBe(2000)
  const stored = await house.ctx.sql<{ id: string; battleId: string; verdict: Verdict }[]>`
    select id, battle_id as "battleId", verdict from votes`
  expect(new Map(stored.map(({ id, battleId, verdict }) => [Number(id), { battleId, verdict }]))).toEqual(acknowledged)
  expect(await recount(house.ctx)).toEqual({ votes: 2000, counted: 2000, differences: [], strange: [] })
  const repeats = await house.ctx.sql`select 1 from votes group by rater_id, query_id having count(*) > 1`
  expect(repeats).toHaveLength(0)
  await refreshRatings(house.ctx, house.study.id)
  const [snapshot] = await house.ctx.sql<{ votesUsed: number; excluded: unknown }[]>`
    select votes_used as "votesUsed", excluded from snapshots where category is null`
  const unsure = [...acknowledged.values()].filter(({ verdict }) => verdict === 'unsure').length
  expect(snapshot).toEqual({
    votesUsed: 2000 - unsure,
    excluded: { unsure, late: 0, duplicate: 0, withdrawn: 0, rater: 0, report: 0 },
  })
}, 120_000)
