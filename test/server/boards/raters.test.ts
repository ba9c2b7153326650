import { describe, expect, test } from 'vitest'
import type { ExclusionEffect, PayList, RaterEvidence, RaterList } from '#server/boards/raters/schema.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import { arena, type Arena } from '../../support/arena.ts'
import { givenRater, giveVotes, type GivenVote } from '../../support/give-votes.ts'

const models = ['Ann', 'Ben', 'Cas'].map((name) => ({ name }))

/** Six raters: the last presses the left side at once, the one before takes the longer answer, all others look. */
const presser = 5
function drawVotes(each = 60): GivenVote[] {
  const random = new Random(8, 0)
  return Array.from({ length: each * 6 }, (_, n) => {
    const rater = n % 6
    const a = random.below(3)
    const b = (a + 1 + random.below(2)) % 3
    const chance = 1 / (1 + Math.exp((a - b) * 1.2))
    const left = rater === presser || random.unit() < chance
    const verdict = rater !== presser && n % 7 === 0 ? 'tie' : left ? 'model_a' : 'model_b'
    const dwellMs = rater === presser ? 1200 : 15_000 + random.below(10_000)
    return { a, b, verdict, rater, query: random.below(12), dwellMs, cohort: rater === presser ? 'panel' : 'friends' }
  })
}

async function voted(options: Parameters<typeof arena>[0] = {}): Promise<Arena & { url: string; careless: string }> {
  const house = await arena({ models, ...options })
  await giveVotes(house, drawVotes())
  return { ...house, url: `/api/v1/studies/${house.study.slug}`, careless: await givenRater(house, presser) }
}

const list = async ({ asAdmin, url }: Arena & { url: string }, query = '') =>
  (await asAdmin.get(`${url}/raters${query}`)).json<RaterList>()

