import type { Browser } from 'playwright'
import { beforeAll, expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { adminPage, isWide, phone } from '../support/admin-page.ts'
import { accessibilityFaults } from '../support/browser.ts'
import { openHouse } from '../support/open-house.ts'

let browser: Browser
let origin: string
let ctx: Context
let slug: string

beforeAll(async () => {
  const opened = await openHouse({
    models: [{ name: 'Ann' }, { name: 'Ben' }],
    queries: 8,
    study: { quotaPerPair: 30, overlapShare: 1, overlapRaters: 3 },
  })
  ;({ browser, ctx, origin } = opened)
  ;({ slug } = opened.house.study)
  for (let votes = 0; votes < 3; votes++) {
    const [card] = (await opened.house.asRater.lease()).cards
    await opened.house.asRater.cast(card!, 'tie')
  }
  return opened.close
})

test('a phone cancels a planned battle, once by a double press, without the network not at all, and restores it', async () => {
  const page = await adminPage(browser, { ctx, origin }, phone)
  await page.goto(`${origin}/studies/${slug}`)
  await page.getByRole('link', { name: 'Overlap', exact: true }).tap()
  await page.getByText('0 of 3 have had all of their raters').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  const first = page.getByRole('row').nth(1)
  await page.context().setOffline(true)
  await first.getByRole('button', { name: 'Cancel' }).tap()
  await page.getByText('The server cannot be reached').waitFor()
  await page.context().setOffline(false)
  await first.getByRole('button', { name: 'Cancel' }).dblclick()
  await page.getByText('goes to no further rater; the votes on it count.').waitFor()
  await page.getByRole('link', { name: 'Cancelled' }).tap()
  await page.getByRole('button', { name: 'Restore' }).tap()
  await page.getByText('goes to raters again.').waitFor()
  await page.getByText('None.').waitFor()
  const events = await ctx.sql`select action from audit_events where action like 'overlap%' order by id`
  expect(events.map(({ action }) => action as string)).toEqual(['overlap.cancelled', 'overlap.restored'])
})

test('whatever waits is cancelled after what that means was said, and another tab is told that it was', async () => {
  const page = await adminPage(browser, { ctx, origin }, { viewport: { width: 1440, height: 900 } })
  await page.goto(`${origin}/studies/${slug}/overlaps?show=waiting`)
  await page.getByText('waits for 2 raters').first().waitFor()
  const other = await page.context().newPage()
  await other.goto(`${origin}/studies/${slug}/overlaps?show=waiting`)
  await other.getByText('waits for 2 raters').first().waitFor()
  await page.getByRole('button', { name: 'Cancel what waits' }).click()
  await page.getByText('3 battles go to no further rater').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Cancel them' }).click()
  await page.getByText('3 battles cancelled.').waitFor()
  await page.getByText('None.').waitFor()
  await other.getByRole('button', { name: 'Cancel what waits' }).click()
  await other.getByRole('button', { name: 'Cancel them' }).click()
  await other.getByText('0 battles cancelled.').waitFor()
})
