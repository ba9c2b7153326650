import { isPublished } from '#server/snapshots/published-votes.ts'
import { expect, test } from 'vitest'
import { castVote } from '#server/battles/cast-vote.ts'
import { leaseBattles } from '#server/battles/lease-battles.ts'
import { LeaseRequest, VoteInput, type Verdict } from '#server/battles/schema.ts'
import { countVotes, readCoverage } from '#server/battles/study-votes.ts'
import { withdrawVote } from '#server/battles/withdraw-vote.ts'
import type { Context } from '#server/core/context.ts'
import { arena } from '../../support/arena.ts'
import { join, newPerson } from '../../support/people.ts'
import { twinOf } from '../../support/twin-study.ts'
import { recount } from '../../support/vote-checker.ts'

const lease = (rater: Context, slug: string, count = 1) => leaseBattles(rater, slug, LeaseRequest.parse({ count }))

const cast = (rater: Context, { battleId }: { battleId: string }, verdict: Verdict) =>
  castVote(rater, battleId, VoteInput.parse({ verdict }))

/** Two studies of the same models, questions and answers, and a rater of both. */
async function twins(options: Parameters<typeof arena>[0] = {}) {
  const { ctx, study } = await arena(options)
  const twin = await twinOf(ctx, study)
  const rater = await newPerson(ctx)
  await join(rater, study.id)
  await join(rater, twin.id)
  return { ctx, study, twin, rater }
}

async function voteOnAll(rater: Context, slug: string): Promise<number> {
  for (let votes = 0; ; votes++) {
    const [card] = (await lease(rater, slug)).cards
    if (!card) return votes
    await cast(rater, card, 'tie')
  }
}

test('who has seen every question of one study has seen none of the other', async () => {
  const { study, twin, rater } = await twins()
  expect(await voteOnAll(rater, study.slug)).toBe(12)
  expect((await lease(rater, study.slug)).done).toBe(true)
  expect((await lease(rater, twin.slug)).progress.votes).toBe(0)
  expect(await voteOnAll(rater, twin.slug)).toBe(12)
})

test('a quota that is full in one study is empty in the other', async () => {
  const models = [{ name: 'One' }, { name: 'Two' }]
  const { ctx, study, twin, rater } = await twins({ models, study: { quotaPerPair: 2 } })
  expect(await voteOnAll(rater, study.slug)).toBe(2)
  expect(await countVotes(ctx, [study.id, twin.id])).toEqual(new Map([[study.id, 2]]))
  expect(await readCoverage(ctx, study)).toMatchObject([{ votes: 2, quota: 2 }])
  expect(await readCoverage(ctx, twin)).toMatchObject([{ votes: 0, quota: 2 }])
  expect(await voteOnAll(rater, twin.slug)).toBe(2)
})

test('open cards of one study take no place in the other, and are not handed out there', async () => {
  const models = [{ name: 'One' }, { name: 'Two' }]
  const { study, twin, rater } = await twins({ models, study: { quotaPerPair: 3 } })
  const open = (await lease(rater, study.slug, 3)).cards.map(({ battleId }) => battleId)
  const others = (await lease(rater, twin.slug, 3)).cards.map(({ battleId }) => battleId)
  expect(open).toHaveLength(3)
  expect(others).toHaveLength(3)
  expect(new Set([...open, ...others]).size).toBe(6)
})

test('the same two answers judged in both studies count in both', async () => {
  const models = [{ name: 'One' }, { name: 'Two' }]
  const { ctx, study, twin, rater } = await twins({ models, queries: 1 })
  for (const { slug } of [study, twin]) await cast(rater, (await lease(rater, slug)).cards[0]!, 'model_a')
  expect(await recount(ctx)).toMatchObject({ votes: 2, counted: 2, differences: [], strange: [] })
})

test('a late vote is measured by the quota of its own study', async () => {
  const models = [{ name: 'One' }, { name: 'Two' }]
  const { ctx, study, twin, rater } = await twins({ models, study: { quotaPerPair: 1 } })
  const [slow] = (await lease(rater, twin.slug)).cards
  await voteOnAll(rater, study.slug)
  await ctx.sql`update battles set leased_until = now() - interval '1 second' where consumed_at is null`
  expect(await cast(rater, slow!, 'tie')).toMatchObject({ late: true, progress: { votes: 1 } })
  expect(await recount(ctx)).toMatchObject({ votes: 2, counted: 2, differences: [] })
})

test('each study lets its own last five votes be taken back, and no count of the other moves', async () => {
  const { ctx, study, twin, rater } = await twins()
  const [card] = (await lease(rater, study.slug)).cards
  const first = await cast(rater, card!, 'model_a')
  expect(await voteOnAll(rater, twin.slug)).toBe(12)
  const { battleId } = await withdrawVote(rater, first.id, isPublished)
  expect(await recount(ctx)).toMatchObject({ votes: 12, counted: 12, differences: [], strange: [] })
  expect((await lease(rater, twin.slug)).cards).toEqual([])
  expect((await lease(rater, study.slug)).cards).toMatchObject([{ battleId }])
})

test('what one study still waits for keeps no rater waiting in the other', async () => {
  const { ctx, study, twin, rater } = await twins()
  await ctx.sql`update responses set status = 'pending' where study_id = ${twin.id}`
  expect((await lease(rater, twin.slug)).waiting).toMatch(/^0 of 48 answers are in/)
  await voteOnAll(rater, study.slug)
  expect(await lease(rater, study.slug)).toMatchObject({ cards: [], done: true, waiting: null })
})
