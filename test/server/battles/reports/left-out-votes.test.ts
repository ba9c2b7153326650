import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { LeaveOut, Report, ReportOutcome, ReportPage } from '#server/battles/reports/schema.ts'
import type { BoardEffect } from '#server/boards/effects/schema.ts'
import type { Board } from '#server/boards/schema.ts'
import { readVotes } from '#server/snapshots/read-votes.ts'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import { replayArchive } from '#server/snapshots/replay-archive.ts'
import { arena, type Arena } from '../../../support/arena.ts'
import { givenRater, giveVotes, type GivenVote } from '../../../support/give-votes.ts'
import { recount } from '../../../support/vote-checker.ts'

const three = { models: [{ name: 'Ann' }, { name: 'Ben' }, { name: 'Cas' }], queries: 12 }
const votes: GivenVote[] = Array.from({ length: 240 }, (_, n) => ({
  a: n % 3,
  b: ((n % 3) + 1 + (Math.floor(n / 3) % 2)) % 3,
  verdict: ['model_a', 'model_b', 'tie', 'model_a', 'both_bad', 'unsure'][n % 6]!,
  rater: n % 8,
  query: Math.floor(n / 20),
}))

interface Decision {
  decision: ReportOutcome | null
  leaveOut?: LeaveOut
}
const decide = ({ app, asAdmin }: Arena, id: string, payload: Decision) =>
  app.inject({ method: 'PATCH', url: `/api/v1/reports/${id}`, headers: { cookie: asAdmin.cookie }, payload })
const effect = async ({ asAdmin }: Arena, id: string, decision: Decision) =>
  (await asAdmin.post(`/api/v1/reports/${id}/effect`, decision)).json<BoardEffect>()
async function reports({ asAdmin, study }: Arena, state: 'open' | 'closed'): Promise<Report[]> {
  return (await asAdmin.get(`/api/v1/studies/${study.slug}/reports?state=${state}`)).json<ReportPage>().reports
}

/** A study with 240 votes, and a report on the battle of one of them. */
async function voted() {
  const house = await arena(three)
  await giveVotes(house, votes)
  const report = async (n: number) => {
    const [row] = await house.ctx.sql<{ id: string }[]>`
      insert into reports (battle_id, rater_id, reason)
      select battle_id, rater_id, 'unsafe' from votes order by id offset ${n} limit 1 returning id`
    return row!.id
  }
  return { house, report, id: await report(0) }
}

async function kept({ ctx: { sql } }: Arena) {
  return {
    votes: await sql`select * from votes order by id`,
    counts: await sql`select * from pair_counts order by study_id, category, model_a, model_b, verdict`,
    totals: await sql`select * from pair_totals order by low, high`,
    raters: await sql`select * from rater_counts where votes <> 0 order by rater_id, category`,
  }
}

test.each([
  ['battle', 'dismissed'],
  ['answer', 'answer_a'],
  ['answer', 'answer_b'],
  ['query', 'query'],
] as const)(
  'a report leaves the votes on its %s out, decided %s, after saying how many; opened again, every digit is back',
  async (leaveOut, decision) => {
    const { house, id } = await voted()
    const before = await kept(house)
    const [{ votes }] = (await reports(house, 'open')) as [Report]
    const expected =
      leaveOut === 'answer'
        ? votes[decision === 'answer_a' ? 'answerA' : 'answerB']
        : votes[leaveOut === 'battle' ? 'battle' : 'query']
    expect([votes.query, votes.battle < votes.answerA, votes.answerA < votes.query]).toEqual([20, true, true])
    const said = await effect(house, id, { decision, leaveOut })
    expect(await kept(house)).toEqual(before)
    expect((await decide(house, id, { decision, leaveOut })).statusCode).toBe(204)
    expect((await kept(house)).votes).toEqual(before.votes)
    expect(await recount(house.ctx)).toMatchObject({ votes: 240, differences: [] })
    expect(await readVotes(house.ctx, house.study.slug)).toHaveLength(240 - expected)
    expect(await reports(house, 'closed')).toMatchObject([{ leaveOut, leftOut: expected, decision }])
    const [{ counting }] = (await house.ctx.sql`
      select sum(votes)::int as counting from pair_counts where verdict <> 'unsure'`) as [{ counting: number }]
    expect(said).toMatchObject({ votes: 200 - counting, votesBefore: 200, votesAfter: counting })
    expect(said.sentences[0]).toBe(
      `${200 - counting} vote${200 - counting === 1 ? '' : 's'} would count no more; ${counting} votes stay.`,
    )

    expect(await effect(house, id, { decision: null })).toMatchObject({ votesBefore: counting, votesAfter: 200 })
    expect((await decide(house, id, { decision: null })).statusCode).toBe(204)
    expect(await kept(house)).toEqual(before)
    expect(house.queued.filter(({ data }) => 'force' in data)).toHaveLength(2)
  },
)

test('two reports on one query and an excluded rater leave each vote out once, in whatever order they end', async () => {
  const { house, report, id } = await voted()
  const before = await kept(house)
  const other = await report(12)
  const rater = await givenRater(house, 0)
  const raters = (what: string, body: object) =>
    house.asAdmin.post(`/api/v1/studies/${house.study.slug}/raters/${what}`, { raters: [rater], ...body })
  const same = async () => expect(await recount(house.ctx)).toMatchObject({ differences: [] })
  await decide(house, id, { decision: 'query', leaveOut: 'query' })
  await raters('exclusions', { reason: 'side' })
  await same()
  await decide(house, other, { decision: 'query', leaveOut: 'query' })
  await same()
  await decide(house, id, { decision: 'answer_a', leaveOut: 'answer' })
  await same()
  await raters('inclusions', {})
  await same()
  expect(await readVotes(house.ctx, house.study.slug)).toHaveLength(220)
  await decide(house, other, { decision: null })
  await same()
  await decide(house, id, { decision: 'dismissed' })
  expect(await kept(house)).toEqual(before)
})

