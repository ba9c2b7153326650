import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findSession } from '#server/accounts/service.ts'
import { readVotes } from '#server/snapshots/read-votes.ts'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import { replayArchive } from '#server/snapshots/replay-archive.ts'
import type { Board } from '#server/boards/schema.ts'
import { openZip } from '#server/formats/zip.ts'
import { arena, type Arena, type Visitor } from '../../../support/arena.ts'
import { givenRater, giveVotes, type GivenVote } from '../../../support/give-votes.ts'
import { recount } from '../../../support/vote-checker.ts'

const three = { models: [{ name: 'Ann' }, { name: 'Ben' }, { name: 'Cas' }] }
const two = { models: [{ name: 'Ann' }, { name: 'Ben' }] }

async function idOf({ ctx }: Arena, { cookie }: Visitor): Promise<string> {
  const token = cookie.slice(cookie.indexOf('=') + 1)
  const person = await findSession(ctx, token)
  if (person === undefined || person === 'taken-back') throw new Error('Nobody is signed in')
  const [row] = await ctx.sql<{ id: string }[]>`select id from raters where person_id = ${person.personId}`
  return row!.id
}

const address = ({ study }: Arena, what: 'exclusions' | 'inclusions') => `/api/v1/studies/${study.slug}/raters/${what}`
const exclude = (house: Arena, raters: string[], reason = 'side') =>
  house.asAdmin.post(address(house, 'exclusions'), { raters, reason, note: 'always left' })
const include = (house: Arena, raters: string[]) => house.asAdmin.post(address(house, 'inclusions'), { raters })

/** Everything that is counted, as it is kept; cells of nothing are no difference. */
async function kept({ ctx: { sql } }: Arena) {
  return {
    votes: await sql`select * from votes order by id`,
    counts: await sql`select * from pair_counts order by study_id, category, model_a, model_b, verdict`,
    totals: await sql`select * from pair_totals order by low, high`,
    raters: await sql`select * from rater_counts where votes <> 0 order by rater_id, category`,
  }
}

