import { expect, test } from 'vitest'
import type { Matrix } from '#server/boards/charts/schema.ts'
import type { Study } from '#server/studies/schema.ts'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import { arena, type Arena } from '../../support/arena.ts'
import { giveVotes } from '../../support/give-votes.ts'

const models = ['Ann', 'Ben', 'Cas', 'Dot'].map((name) => ({ name }))

/** The study with such a board as `POST /studies` gives whoever asks for one that follows every vote. */
async function openByApi(house: Arena): Promise<Arena> {
  const endpoints = await house.ctx.sql<{ id: string }[]>`select id from endpoints`
  const plan = { name: 'Wave', pool: 'pool', endpoints: endpoints.map(({ id }) => id), publishing: 'live' }
  const reply = await house.asAdmin.post('/api/v1/studies', plan)
  const { publishing } = reply.json<Study>()
  await house.ctx.sql`update studies set publishing = ${publishing} where id = ${house.study.id}`
  return house
}

/** Every public door of a board, without a cookie. */
const doors = [
  ...['', '/export.csv', '/matrix', '/matrix.csv', '/categories', '/scatter', '/stability', '/fit', '/fit.csv'],
  ...['/fragility', '/snapshots', '/export?format=csv', '/export?format=json', '/export?format=votes-jsonl'],
  ...['/export?format=battles', '/export?format=data-card', '/what-if?ties=drop', '/what-if?minDwellMs=1234'],
  ...['/what-if?excludeFlagged=true', '/models/ann', '/battles?a=ann&b=ben'],
]

let readings = 0

/** Asks from an address of its own each time: no limit of requests stands in the way. */
async function readDoors({ app, study }: Arena): Promise<string[]> {
  const remoteAddress = `10.0.${Math.floor(readings / 250)}.${readings++ % 250}`
  const paths = ['/api/v1/boards', ...doors.map((door) => `/api/v1/boards/${study.slug}${door}`)]
  const bodies: string[] = []
  for (const url of paths) {
    const { body, statusCode } = await app.inject({ method: 'GET', url, remoteAddress })
    expect([200, 403, 404, 422], `${url}: ${body}`).toContain(statusCode)
    bodies.push(body)
  }
  return bodies
}

const refreshed = (house: Arena) => refreshRatings(house.ctx, house.study.id)
const anHourPasses = ({ ctx }: Arena) => ctx.sql`update snapshots set created_at = created_at - interval '2 hours'`
const crowd = (house: Arena, count: number) =>
  giveVotes(
    house,
    Array.from({ length: count }, (_, n) => ({
      ...[
        { a: 0, b: 1 },
        { a: 1, b: 2 },
        { a: 2, b: 3 },
        { a: 0, b: 3 },
      ][n % 4]!,
      verdict: n % 3 ? 'model_a' : 'model_b',
      rater: n % 7,
      query: n % 12,
    })),
  )

test('SEC-47: whoever votes, reads every public door and takes the vote back learns nothing of a study, in 40 tries', async () => {
  const house = await openByApi(await arena({ models, queries: 48 }))
  await crowd(house, 240)
  expect(await refreshed(house)).toBeGreaterThan(0)
  await anHourPasses(house)
  const rater = await house.newRater()
  const known = await readDoors(house)
  for (let n = 0; n < 40; n++) {
    const { id } = await rater.cast((await rater.lease()).cards[0]!, 'model_a')
    await refreshed(house)
    expect(await readDoors(house)).toEqual(known)
    expect((await rater.post(`/api/v1/votes/${id}/withdraw`)).statusCode).toBe(200)
    await rater.cast((await rater.lease()).cards[0]!, 'model_b')
  }
})

test('SEC-47: a vote that a public figure contains is not taken back, and is the rater’s last word on the card', async () => {
  const house = await openByApi(await arena({ models, queries: 48 }))
  const rater = await house.newRater()
  const [card] = (await rater.lease()).cards
  await crowd(house, 240)
  const { id } = await rater.cast(card!, 'model_a')
  expect(await refreshed(house)).toBeGreaterThan(0)
  const refused = await rater.post(`/api/v1/votes/${id}/withdraw`)
  expect(refused.json()).toMatchObject({ status: 409, type: '/problems/vote-published' })
  const [kept] = await house.ctx.sql`select withdrawn_at, verdict from votes where id = ${id}`
  expect(kept).toEqual({ withdrawn_at: null, verdict: 'model_a' })
  expect((await rater.vote(card!, 'model_b')).statusCode).toBe(409)
})

test('SEC-47: a decision about others’ votes does not publish the few that came since', async () => {
  const house = await openByApi(await arena({ models, queries: 48 }))
  await crowd(house, 240)
  await refreshed(house)
  await anHourPasses(house)
  const rater = await house.newRater()
  const [card] = (await rater.lease()).cards
  const before = await readDoors(house)
  await rater.cast(card!, 'model_a')
  const [other] = await house.ctx.sql<{ id: string }[]>`
    select e.rater_id as id from enrolments e join votes v on v.rater_id = e.rater_id where v.id = 1`
  const excluded = { raters: [other!.id], reason: 'side', note: '' }
  const reply = await house.asAdmin.post(`/api/v1/studies/${house.study.slug}/raters/exclusions`, excluded)
  expect(reply.statusCode, reply.body).toBeLessThan(300)
  for (const { data } of house.queued.filter(({ name }) => name === 'refresh-ratings'))
    await refreshRatings(house.ctx, house.study.id, data)
  expect(await readDoors(house)).toEqual(before)
})

test('SEC-47: no category is published with so few votes that one shows', async () => {
  const house = await openByApi(await arena({ models, queries: 48 }))
  const rater = await house.newRater()
  const [card] = (await rater.lease()).cards
  const matrix = async (category: string) =>
    (await house.anonymous.get(`/api/v1/boards/${house.study.slug}/matrix?category=${category}`)).json<Matrix>()
  // The rest of the votes are of another category.
  const query = ['counting', 'charts'].indexOf(card!.category) === 0 ? 1 : 0
  await giveVotes(
    house,
    Array.from({ length: 240 }, () => ({ a: 0, b: 1, verdict: 'model_a', query })),
  )
  await rater.cast(card!, 'model_a')
  expect(await refreshed(house)).toBe(1)
  expect((await matrix(card!.category)).pairs.row).toEqual([])
})
