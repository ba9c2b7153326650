import type { Browser, Page } from 'playwright'
import { beforeAll, expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { adminPage } from '../support/admin-page.ts'
import { accessibilityFaults, recordBytes } from '../support/browser.ts'
import { itemIsOpen } from '../support/item-is-open.ts'
import { openHouse } from '../support/open-house.ts'

let browser: Browser
let origin: string
let ctx: Context
let slug: string

beforeAll(async () => {
  const opened = await openHouse({ models: [{ name: 'Zorblax' }, { name: 'Quimbly' }], queries: 8 })
  ;({ browser, ctx, origin } = opened)
  ;({ slug } = opened.house.study)
  return opened.close
})

const told = (page: Page, words: string) => page.getByRole('status').filter({ hasText: words }).waitFor()

const stored = () =>
  ctx.sql`select (select count(*) from battles)::int as battles, (select count(*) from votes)::int as votes,
    (select count(*) from enrolments)::int as enrolments, (select count(*) from reports)::int as reports`

test('an operator tries a paused study through the raters’ own page: verdict, undo and report work, and nothing is stored', async () => {
  await ctx.sql`update studies set paused_at = now() where slug = ${slug}`
  const before = await stored()
  const page = await adminPage(browser, { ctx, origin })
  await page.goto(`${origin}/studies/${slug}`)
  await page.getByRole('link', { name: 'Try it yourself' }).click()
  await page.getByText('You are trying this study.').waitFor()
  const received = recordBytes(page)
  const question = page.getByRole('heading', { level: 1 })
  await page.getByRole('button', { name: /Both good/ }).waitFor()
  const first = await question.textContent()
  await itemIsOpen(page, 1)
  await page.keyboard.press('3')
  await told(page, 'Not kept, item 1')
  expect(await question.textContent()).not.toBe(first)
  await page.keyboard.press('z')
  await expect.poll(() => question.textContent()).toBe(first)
  await page.keyboard.press('r')
  await page.getByRole('dialog').getByRole('radio').first().check()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Send|Report/ })
    .click()
  await told(page, 'Item 1 left out; no report is sent')
  expect(await received()).not.toMatch(/zorblax|quimbly/i)

  await page.getByRole('link', { name: 'Back to the study' }).click()
  await page.waitForURL(`${origin}/studies/${slug}`)
  expect(await stored()).toEqual(before)
  expect(await page.evaluate('Object.keys(localStorage).filter((key) => /^(vote|given):/.test(key))')).toEqual([])
})

test('a try-out ends when every query was shown, on a phone too', async () => {
  const page = await adminPage(browser, { ctx, origin }, { viewport: { width: 390, height: 844 }, hasTouch: true })
  await page.goto(`${origin}/rate/${slug}/try`)
  await page.getByText('You are trying this study.').waitFor()
  await page.getByRole('button', { name: /Both good/ }).waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')).toBe(false)
  await ctx.sql`update studies set least_card_seconds = 0, session_goal = 50 where slug = ${slug}`
  await page.setViewportSize({ width: 1200, height: 800 })
  await page.reload()
  await page.getByRole('button', { name: /Both good/ }).waitFor()
  for (let item = 1; item <= 8; item++) {
    await itemIsOpen(page, item)
    await page.keyboard.press('3')
    await told(page, `Not kept, item ${item}`)
  }
  await page.getByRole('heading', { name: 'Nothing is left to rate' }).waitFor()
})

test('a draft without answers says so, and a rater is let into no try-out', async () => {
  await ctx.sql`update studies set status = 'draft'`
  await ctx.sql`update responses set status = 'held'`
  const page = await adminPage(browser, { ctx, origin })
  await page.goto(`${origin}/rate/${slug}/try`)
  await page.getByText('a draft asks none until it is opened').waitFor()
  const stranger = await (await browser.newContext()).newPage()
  await stranger.goto(`${origin}/rate/${slug}/try`)
  await stranger.getByText('Only those who run a study try it').waitFor()
})
