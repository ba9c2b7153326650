import type { Browser, Page } from 'playwright'
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
    response: (m) => `${m + 3} mugs.`,
  })
  ;({ browser, ctx, origin } = opened)
  ;({ slug } = opened.house.study)
  return opened.close
})

/** Buttons and fields lower than a finger needs. */
const tooLow = (page: Page) =>
  page
    .locator('main .touch :is(.btn, .input, .query)')
    .evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.textContent))

test('a phone makes a gold item, by a double press and without the network once, edits, retires and deletes it', async () => {
  const page = await adminPage(browser, { ctx, origin }, phone)
  await page.goto(`${origin}/studies/${slug}`)
  await page.getByRole('link', { name: 'Gold', exact: true }).tap()
  await page.getByText('No gold item yet.').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByLabel(/Words of the question/).fill('Question 3')
  await page.getByRole('button', { name: 'Look' }).tap()
  await page.getByRole('button', { name: /Question 3\?/ }).tap()
  await page.getByLabel('Second answer, in words').fill('A hundred mugs, I think.')
  await page.getByLabel('Why, for those who run the study').fill('There are three')
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  expect(await tooLow(page)).toEqual([])
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Add it' }).tap()
  await page.getByText('The server cannot be reached').waitFor()
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Add it' }).dblclick()
  await page.getByText('Added the item on q00003.').waitFor()
  expect(await ctx.sql`select expected, note from gold_items`).toEqual([{ expected: 'first', note: 'There are three' }])
  await page.getByText('A hundred mugs, I think.').waitFor()
  await page.getByText('The gold share of this study is 0 %').waitFor()
  expect(await isWide(page)).toBe(false)

  await page.getByRole('button', { name: 'Edit' }).tap()
  await page.getByLabel('The right verdict').selectOption('both_bad')
  await page.getByText('No rater has judged it yet.').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Save' }).tap()
  await page.getByText('Changed the item on q00003.').waitFor()
  await page.getByText('Both are bad.').waitFor()
  await page.getByRole('button', { name: 'Retire' }).tap()
  await page.getByText('is given to nobody more').waitFor()
  await page.getByRole('link', { name: 'Retired' }).tap()
  await page.getByRole('button', { name: 'Use again' }).tap()
  await page.getByText('is in use again').waitFor()
  await page.getByText('None is retired.').waitFor()
  await page.reload()
  await page.getByRole('link', { name: 'In use' }).tap()
  await page.getByRole('button', { name: 'Delete…' }).tap()
  await page.getByText('nothing else goes').waitFor()
  await page.getByRole('button', { name: 'Delete it' }).tap()
  await page.getByText('Deleted the item on q00003.').waitFor()
  expect(await ctx.sql`select 1 from gold_items`).toEqual([])
})

test('a file with a bad row says which, and the others come in when asked', async () => {
  const page = await adminPage(browser, { ctx, origin }, { viewport: { width: 1440, height: 900 } })
  await page.goto(`${origin}/studies/${slug}/gold`)
  await page.waitForLoadState('networkidle')
  const text = 'key,first_model,second,expected\nq00001,ann,Nothing of that.,first\nq00002,zed,Nothing.,first\n'
  await page
    .getByLabel('A CSV, TSV, JSON or JSON Lines file')
    .setInputFiles({ name: 'gold.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await page.getByText(/Row 3: .*no model “zed”/).waitFor()
  await page.getByText('1 row is bad, so nothing came in.').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Import the others' }).click()
  await page.getByText('1 item added, 0 known already.').waitFor()
  await page.getByText('Nothing of that.').waitFor()
  expect(await isWide(page)).toBe(false)
})
