import type { Browser, Page } from 'playwright'
import { beforeAll, expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { createRaterLink } from '#server/links/service.ts'
import { adminPage, isWide, phone } from '../support/admin-page.ts'
import { accessibilityFaults } from '../support/browser.ts'
import { giveVotes } from '../support/give-votes.ts'
import { openHouse } from '../support/open-house.ts'
import { recount } from '../support/vote-checker.ts'

let browser: Browser
let origin: string
let ctx: Context
let study: { id: string; slug: string }

beforeAll(async () => {
  const opened = await openHouse({ models: ['Ann', 'Ben', 'Cas'].map((name) => ({ name })), queries: 12 })
  ;({ browser, ctx, origin } = opened)
  const { house } = opened
  ;({ study } = house)
  const votes = Array.from({ length: 240 }, (_, n) => {
    const rater = n % 6
    const a = Math.floor(n / 6) % 3
    const careless = rater === 5
    const verdict = careless || (n * 7) % 5 < 2 + a ? 'model_a' : 'model_b'
    return { a, b: (a + 1) % 3, verdict, rater, query: n % 12, dwellMs: careless ? 900 : 14_000 + 100 * (n % 50) }
  })
  await giveVotes(house, votes)
  return opened.close
})

/** Controls that a finger cannot hit: lower or narrower than 44 px, those in the middle of a text aside. */
async function smallTargets(page: Page, within: string): Promise<string[]> {
  const small: string[] = []
  for (const target of await page.locator(within).all()) {
    const box = await target.boundingBox()
    if (box && (box.height < 44 || box.width < 44)) small.push(`${await target.innerText()} ${box.width}×${box.height}`)
  }
  return small
}

test('on a phone a careless rater is found by the proposal, looked at, excluded by a double press after the effect is said, and included again', async () => {
  const page = await adminPage(browser, { ctx, origin }, phone)
  await page.goto(`${origin}/studies/${study.slug}`)
  await page.getByRole('link', { name: 'Raters', exact: true }).tap()
  await page.getByText('1 rater proposed to be excluded').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  expect(await smallTargets(page, 'tbody label, .touch .btn, tbody .who a, .tabs a')).toEqual([])
  await page.getByRole('link', { name: /^Proposed/ }).tap()
  await page.getByText(/Took less than \d\.\d seconds on 100 % of 40 cards\./).waitFor()

  await page.getByRole('link', { name: 'Rater 6' }).tap()
  await page.getByRole('heading', { name: /^Rater 6/ }).waitFor()
  await page.getByRole('link', { name: /^Under/ }).tap()
  await page.waitForURL(/show=hasty/)
  expect(await page.locator('tbody tr').count()).toBe(40)
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  expect(await smallTargets(page, '.figures a, .touch .btn')).toEqual([])

  await page.getByRole('button', { name: 'Exclude…' }).tap()
  await page.getByText('40 votes of 1 rater would count no more; 200 votes stay.').waitFor()
  // The effect is asked for once: a dialog that asks on and on would never be still.
  await page.waitForLoadState('networkidle')
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  await page.getByLabel('What you found').fill('Never looks')
  await page.getByRole('button', { name: 'Exclude 1 rater' }).dblclick()
  await page.getByText('1 rater excluded.').waitFor()
  await page.getByText(/Excluded .* by Operator: .*“Never looks”/).waitFor()
  expect(await ctx.sql`select reason, note from rater_exclusions`).toEqual([{ reason: 'speed', note: 'Never looks' }])
  expect(await recount(ctx)).toMatchObject({ differences: [] })
  await page.reload()
  await page.getByRole('button', { name: 'Include again…' }).tap()
  await page.getByText(/^40 votes of 1 rater would count again/).waitFor()
  await page.getByRole('button', { name: 'Include 1 rater again' }).tap()
  await page.getByText('1 rater included again.').waitFor()
  expect(await recount(ctx)).toMatchObject({ differences: [], counted: 240 })
})

test('a second tab that is behind is told so; without the network the dialog says so and keeps what was typed', async () => {
  const page = await adminPage(browser, { ctx, origin }, { viewport: { width: 1440, height: 900 } })
  await page.goto(`${origin}/studies/${study.slug}/raters`)
  const other = await page.context().newPage()
  await other.goto(`${origin}/studies/${study.slug}/raters?sort=number`)
  const choose = async (tab: Page) => {
    await tab.getByLabel('Choose rater 6').check()
    await tab.getByRole('button', { name: 'Exclude 1 rater…' }).click()
  }
  await page.context().setOffline(true)
  await choose(page)
  await page.getByRole('alert').waitFor()
  await page.getByLabel('What you found').fill('Presses left')
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText(/^40 votes of 1 rater/).waitFor()
  expect(await page.getByLabel('What you found').inputValue()).toBe('Presses left')
  await page.getByRole('button', { name: 'Exclude 1 rater', exact: true }).click()
  await page.getByText('1 rater excluded.').waitFor()
  await page.getByText('Too fast to look: Presses left').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await choose(other)
  await other.getByText('They are excluded already.').waitFor()
  expect(await other.getByRole('button', { name: 'Exclude 1 rater', exact: true }).isDisabled()).toBe(true)
})

test('a rater who was excluded is told kindly that their work is done', async () => {
  const page = await (await browser.newContext(phone)).newPage()
  const link = await createRaterLink(ctx, study.id, { maxUses: 1, days: 1, cohort: 'late' }, origin)
  await page.goto(link.url)
  await page.getByLabel(/agree/i).check()
  await page.getByRole('button', { name: /start|begin|join/i }).tap()
  await page.waitForURL(/\/rate\//)
  await ctx.sql`
    insert into rater_exclusions (study_id, rater_id, reason, at)
    select study_id, rater_id, 'other', now() from enrolments where cohort = 'late'`
  await page.reload()
  await page.getByRole('heading', { name: 'Your work in this study is done' }).waitFor()
  await page.getByText(/Nothing more is asked of you here; a vote sent later does not count\./).waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
})
