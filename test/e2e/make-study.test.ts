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
  const opened = await openHouse({ models: [{ name: 'Ann' }, { name: 'Ben' }, { name: 'Cy' }], queries: 24 })
  ;({ browser, ctx, origin } = opened)
  ;({ slug } = opened.house.study)
  await ctx.sql`update endpoints set price = '{"in": 1, "out": 2, "cached": null, "source": "a test"}' where name = 'ann@test'`
  return opened.close
})

test('a study is made on a page, once however often it is pressed, and what was typed outlives a lost network', async () => {
  const page = await adminPage(browser, { ctx, origin }, phone)
  await page.goto(`${origin}/studies`)
  await page.getByRole('link', { name: 'New study' }).tap()
  await page.waitForURL(/\/studies\/new/)
  await page.getByLabel('Name', { exact: true }).fill('Wave 1')
  await page.getByLabel('Votes for each pair').fill('200')
  for (const name of ['Ann', 'Ben', 'Cy']) await page.getByRole('checkbox', { name }).tap()
  await page.getByText('3 models make 3 pairs: 600 votes in all, 6 sittings of 100.').waitFor()
  await page.getByText(/72 answers are asked for.*No price is known of/).waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)

  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Make the draft' }).tap()
  await page.getByRole('alert').waitFor()
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Wave 1')
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Make the draft' }).dblclick()
  await page.waitForURL(`${origin}/studies/wave-1`)
  expect(await ctx.sql`select name, status, quota_per_pair as quota from studies where slug <> ${slug}`).toEqual([
    { name: 'Wave 1', status: 'draft', quota: 200 },
  ])
})

test('a copy begins with what the study has, and refusals are said beside the form', async () => {
  const page = await adminPage(browser, { ctx, origin }, phone)
  await page.goto(`${origin}/studies/${slug}`)
  await page.getByRole('link', { name: 'Copy' }).tap()
  await page.waitForURL(/\/studies\/new/)
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toMatch(/, copy$/)
  expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(3)
  await page.getByRole('checkbox', { name: 'Ann' }).tap()
  await page.getByRole('checkbox', { name: 'Ben' }).tap()
  // A draft may begin with one: answers of others can be imported into it.
  await page.locator('input[name="open"][value="true"]').check()
  await page.getByRole('button', { name: 'Make and open it' }).tap()
  await page.getByText('Choose at least two models, at most 64.').waitFor()
})

test('a study is begun from its pool', async () => {
  await ctx.sql`insert into pools (slug, name) values ('z-street', 'Streets')`
  const page = await adminPage(browser, { ctx, origin }, phone)
  await page.goto(`${origin}/pools/z-street`)
  await page.getByRole('link', { name: 'New study' }).tap()
  await page.waitForURL(/\/studies\/new/)
  expect(await page.getByLabel('Pool of queries').inputValue()).toBe('z-street')
})

test('models of a draft come and go on its page; one is released and withdrawn after what it means was said', async () => {
  const page = await adminPage(browser, { ctx, origin }, phone)
  await page.goto(`${origin}/studies/wave-1`)
  await page.getByRole('button', { name: 'Take out Cy' }).tap()
  await page.getByRole('button', { name: 'Take it out' }).tap()
  await expect.poll(() => page.getByRole('button', { name: 'Take out Cy' }).count()).toBe(0)
  await page.getByRole('button', { name: 'Add a model' }).tap()
  await page.getByLabel('Endpoint that answers for it').selectOption({ label: 'Cy, cy@test' })
  await page.getByText('2 new pairs need 400 votes more').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Add it' }).dblclick()
  await page.getByRole('button', { name: 'Take out Cy' }).waitFor()

  const state = () => ctx.sql`
    select released_at is not null as released, withdrawn_at is not null as withdrawn from models where name = 'Cy'`
  await page.getByRole('button', { name: 'Withdraw Cy' }).tap()
  expect(await page.getByRole('dialog').textContent()).toMatch(/votes stay and count/)
  await page.getByRole('button', { name: 'Withdraw it' }).tap()
  await page.getByText('withdrawn', { exact: true }).waitFor()
  expect(await state()).toEqual([{ released: false, withdrawn: true }])
  await page.getByRole('button', { name: 'Release Cy' }).tap()
  expect(await page.getByRole('dialog').textContent()).toMatch(/for everybody/)
  await page.getByRole('button', { name: 'Release it' }).tap()
  await page.getByRole('button', { name: 'Withdraw Cy' }).waitFor()
  expect(await state()).toEqual([{ released: true, withdrawn: false }])
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
})
