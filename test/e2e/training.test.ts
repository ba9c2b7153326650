import type { Browser, BrowserContextOptions, Page } from 'playwright'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { addGold } from '#server/battles/gold/gold-items.ts'
import type { Context } from '#server/core/context.ts'
import { createRaterLink } from '#server/links/service.ts'
import { adminPage, isWide, phone } from '../support/admin-page.ts'
import { accessibilityFaults, recordBytes } from '../support/browser.ts'
import { madeUpItem } from '../support/gold.ts'
import { openHouse } from '../support/open-house.ts'

let browser: Browser
let origin: string
let ctx: Context
let slug: string
let id: string

beforeAll(async () => {
  const opened = await openHouse({
    models: [{ name: 'Zorblax' }, { name: 'Quimbly' }],
    queries: 16,
    study: { trainingItems: 3, trainingBar: 2, trainingTries: 2 },
    response: (m, q) => `I count ${m + q} mugs.`,
  })
  ;({ browser, ctx, origin } = opened)
  ;({ slug, id } = opened.house.study)
  for (let q = 0; q < 6; q++) {
    const item = { ...madeUpItem(q, 'zorblax'), note: `Because question ${q} asks for mugs.`, use: 'training' as const }
    await addGold(ctx, slug, item)
  }
  return opened.close
})

beforeEach(async () => {
  await ctx.sql`update studies set training_tries = 2, training_bar = 2`
})

async function raterPage(options: BrowserContextOptions): Promise<Page> {
  const { url } = await createRaterLink(ctx, id, { maxUses: 1, days: 1, cohort: 'test' }, origin)
  const page = await (await browser.newContext({ reducedMotion: 'reduce', ...options })).newPage()
  await page.goto(url)
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Start rating' }).click()
  return page
}

/** Both answers were opened and the picture has loaded, so that a verdict is taken. */
async function isOpen(page: Page) {
  if (page.viewportSize()!.width <= 900) await page.getByRole('button', { name: 'Answer B' }).tap()
  await page.locator('button.verdict[aria-disabled="false"]').first().waitFor()
}

/** The button of the verdict that is right, or of the other answer. */
async function verdictOf(page: Page, right: boolean) {
  const first = (await page.locator('#pane-a').textContent()) ?? ''
  const better = first.includes('Something') ? 'B' : 'A'
  return page.locator('button.verdict', { hasText: `${right ? better : better === 'A' ? 'B' : 'A'} is better` })
}

const next = (page: Page) => page.getByRole('button', { name: 'Next', exact: true })

/** Judges the item in sight and goes on. */
async function judge(page: Page, item: number, right: boolean) {
  await page.getByText(`Training, item ${item} of 3`).waitFor()
  await isOpen(page)
  await (await verdictOf(page, right)).click()
  await page.getByText(right ? 'As expected' : 'Another verdict was expected').waitFor()
  await page.waitForTimeout(400)
  await next(page).click()
}

const judged = () => ctx.sql`select count(verdict)::int as n from training_cards`

test('a phone does the training: double press, reload in the middle, a second tab, no network, and real cards come', async () => {
  const page = await raterPage(phone)
  const received = recordBytes(page)
  await page.getByRole('heading', { name: 'First, a short training' }).waitFor()
  await page.getByText('With 2 of 3 as expected').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  await page.getByRole('button', { name: 'Begin' }).dblclick()
  await page.getByText('Training, item 1 of 3').waitFor()
  expect(await ctx.sql`select count(*)::int as n from training_rounds`).toEqual([{ n: 1 }])
  await isOpen(page)
  expect(await accessibilityFaults(page)).toEqual([])
  await (await verdictOf(page, false)).dblclick()
  await page.getByText('Another verdict was expected').waitFor()
  await page.getByText(/Because question \d asks for mugs/).waitFor()
  expect(await judged()).toEqual([{ n: 1 }])
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  expect((await next(page).boundingBox())!.height).toBeGreaterThanOrEqual(44)

  // Loaded anew, and in a second tab, what was told stands there still.
  await page.reload()
  await page.getByText('Another verdict was expected').waitFor()
  const second = await page.context().newPage()
  await second.goto(page.url())
  await second.getByText('Another verdict was expected').waitFor()
  await second.waitForTimeout(400)
  await next(second).click()
  await second.getByText('Training, item 2 of 3').waitFor()
  await page.waitForTimeout(400)
  await next(page).click()
  await page.getByText('Training, item 2 of 3').waitFor()
  await second.close()

  await isOpen(page)
  await page.context().setOffline(true)
  await (await verdictOf(page, true)).click()
  await page.getByText('No connection.').waitFor()
  await page.context().setOffline(false)
  await page.getByText('As expected').waitFor()
  expect(await judged()).toEqual([{ n: 2 }])
  await page.waitForTimeout(400)
  await next(page).click()
  await judge(page, 3, true)
  await page.getByRole('heading', { name: 'You are through' }).waitFor()
  await page.getByText('You judged 2 of 3 as expected.').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Go on to the items' }).click()
  await page.getByRole('heading', { name: 'Compare two answers, item 1' }).waitFor({ state: 'attached' })
  await page.getByText('Training, item').waitFor({ state: 'detached' })
  expect(await received()).not.toMatch(/zorblax|quimbly/i)
  expect(await ctx.sql`select count(*)::int as n from votes`).toEqual([{ n: 0 }])
})

