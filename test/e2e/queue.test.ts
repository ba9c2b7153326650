import type { Browser } from 'playwright'
import { beforeAll, expect, test } from 'vitest'
import { castVote } from '#server/battles/cast-vote.ts'
import { reportBattle } from '#server/battles/keep-leases.ts'
import { leaseBattles } from '#server/battles/lease-battles.ts'
import { LeaseRequest, VoteInput } from '#server/battles/schema.ts'
import type { Context } from '#server/core/context.ts'
import { adminPage, isWide, phone } from '../support/admin-page.ts'
import { accessibilityFaults } from '../support/browser.ts'
import { openHouse } from '../support/open-house.ts'
import { photograph } from '../support/photograph.ts'
import { join, newPerson } from '../support/people.ts'

let browser: Browser
let origin: string
let ctx: Context
let slug: string

beforeAll(async () => {
  const opened = await openHouse({
    models: [{ name: 'Ann' }, { name: 'Ben' }],
    queries: 8,
    response: (m, q) => (q < 3 && m === 0 ? 'As Ann, I see four mugs.' : 'Four mugs.'),
  })
  ;({ browser, ctx, origin } = opened)
  const { house } = opened
  ;({ slug } = house.study)
  await ctx.sql`
    update responses set status = 'held', held_reason = 'names “Ann” as its author'
    where text like 'As Ann%'`
  const rater = await newPerson(ctx)
  await join(rater, house.study.id)
  const { cards } = await leaseBattles(rater, slug, LeaseRequest.parse({ count: 1 }))
  await reportBattle(rater, cards[0]!.battleId, { reason: 'image', note: 'There is no picture' })
  return opened.close
})

test('a phone clears the queue: one answer dropped by a double press, the others released together, a report closed', async () => {
  const page = await adminPage(browser, { ctx, origin }, phone)
  await page.goto(`${origin}/studies/${slug}`)
  await page.getByRole('link', { name: /^Queue 4$/ }).tap()
  await page.getByText('3 held answers and 1 report wait.').waitFor()
  expect(await page.locator('mark').first().textContent()).toBe('Ann')
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  await page.getByRole('button', { name: 'Drop', exact: true }).first().dblclick()
  await page.getByText('1 answer dropped.').waitFor()
  await page.getByText('2 held answers and 1 report wait.').waitFor()
  await page.getByRole('button', { name: /^Release all: names “Ann”/ }).tap()
  await page.getByText('2 answers released.').waitFor()
  await page.getByText('No answer waits.').waitFor()

  await page.getByRole('link', { name: /^Reports/ }).tap()
  await page.getByText('“There is no picture”').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  await page.getByRole('button', { name: 'Hold the query' }).tap()
  await page.getByText('Nothing waits.').waitFor()
  await page.getByRole('link', { name: 'Decided reports' }).tap()
  await page.getByText(/The query was held, /).waitFor()
  await page.getByRole('button', { name: 'Open again' }).tap()
  await page.getByText('0 held answers and 1 report wait.').waitFor()
  await page.reload()
  await page.getByRole('link', { name: 'Dropped answers' }).tap()
  await page.getByRole('button', { name: 'Hold again' }).tap()
  await page.getByText('1 held answer and 1 report wait.').waitFor()
  expect(await ctx.sql`select 1 from responses where status = 'held'`).toHaveLength(1)
  expect(await ctx.sql`select held_reason from queries where held_at is not null`).toEqual([
    { held_reason: 'a rater reported it: the picture is broken or wrong' },
  ])
})

test('without the network a decision says so, and nothing is lost', async () => {
  const page = await adminPage(browser, { ctx, origin }, { viewport: { width: 1440, height: 900 } })
  await page.goto(`${origin}/studies/${slug}/queue`)
  const drop = page.getByRole('button', { name: 'Drop', exact: true })
  await drop.waitFor()
  await page.context().setOffline(true)
  await drop.click()
  await page.getByRole('alert').waitFor()
  await page.context().setOffline(false)
  await drop.click()
  await page.getByText('1 answer dropped.').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
})

test('a phone closes a report and leaves the votes on the query out, after it was said what that does; opened again they count', async () => {
  const raters = [await newPerson(ctx), await newPerson(ctx)]
  const [study] = await ctx.sql<{ id: string }[]>`select id from studies where slug = ${slug}`
  await ctx.sql`update queries set held_at = null`
  await ctx.sql`update responses set status = 'ready'`
  let last = ''
  for (const rater of raters) {
    await join(rater, study!.id)
    for (let n = 0; n < 8; n++) {
      const { cards } = await leaseBattles(rater, slug, LeaseRequest.parse({ count: 1 }))
      last = cards[0]!.battleId
      await castVote(rater, last, VoteInput.parse({ verdict: 'model_a', clientVersion: '' }))
    }
  }
  await reportBattle(raters[1]!, last, { reason: 'unsafe', note: 'Voted on already' })
  const page = await adminPage(browser, { ctx, origin }, phone)
  await page.goto(`${origin}/studies/${slug}/queue?show=reports`)
  const item = page.getByRole('listitem').filter({ hasText: 'Voted on already' })
  await item.getByText(/2 votes on this query/).waitFor()
  await item.getByRole('button', { name: 'Hold the query' }).dblclick()
  const dialog = page.getByRole('dialog', { name: 'And the votes already given?' })
  await dialog.getByText('The 16 votes that count go on counting.').waitFor()
  await dialog.getByLabel('All votes on this query: 2 votes').tap()
  await dialog.getByText('2 votes would count no more; 14 votes stay.').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  await photograph(page, 390, 'report-votes')
  await page.context().setOffline(true)
  await dialog.getByRole('button', { name: 'Hold the query' }).tap()
  await dialog.getByRole('alert').waitFor()
  await page.context().setOffline(false)
  await dialog.getByRole('button', { name: 'Hold the query' }).dblclick()
  await page.getByText('The query was held. Left out: all votes on this query.').waitFor()
  const counts = () => ctx.sql`select sum(votes)::int as votes, sum(reported)::int as reported from pair_counts`
  expect(await counts()).toEqual([{ votes: 14, reported: 2 }])

  await page.getByRole('link', { name: 'Decided reports' }).tap()
  await item.getByText('Left out: all votes on this query, 2 votes.').waitFor()
  await item.getByRole('button', { name: 'Open again' }).tap()
  await page.getByText('2 votes would count again; it is 16 votes then.').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Open again' }).tap()
  await page.getByText('The report is open again').waitFor()
  expect(await counts()).toEqual([{ votes: 16, reported: 0 }])
})