describe('the raters of a study', () => {
  test('stand in a list, first who stands out, with every figure and why in words', async () => {
    const house = await voted()
    const { raters, total, proposed, excluded, hastyBelow, cohorts } = await list(house)
    expect([total, proposed, excluded]).toEqual([7, 1, 0])
    expect(hastyBelow).toBeGreaterThan(4)
    const [first, ...others] = raters
    expect(first).toMatchObject({
      ...{ id: house.careless, state: 'finished', votes: 60, counted: 60, unsure: 0, medianSeconds: 1.2, reports: 0 },
      ...{ hasty: { count: 60, of: 60 }, left: { count: 60, of: 60 }, ties: { count: 0, of: 60 }, cohort: 'panel' },
    })
    expect(first!.leftP).toBeLessThan(1e-15)
    expect(first!.proposal!.join(' ')).toMatch(/Took less than \d\.\d seconds on 100 % of 60 cards\./)
    expect(first!.proposal!.join(' ')).toContain('Chose the left answer in 100 % of 60 decided verdicts.')
    for (const { proposal } of others) expect(proposal).toBeNull()
    const shared = raters.filter(({ agreement }) => agreement.of > 0)
    expect(shared).toHaveLength(6)
    // Who has joined and not voted is in the list too.
    expect(raters.at(-1)).toMatchObject({ votes: 0, test: null, medianSeconds: null })
    expect(cohorts.map(({ cohort, raters, proposed }) => [cohort, raters, proposed])).toEqual([
      ['friends', 5, 0],
      ['panel', 1, 1],
      ['test', 1, 0],
    ])
  })

  test('are sorted and narrowed as asked, and go out whole as CSV', async () => {
    const house = await voted()
    expect((await list(house, '?sort=seconds')).raters[0]!.id).toBe(house.careless)
    expect((await list(house, '?sort=number')).raters.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect((await list(house, '?show=proposed')).raters.map(({ id }) => id)).toEqual([house.careless])
    expect((await list(house, '?show=excluded')).raters).toEqual([])
    const lines = (await house.asAdmin.get(`${house.url}/raters.csv`)).body.trim().split('\r\n')
    expect(lines).toHaveLength(8)
    expect(lines.find((line) => line.includes(house.careless))).toMatch(/,panel,finished,60,60,0,1\.2,60,60,60,60,/)
  })

  test('show their votes as evidence of each figure', async () => {
    const house = await voted()
    const votes = async (query: string) =>
      (await house.asAdmin.get(`${house.url}/raters/${house.careless}/votes${query}`)).json<RaterEvidence>()
    const first = await votes('?limit=40')
    expect(first.votes).toHaveLength(40)
    const second = await votes(`?limit=40&before=${first.next}`)
    expect([second.votes.length, second.next]).toEqual([20, null])
    expect((await votes('?show=hasty')).votes.every(({ seconds }) => seconds === 1.2)).toBe(true)
    expect((await votes('?show=right')).votes).toEqual([])
    const { votes: shared, rater } = await votes('?show=shared&limit=200')
    expect(shared.length).toBeGreaterThanOrEqual(rater.agreement.of)
    expect(shared.every(({ others }) => others.a + others.b + others.ties > 0)).toBe(true)
    const [one] = shared
    const [counted] = await house.ctx.sql<{ a: number }[]>`
      select count(*)::int as a from votes o join votes v on v.id = ${one!.id} and o.query_id = v.query_id
        and o.rater_id <> v.rater_id and v.model_a = case o.verdict when 'model_a' then o.model_a when 'model_b' then o.model_b end
        and v.model_b in (o.model_a, o.model_b)`
    expect(one!.others.a).toBe(counted!.a)
  })

  test('that are excluded keep their figures, are proposed no more, and judge nobody', async () => {
    const house = await voted()
    const { careless: rater, asAdmin, url } = house
    await asAdmin.post(`${url}/raters/exclusions`, { raters: [rater], reason: 'side', note: 'pressed left' })
    const { raters, excluded, proposed, alarms } = await list(house)
    expect([excluded, proposed]).toEqual([1, 0])
    const own = raters.find(({ id }) => id === rater)!
    expect(own).toMatchObject({ state: 'excluded', votes: 60, counted: 0, proposal: null, left: { count: 60, of: 60 } })
    expect(own.exclusion).toMatchObject({ reason: 'side', note: 'pressed left', by: 'Operator' })
    expect(alarms).toEqual([expect.stringMatching(/^17 % of all votes are left out by decision, more than the 15 %/)])
    await asAdmin.post(`${url}/raters/inclusions`, { raters: [rater] })
    expect((await list(house)).proposed).toBe(1)
  })

  test('are for researchers, their pay for admins, and no rater sees either', async () => {
    const house = await voted()
    for (const what of ['raters', 'raters.csv', 'pay', 'pay.csv', `raters/${house.careless}/votes`])
      expect((await house.asRater.get(`${house.url}/${what}`)).statusCode, what).toBe(403)
    const pay = (await house.asAdmin.get(`${house.url}/pay`)).json<PayList>()
    expect(pay.raters.find(({ id }) => id === house.careless)).toMatchObject({
      ...{ votes: 60, counted: 60, cohort: 'panel', excluded: false },
      minutes: expect.closeTo(1.2, 6) as number,
    })
    const csv = (await house.asAdmin.get(`${house.url}/pay.csv`)).body
    expect(csv).toMatch(new RegExp(`${house.careless},panel,60,60,1\\.2,no\r\n`))
    const nobody = '00000000-0000-4000-8000-000000000000'
    expect((await house.asAdmin.get(`${house.url}/raters/${nobody}/votes`)).statusCode).toBe(404)
  })
})

describe('what excluding would do', () => {
  test('is told before anything is done: votes, places, ratings and pairs that would lack votes', async () => {
    const house = await voted({ study: { quotaPerPair: 110 } })
    const { asAdmin, url, careless: rater } = house
    const effect = async (exclude: boolean) =>
      (await asAdmin.post(`${url}/raters/effect`, { raters: [rater], exclude })).json<ExclusionEffect>()
    const before = await effect(true)
    expect(before).toMatchObject({ raters: 1, votes: 60, votesBefore: 360, votesAfter: 300 })
    expect(before.belowQuota.length).toBeGreaterThan(0)
    for (const { before: had, after: left, quota } of before.belowQuota) expect(had >= quota && left < quota).toBe(true)
    expect(before.sentences[0]).toBe('60 votes of 1 rater would count no more; 300 votes stay.')
    expect(before.alarm).toMatch(/^17 % of all votes are then left out/)
    expect(await house.ctx.sql`select 1 from rater_exclusions`).toEqual([])
    await asAdmin.post(`${url}/raters/exclusions`, { raters: [rater], reason: 'side' })
    const again = await effect(true)
    expect(again).toMatchObject({ raters: 0, votes: 0, sentences: ['They are excluded already.'], alarm: null })
    const back = await effect(false)
    expect(back).toMatchObject({ raters: 1, votes: 60, votesBefore: 300, votesAfter: 360 })
    const elo = (rows: ExclusionEffect['rows'], side: 'before' | 'after') =>
      new Map(rows.map((row) => [row.model.slug, row[side].elo]))
    expect(elo(back.rows, 'before')).toEqual(elo(before.rows, 'after'))
    expect(elo(back.rows, 'after')).toEqual(elo(before.rows, 'before'))
  })

  test('its rank ranges know the design effect of the board', async () => {
    const house = await voted()
    const setTo = async (effect: number) => {
      const parameters = JSON.stringify({ designEffect: effect })
      await house.ctx.sql`update snapshots set parameters = parameters || ${parameters}::text::jsonb`
      const reply = await house.asAdmin.post(`${house.url}/raters/effect`, { raters: [house.careless], exclude: true })
      return reply.json<ExclusionEffect>().rows.map(({ after }) => after.rankWorst - after.rankBest)
    }
    await refreshRatings(house.ctx, house.study.id, { force: true })
    const [narrow, wide] = [await setTo(1e-6), await setTo(1e6)]
    expect(narrow.every((range) => range === 0)).toBe(true)
    expect(wide.every((range) => range === wide.length - 1)).toBe(true)
  })
})