test('keys judge at a desk; who fails is told so, tries again, and is thanked when no try is left', async () => {
  const page = await raterPage({ viewport: { width: 1440, height: 900 } })
  await page.getByRole('button', { name: 'Begin' }).click()
  for (let round = 1; round <= 2; round++) {
    for (let item = 1; item <= 3; item++) {
      await page.getByText(`Training, item ${item} of 3`).waitFor()
      await isOpen(page)
      await page.keyboard.press('4')
      await page.getByText('Another verdict was expected').waitFor()
      await page.keyboard.press('4')
      await page.waitForTimeout(400)
      await page.keyboard.press('Enter')
    }
    if (round === 2) continue
    await page.getByRole('heading', { name: 'Not quite there yet' }).waitFor()
    await page.getByText('You judged 0 of 3 as expected. The study asks for 2 of 3.').waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Guidelines' }).last().click()
    await page.getByRole('dialog').getByText('Read the question').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Try again' }).click()
  }
  await page.getByRole('heading', { name: 'Thank you for trying' }).waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.reload()
  await page.getByRole('heading', { name: 'Thank you for trying' }).waitFor()
})

test('an operator sees who failed and lets them begin anew; a try-out shows the training and stores nothing', async () => {
  const page = await adminPage(browser, { ctx, origin }, phone)
  await page.goto(`${origin}/studies/${slug}/raters?sort=training`)
  await page.getByText('training failed 0/3').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  const [failed] = await ctx.sql<{ id: string }[]>`
    select rater_id as id from training_rounds where not passed limit 1`
  await page.goto(`${origin}/studies/${slug}/raters/${failed!.id}`)
  await page.getByRole('heading', { name: 'Training' }).waitFor()
  await page.getByText('0 of 3 items right, failed').first().waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  await page.getByRole('button', { name: 'Begin anew…' }).tap()
  await page.getByRole('button', { name: 'Begin anew', exact: true }).dblclick()
  await page.getByText('The training begins anew before the next card.').waitFor()
  await page.getByText('failed, reset').first().waitFor()

  const count = () => ctx.sql`select (select count(*) from training_cards)::int as cards`
  const before = await count()
  await page.goto(`${origin}/rate/${slug}/try`)
  await page.getByRole('button', { name: 'Begin' }).tap()
  for (let item = 1; item <= 3; item++) await judge(page, item, true)
  await page.getByRole('heading', { name: 'You are through' }).waitFor()
  await page.getByRole('button', { name: 'Go on to the items' }).tap()
  await page.getByRole('heading', { name: 'Compare two answers, item 1' }).waitFor({ state: 'attached' })
  expect(await count()).toEqual(before)
})

test('the training is switched on in the settings, after what that means was said, and an item is made for it', async () => {
  await ctx.sql`update studies set training_items = 0, training_for = 'new'`
  const page = await adminPage(browser, { ctx, origin }, phone)
  await page.goto(`${origin}/studies/${slug}`)
  await page.getByLabel('Items in a round before real cards').fill('4')
  await page.getByLabel('Right verdicts that let a rater through').fill('5')
  await page.getByRole('button', { name: 'Save changes' }).tap()
  await page.getByText('Before real cards raters judge 4 training items, 5 of them right').waitFor()
  await page.getByRole('button', { name: 'Change it' }).tap()
  await page.getByText('A round of 4 training items cannot ask for 5 right verdicts').first().waitFor()
  await page.getByLabel('Right verdicts that let a rater through').fill('3')
  await page.getByLabel('The training is for').selectOption('everybody')
  await page.getByRole('button', { name: 'Save changes' }).tap()
  await page.getByText('does it, too, before their next card').waitFor()
  expect(await isWide(page)).toBe(false)
  await page.getByRole('button', { name: 'Change it' }).tap()
  await page.getByText('Saved.').waitFor()

  await page.goto(`${origin}/studies/${slug}/gold?show=training`)
  await page.getByText('With 6 training items in use, whoever tries again meets some of them again.').waitFor()
  await page.getByLabel(/Words of the question/).fill('Question 9')
  await page.getByRole('button', { name: 'Look' }).tap()
  await page.getByRole('button', { name: /Question 9\?/ }).tap()
  await page.getByLabel('Second answer, in words').fill('A hundred mugs, I think.')
  await page.getByLabel('What it is for').selectOption('training')
  await page.getByLabel('Why, as raters are told').fill('There are nine mugs.')
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Add it' }).tap()
  await page.getByText('Added the item on q00009.').waitFor()
  expect(await ctx.sql`select use, note from gold_items where note like 'There%'`).toEqual([
    { use: 'training', note: 'There are nine mugs.' },
  ])
})
