import { expect, test } from 'vitest'
import type { ReportPage, Waiting } from '#server/battles/reports/schema.ts'
import type { HeldPage } from '#server/responses/schema.ts'
import { arena, type Arena } from '../../../support/arena.ts'

const two = { models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 3 }
const patch = ({ app, asAdmin }: Arena, id: string, decision: string | null) =>
  app.inject({
    method: 'PATCH',
    url: `/api/v1/reports/${id}`,
    headers: { cookie: asAdmin.cookie },
    payload: { decision },
  })

async function reported(house: Arena, reason = 'leak') {
  const { cards } = await house.asRater.lease(1)
  await house.asRater.post(`/api/v1/battles/${cards[0]!.battleId}/report`, { reason, note: 'It says who it is.' })
  const url = `/api/v1/studies/${house.study.slug}`
  const reports = async (state = 'open') =>
    (await house.asAdmin.get(`${url}/reports?state=${state}`)).json<ReportPage>()
  const waiting = async () => (await house.asAdmin.get(`${url}/waiting`)).json<Waiting>()
  const held = async () => (await house.asAdmin.get(`${url}/held-answers`)).json<HeldPage>()
  return { url, reports, waiting, held, report: (await reports()).reports[0]! }
}

test('a report waits with what the battle showed, and closes with nothing done', async () => {
  const house = await arena(two)
  const { report, reports, waiting } = await reported(house)
  expect(report).toMatchObject({
    reason: 'leak',
    note: 'It says who it is.',
    decision: null,
    leaveOut: null,
    leftOut: 0,
  })
  expect(report.votes).toEqual({ battle: 0, answerA: 0, answerB: 0, query: 0 })
  expect([report.answerA.model.name, report.answerB.model.name].sort()).toEqual(['Ann', 'Ben'])
  expect(await waiting()).toEqual({ held: 0, reports: 1 })
  expect((await patch(house, report.id, 'dismissed')).statusCode).toBe(204)
  expect(await waiting()).toEqual({ held: 0, reports: 0 })
  expect((await reports('closed')).reports).toMatchObject([{ id: report.id, decision: 'dismissed' }])
  await patch(house, report.id, null)
  expect((await reports()).reports).toMatchObject([{ id: report.id, decision: null, decidedAt: null, decidedBy: null }])
  expect(await house.ctx.sql`select 1 from audit_events where action = 'report.decided'`).toHaveLength(2)
})

test('a reported answer is held: no rater is given it, nor keeps it on the next lease, until it is released', async () => {
  const house = await arena({ ...two, queries: 1 })
  const other = await house.newRater()
  const { cards: before } = await other.lease(1)
  expect(before).toHaveLength(1)
  const { report, held, url } = await reported(house)
  await patch(house, report.id, 'answer_a')
  const [answer] = (await held()).answers
  expect(answer).toMatchObject({
    model: report.answerA.model,
    reason: 'a rater reported it: an answer names its model',
  })
  expect((await other.lease(1)).cards).toEqual([])
  const release = { decision: 'release', which: { ids: [answer!.id] } }
  expect((await house.asAdmin.post(`${url}/held-answers/decisions`, release)).json()).toEqual({ changed: 1 })
  expect((await other.lease(1)).cards).toMatchObject([{ battleId: before[0]!.battleId }])
})

test('a reported query is held with all its answers', async () => {
  const house = await arena({ ...two, queries: 1 })
  const { report, reports } = await reported(house, 'image')
  await patch(house, report.id, 'query')
  expect((await reports('closed')).reports).toMatchObject([{ query: { held: true }, decision: 'query' }])
  expect((await (await house.newRater()).lease(1)).cards).toEqual([])
})

test('reports are for researchers, and one that does not exist is not found', async () => {
  const house = await arena(two)
  const { url, report } = await reported(house)
  for (const address of [`${url}/reports`, `${url}/waiting`, `${url}/held-answers`])
    expect((await house.asRater.get(address)).statusCode, address).toBe(403)
  expect(
    (
      await patch(
        house,
        report.id.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
        'dismissed',
      )
    ).statusCode,
  ).toBe(404)
})