test('a vote from a card that lay open, and one given again after undo, are left out too; a card drawn later counts', async () => {
  const house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 1 })
  const people = [house.asRater, await house.newRater(), await house.newRater()] as const
  const cards = await Promise.all(people.map(async (person) => (await person.lease(1)).cards[0]!))
  const first = await people[0].cast(cards[0]!, 'model_a')
  await people[1].post(`/api/v1/battles/${cards[1]!.battleId}/report`, { reason: 'leak' })
  const [report] = await reports(house, 'open')
  await decide(house, report!.id, { decision: 'answer_a', leaveOut: 'answer' })
  expect(await people[2].cast(cards[2]!, 'model_b')).toMatchObject({ counted: false })
  const undone = await people[0].post(`/api/v1/votes/${first.id}/withdraw`)
  const again = { ...cards[0]!, battleId: undone.json<{ battleId: string }>().battleId }
  expect(await people[0].cast(again, 'tie')).toMatchObject({ counted: false })
  expect(await recount(house.ctx)).toMatchObject({ votes: 2, differences: [] })
  expect(await house.ctx.sql`select sum(votes)::int as votes, sum(reported)::int as reported from pair_counts`).toEqual(
    [{ votes: 0, reported: 2 }],
  )
  await house.ctx.sql`update responses set status = 'ready'`
  const later = await house.newRater()
  expect(await later.cast((await later.lease(1)).cards[0]!, 'tie')).toMatchObject({ counted: true })
  expect(await recount(house.ctx)).toMatchObject({ differences: [] })
})

test('while votes, withdrawals and decisions come at once, counts and votes agree', { timeout: 60_000 }, async () => {
  const house = await arena({ ...three, queries: 8, study: { quotaPerPair: 40 } })
  const people = [house.asRater, await house.newRater(), await house.newRater()]
  const { cards } = await people[0]!.lease(1)
  await people[0]!.post(`/api/v1/battles/${cards[0]!.battleId}/report`, { reason: 'other' })
  const [report] = await reports(house, 'open')
  let rating = true
  const rate = async (person: (typeof people)[number]) => {
    for (let n = 0; n < 12; n++) {
      const { cards } = await person.lease(2)
      const cast = await Promise.all(cards.map((card) => person.vote(card, 'model_a')))
      if (n % 3 === 0)
        for (const vote of cast) await person.post(`/api/v1/votes/${vote.json<{ id: number }>().id}/withdraw`)
    }
  }
  const deciding = async () => {
    for (let n = 0; rating; n++)
      expect(
        (await decide(house, report!.id, n % 2 ? { decision: null } : { decision: 'dismissed', leaveOut: 'query' }))
          .statusCode,
      ).toBe(204)
  }
  await Promise.all([Promise.all(people.map(rate)).finally(() => (rating = false)), deciding()])
  expect(await recount(house.ctx)).toMatchObject({ differences: [], strange: [] })
  await decide(house, report!.id, { decision: null })
  expect(await house.ctx.sql`select 1 from pair_counts where reported <> 0`).toEqual([])
  expect(await recount(house.ctx)).toMatchObject({ differences: [] })
})

test('a snapshot keeps its votes and replays to the same digits; the next says how many a report left out', async () => {
  const { house, id } = await voted()
  const newest = async () => (await house.asAdmin.get(`/api/v1/boards/${house.study.slug}`)).json<Board>().snapshot!
  const replayed = async (snapshot: string) => {
    const reply = await house.asAdmin.get(`/api/v1/snapshots/${snapshot}/archive`)
    expect(reply.statusCode, reply.body.slice(0, 200)).toBe(200)
    const path = join(tmpdir(), `reports-${snapshot}.zip`)
    await writeFile(path, reply.rawPayload)
    const { differences, manifest } = await replayArchive(path)
    expect(differences).toEqual([])
    return manifest.votes.excluded.report
  }
  await refreshRatings(house.ctx, house.study.id, { force: true })
  const before = await newest()
  await decide(house, id, { decision: 'query', leaveOut: 'query' })
  await refreshRatings(house.ctx, house.study.id, { force: true })
  const after = await newest()
  expect(after.excluded.report).toBe(20)
  expect(after.votesUsed + after.excluded.unsure!).toBe(before.votesUsed + before.excluded.unsure! - 20)
  await decide(house, id, { decision: null })
  await refreshRatings(house.ctx, house.study.id, { force: true })
  expect((await newest()).dataHash).toBe(before.dataHash)
  expect([await replayed(before.id), await replayed(after.id)]).toEqual([0, 20])
})

test('what cannot be left out is refused in words', async () => {
  const { house, id } = await voted()
  expect((await decide(house, id, { decision: null, leaveOut: 'query' })).json()).toMatchObject({ status: 400 })
  const refused = await decide(house, id, { decision: 'query', leaveOut: 'answer' })
  expect(refused.body).toContain('decide answer_a or answer_b')
  expect((await house.asRater.post(`/api/v1/reports/${id}/effect`, { decision: 'query' })).statusCode).toBe(403)
})