const votes: GivenVote[] = Array.from({ length: 240 }, (_, n) => {
  const a = n % 3
  const b = (a + 1 + (n % 2)) % 3
  return {
    a,
    b,
    verdict: ['model_a', 'model_b', 'tie', 'model_a', 'both_bad', 'unsure'][n % 6]!,
    rater: n % 8,
    query: n % 12,
  }
})
describe('excluding a rater', () => {
  test('takes all their votes out of every count and alters none; including again undoes it to the last digit', async () => {
    const house = await arena(three)
    await giveVotes(house, votes)
    const before = await kept(house)
    const rater = await givenRater(house, 3)
    expect((await exclude(house, [rater])).json()).toEqual({ changed: 1 })
    const during = await kept(house)
    expect(during.votes).toEqual(before.votes)
    expect(during.raters.some(({ rater_id: id }) => id === rater)).toBe(false)
    const sum = (rows: typeof during.counts, key: string) => rows.reduce((all, row) => all + (row[key] as number), 0)
    expect([sum(during.counts, 'votes'), sum(during.counts, 'excluded')]).toEqual([210, 30])
    expect(await recount(house.ctx)).toMatchObject({ votes: 240, differences: [] })
    expect(await readVotes(house.ctx, house.study.slug)).toHaveLength(210)
    expect((await include(house, [rater])).json()).toEqual({ changed: 1 })
    expect(await kept(house)).toEqual(before)
  })

  test('twice is once, and the first reason stands; so does including twice', async () => {
    const house = await arena(three)
    await giveVotes(house, votes)
    const rater = await givenRater(house, 0)
    const replies = await Promise.all([exclude(house, [rater]), exclude(house, [rater], 'speed')])
    expect(replies.map((reply) => reply.json<{ changed: number }>().changed).sort()).toEqual([0, 1])
    expect(await recount(house.ctx)).toMatchObject({ differences: [] })
    expect((await include(house, [rater])).json()).toEqual({ changed: 1 })
    expect((await include(house, [rater])).json()).toEqual({ changed: 0 })
    expect(await recount(house.ctx)).toMatchObject({ differences: [] })
    const audit = await house.ctx.sql`select action, detail from audit_events where action like 'rater.%' order by id`
    expect(audit.map(({ action }) => action as string)).toEqual(['rater.excluded', 'rater.included'])
    expect(house.queued.filter(({ data }) => 'force' in data)).toHaveLength(2)
  })

  test('frees the quota of their pairs for others', async () => {
    const house = await arena({ ...two, study: { quotaPerPair: 1 } })
    await house.asRater.cast((await house.asRater.lease()).cards[0]!, 'model_a')
    const other = await house.newRater()
    expect((await other.lease()).cards).toEqual([])
    await exclude(house, [await idOf(house, house.asRater)])
    await other.cast((await other.lease()).cards[0]!, 'tie')
    await include(house, [await idOf(house, house.asRater)])
    expect(await recount(house.ctx)).toMatchObject({ counted: 2, differences: [] })
  })

  test('gives them no more cards and tells them kindly; what they still send is kept and does not count until they are back', async () => {
    const house = await arena(two)
    const { asRater, ctx } = house
    const { cards } = await asRater.lease(3)
    const first = await asRater.cast(cards[0]!, 'model_a')
    const rater = await idOf(house, asRater)
    await exclude(house, [rater])
    const refused = await asRater.post(`/api/v1/studies/${house.study.slug}/battles/lease`, { count: 1 })
    expect(refused.json()).toMatchObject({ type: '/problems/rater-excluded', status: 403 })
    expect(await asRater.cast(cards[1]!, 'model_b')).toMatchObject({ counted: false })
    expect((await asRater.cast(cards[1]!, 'model_b')).counted).toBe(false)
    expect((await asRater.post(`/api/v1/votes/${first.id}/withdraw`)).statusCode).toBe(200)
    expect(await ctx.sql`select 1 from battles where consumed_at is null and released_at is null`).toEqual([])
    expect(await recount(ctx)).toMatchObject({ votes: 1, differences: [], strange: [] })
    await include(house, [rater])
    expect(await recount(ctx)).toMatchObject({ votes: 1, counted: 1, differences: [] })
    const [total] = await ctx.sql`select votes from pair_totals`
    expect(total).toEqual({ votes: 1 })
    expect((await asRater.lease(1)).cards).toHaveLength(1)
  })

  test(
    'while votes, withdrawals, exclusions and inclusions come at once, counts and votes agree',
    { timeout: 60_000 },
    async () => {
      const house = await arena({ ...three, queries: 40, study: { quotaPerPair: 60 } })
      const people = [house.asRater, await house.newRater(), await house.newRater()]
      const ids = await Promise.all(people.slice(1).map((person) => idOf(house, person)))
      const rate = async (person: Visitor) => {
        for (let n = 0; n < 25; n++) {
          const { cards } = await person.lease(2).catch(() => ({ cards: [] }))
          const cast = await Promise.all(cards.map((card) => person.vote(card, 'model_a')))
          if (n % 4 === 0)
            for (const vote of cast) await person.post(`/api/v1/votes/${vote.json<{ id: number }>().id}/withdraw`)
        }
      }
      let rating = true
      const decide = async () => {
        for (let n = 0; rating; n++) await (n % 2 ? include(house, ids) : exclude(house, [ids[n % 4 === 0 ? 0 : 1]!]))
      }
      await Promise.all([Promise.all(people.map(rate)).finally(() => (rating = false)), decide()])
      expect(await recount(house.ctx)).toMatchObject({ differences: [], strange: [] })
      await include(house, ids)
      expect(await recount(house.ctx)).toMatchObject({ differences: [] })
      expect(await house.ctx.sql`select 1 from pair_counts where excluded <> 0`).toEqual([])
    },
  )

  test('is for researchers, of people in the study', async () => {
    const house = await arena(two)
    const nobody = '00000000-0000-4000-8000-000000000000'
    expect((await exclude(house, [nobody])).statusCode).toBe(404)
    expect((await include(house, [nobody])).statusCode).toBe(404)
    expect(
      (await house.asRater.post(address(house, 'exclusions'), { raters: [nobody], reason: 'side' })).statusCode,
    ).toBe(403)
  })
})

describe('boards and archives', () => {
  const newest = async ({ asAdmin, study }: Arena) =>
    (await asAdmin.get(`/api/v1/boards/${study.slug}`)).json<Board>().snapshot!
  async function archived(house: Arena, id: string) {
    const reply = await house.asAdmin.get(`/api/v1/snapshots/${id}/archive`)
    expect(reply.statusCode, reply.body.slice(0, 200)).toBe(200)
    const path = join(tmpdir(), `exclusions-${id}.zip`)
    await writeFile(path, reply.rawPayload)
    const { differences, manifest } = await replayArchive(path)
    expect(differences).toEqual([])
    await using zip = await openZip(path)
    const all = await Promise.all(zip.entries.map(async ({ name }) => new TextDecoder().decode(await zip.read(name))))
    return { manifest, text: all.join('\n') }
  }

  test('a snapshot keeps the votes that it was fitted from; the next leaves them out and says how many', async () => {
    const house = await arena(three)
    await giveVotes(house, votes)
    await refreshRatings(house.ctx, house.study.id, { force: true })
    const before = await newest(house)
    const rater = await givenRater(house, 3)
    await exclude(house, [rater])
    await refreshRatings(house.ctx, house.study.id, { force: true })
    const after = await newest(house)
    expect(after.excluded.rater).toBe(30)
    expect(after.votesUsed + after.excluded.unsure!).toBe(before.votesUsed + before.excluded.unsure! - 30)
    expect(after.raters).toBe(before.raters - 1)
    await include(house, [rater])
    await refreshRatings(house.ctx, house.study.id, { force: true })
    expect((await newest(house)).dataHash).toBe(before.dataHash)

    await archived(house, before.id)
    const { manifest, text } = await archived(house, after.id)
    expect(manifest.votes.excluded.rater).toBe(30)
    expect(manifest.votes.exclusions).toEqual([{ reason: 'side', votes: 30 }])
    for (const secret of [rater, 'always left']) expect(text).not.toContain(secret)
  })
})
