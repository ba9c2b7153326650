import { expect, test } from 'vitest'
import type { RaterEvidence, RaterList } from '#server/boards/raters/schema.ts'
import { arena, type Visitor } from '../../../support/arena.ts'
import { addGoldItems } from '../../../support/gold.ts'

const models = ['Ann', 'Ben'].map((name) => ({ name }))
const response = (m: number, q: number) => `Answer ${m} to question ${q}.`

/** Judges everything, gold by its text: right, or always wrong. */
async function rateAll(rater: Visitor, right: boolean): Promise<void> {
  for (let n = 0; ; n++) {
    const [card] = (await rater.lease()).cards
    if (!card) return
    const gold = [card.answerA.text, card.answerB.text].findIndex((text) => text.startsWith('Something'))
    const better = gold === 0 ? 'model_b' : 'model_a'
    const worse = gold === 0 ? 'model_a' : 'model_b'
    await rater.cast(card, gold < 0 ? (n % 2 ? 'model_a' : 'model_b') : right ? better : worse)
  }
}

test('gold is a figure of each rater with its evidence, in the list, in CSV, and low accuracy a proposal', async () => {
  const made = await arena({ models, response, queries: 60, study: { goldShare: 0.4 } })
  await addGoldItems(made, 20)
  const { asAdmin, asRater, ctx, study } = made
  const other = await made.newRater()
  await rateAll(asRater, true)
  await rateAll(other, false)
  const url = `/api/v1/studies/${study.slug}/raters`
  const list = async () => (await asAdmin.get(`${url}?sort=gold`)).json<RaterList>().raters
  const [worst, best] = await list()
  expect(worst!.gold).toEqual({ count: 0, of: 20 })
  expect(best!.gold).toEqual({ count: 20, of: 20 })
  expect(worst!.proposal!.join(' ')).toContain('Judged 0 % of 20 gold items right; whoever looks judges 92 % right.')
  expect(best!.proposal).toBeNull()
  expect(worst).toMatchObject({ state: 'finished', votes: 60, counted: 40 })

  const evidence = (await asAdmin.get(`${url}/${worst!.id}/votes?show=gold`)).json<RaterEvidence>()
  expect(evidence.votes).toHaveLength(20)
  for (const { verdict, expected, leftOut, modelA, modelB } of evidence.votes) {
    expect(leftOut).toBe('gold')
    expect([verdict, expected].sort()).toEqual(['model_a', 'model_b'])
    const [good, made] = expected === 'model_a' ? [modelA, modelB] : [modelB, modelA]
    expect([good, made]).toEqual([
      { slug: 'ann', name: 'Ann' },
      { slug: null, name: 'Written by hand' },
    ])
  }
  const plain = (await asAdmin.get(`${url}/${worst!.id}/votes?show=left`)).json<RaterEvidence>()
  expect(plain.votes.map(({ leftOut }) => leftOut)).not.toContain('gold')
  const [head, ...lines] = (await asAdmin.get(`${url}.csv`)).body.trim().split('\n')
  const place = head!.split(',').indexOf('gold_right')
  expect(lines.map((line) => line.split(',').slice(place, place + 2)).sort()).toEqual([
    ['0', '20'],
    ['20', '20'],
  ])

  // What is right is decided anew: the verdicts are judged by it at once.
  await ctx.sql`update gold_items set expected = 'second', changed_at = clock_timestamp()`
  expect((await list()).map(({ gold }) => gold.count)).toEqual([0, 20])
  expect((await list())[0]!.id).toBe(best!.id)
})
