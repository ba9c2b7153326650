import { expect, test } from 'vitest'
import { plainRendering, renderTwice } from '#server/battles/rendering/render-twice.ts'
import { renderStudy, unrenderedStudies } from '#server/battles/rendering/stored-renderings.ts'
import { arena } from '../../../support/arena.ts'

const said = 'A **cup** <point x="10" y="20" alt="cup">cup</point>'
const two = { models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 3, response: () => said }

test('a card is made of renderings that were stored: what was rendered once is not rendered again', async () => {
  const { ctx, asRater, newRater, study } = await arena({ ...two, queries: 1 })
  expect(await renderStudy(ctx, study.id)).toBe(2)
  expect(await renderStudy(ctx, study.id)).toBe(0)
  await ctx.sql`update renderings set pointed = jsonb_set(pointed, '{html}', '"<p>stored</p>"')`
  const [card] = (await asRater.lease(1)).cards
  expect([card!.answerA.html, card!.answerB.html]).toEqual(['<p>stored</p>', '<p>stored</p>'])
  expect(card!.answerA).toMatchObject({ text: said, words: 3, points: [{ x: 10, y: 20, label: 'cup' }] })

  await ctx.sql`update renderings set renderer = renderer - 1`
  expect(await unrenderedStudies(ctx)).toEqual([study.id])
  expect((await (await newRater()).lease(1)).cards[0]!.answerA.html).toContain('<strong>cup</strong>')
  expect(await unrenderedStudies(ctx)).toEqual([])
})

test('an answer that nothing has rendered yet is rendered when it is first shown, with and without its points', async () => {
  const { ctx, asRater, study } = await arena(two)
  expect(await ctx.sql`select 1 from renderings`).toEqual([])
  const [card] = (await asRater.lease(1)).cards
  expect(card!.answerA.html).toContain('data-n="1"')
  expect(await ctx.sql`select 1 from renderings`).toHaveLength(2)
  await ctx.sql`update battles set points_shown = false`
  const { cards } = await asRater.lease(1)
  expect(cards[0]).toMatchObject({ battleId: card!.battleId, pointsShown: false })
  expect(cards[0]!.answerA).toEqual({ text: said, html: '<p>A <strong>cup</strong> cup</p>\n', words: 3, points: [] })
  expect(await renderStudy(ctx, study.id)).toBe(4)
})

test('a pool of answers is rendered and kept in handfuls; one without points is kept once', async () => {
  const { ctx, study } = await arena({
    ...two,
    queries: 60,
    response: (model, query) => (query % 2 === 0 ? said : `${model}: **no** cup`),
  })
  expect(await renderStudy(ctx, study.id)).toBe(120)
  const kept = await ctx.sql`
    select n.pointless is null as once, count(*)::int from renderings n group by 1 order by 1`
  expect(kept).toEqual([
    { once: false, count: 60 },
    { once: true, count: 60 },
  ])
})

test('answers that are released are rendered behind the scenes; those held are not', async () => {
  const { ctx, asAdmin, study, queued } = await arena(two)
  await ctx.sql`update responses set status = 'held' where query_id in (select id from queries limit 1)`
  expect(await renderStudy(ctx, study.id)).toBe(4)
  const release = { decision: 'release', which: { all: true } }
  await asAdmin.post(`/api/v1/studies/${study.slug}/held-answers/decisions`, release)
  expect(queued.at(-1)).toEqual({ name: 'render-answers', data: { studyId: study.id } })
  expect(await renderStudy(ctx, study.id)).toBe(2)
})

test('what cannot be rendered within bounds is shown as it was written', () => {
  const { pointed, pointless } = plainRendering('<b>2 < 3</b>\n*x*')
  expect(pointless).toBeNull()
  expect(pointed).toEqual({
    html: '<p dir="auto">&lt;b&gt;2 &lt; 3&lt;/b&gt;<br>*x*</p>',
    words: 3,
    points: [],
    text: null,
  })
  expect(renderTwice('Two cups.', 100)).toEqual({
    pointed: { html: '<p>Two cups.</p>\n', words: 2, points: [], text: null },
    pointless: null,
  })
})
