import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createRaterLink } from '#server/links/service.ts'
import { arena } from '../../support/arena.ts'

test('nothing that a rater receives holds the name of a model, its slug, organisation, endpoint or id', async () => {
  const models = Array.from({ length: 4 }, () => ({ name: `Vlm-${randomUUID()}`, organisation: `Org ${randomUUID()}` }))
  const { ctx, study, modelIds, anonymous, asRater } = await arena({ models })
  const link = await createRaterLink(ctx, study.id, { maxUses: 2, days: 1, cohort: 'blind' }, 'http://localhost')
  const join = `/api/v1/links/${link.url.split('/').at(-1)!}`
  await anonymous.get(join)
  await anonymous.post(join, { consent: true })
  const { cards } = await asRater.lease(5)
  const [one, two, three, four] = cards.map(({ battleId }) => `/api/v1/battles/${battleId}`)
  await asRater.get(cards[0]!.image.url)
  await asRater.post(`${one}/renew`)
  const vote = await asRater.cast(cards[0]!, 'model_a')
  await asRater.post(`${one}/vote`, { verdict: 'tie' })
  await asRater.post(`/api/v1/votes/${vote.id}/withdraw`)
  await asRater.post(`${two}/release`)
  await asRater.post(`${three}/report`, { reason: 'other' })
  await asRater.post(`${four}/vote`, { verdict: 'nonsense' })
  const board = `/api/v1/boards/${study.slug}`
  for (const url of [
    board,
    `${board}/export.csv`,
    '/api/v1/boards',
    '/api/v1/studies',
    '/api/v1/endpoints',
    '/api/v1/me',
  ])
    await asRater.get(url)
  const rows = await ctx.sql<{ secret: string }[]>`
    select id::text as secret from responses union all select id::text from endpoints union all select id::text from plans
    union all select id::text from collections union all select name from endpoints union all select remote_model from endpoints`
  const received = [...anonymous.received, ...asRater.received].join('\n').toLowerCase()
  expect(received).toContain('answer to question')
  const named = models.flatMap(({ name, organisation }) => [name, organisation])
  const secrets = [...named, ...modelIds, ...rows.map(({ secret }) => secret)].map((secret) => secret.toLowerCase())
  expect(secrets.filter((secret) => received.includes(secret))).toEqual([])
})

test('a rater of an open study is refused its board until it closes; a visitor is not', async () => {
  const { asRater, asAdmin, anonymous, study, ctx } = await arena()
  const board = `/api/v1/boards/${study.slug}`
  expect((await asRater.get(board)).json()).toMatchObject({ status: 403, type: '/problems/rating-blind' })
  expect((await asRater.get(`${board}/export.csv`)).statusCode).toBe(403)
  expect((await anonymous.get(board)).statusCode).toBe(200)
  expect((await asAdmin.get(board)).statusCode).toBe(200)
  await ctx.sql`update studies set status = 'closed'`
  expect((await asRater.get(board)).statusCode).toBe(200)
})

test('both sides of a card are made alike: the same words give the same answer', async () => {
  const { asRater } = await arena({
    response: (_m, q) => `Answer ${q} with a <point x="10" y="20" alt="cup">cup</point>`,
  })
  const card = (await asRater.lease()).cards[0]!
  expect(card.answerA).toEqual(card.answerB)
})
