import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRaterLink } from '#server/links/service.ts'
import { defineBoardJobs } from '#server/snapshots/refresh-ratings.ts'
import { createJobs } from '#server/core/jobs.ts'
import { arena } from '../support/arena.ts'
import { accessibilityFaults, openBrowser, recordBytes, recordErrors, scriptBytes } from '../support/browser.ts'
import { servePages } from '../support/pages.ts'

/** Names that occur nowhere by chance: models, organisation, endpoint. */
const planted = ['Quixolot-7B', 'Zanzimoth-Pro', 'Ferroglyph', 'Umbrastella-XL']
const organisation = 'Vexillary Institute'

let browser: Browser
let origin: string
let invitation: string
let slug: string
const closers: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  browser = await openBrowser()
  closers.push(() => browser.close())
  const { ctx, database, study } = await arena({
    models: planted.map((name) => ({ name, organisation })),
    queries: 12,
    response: (m, q) =>
      `I see <points x1="20.0" y1="30.0" x2="${60 + m}.0" y2="70.0" alt="thing">thing</points> for question ${q}, said ${m + 2} times.`,
  })
  const jobs = createJobs(database.bossConnection, ctx.log)
  const working = { ...ctx, jobs }
  defineBoardJobs(working)
  await jobs.work()
  closers.unshift(() => jobs.stop())
  const pages = await servePages(working)
  closers.unshift(() => pages.close())
  origin = pages.origin
  slug = study.slug
  invitation = (await createRaterLink(ctx, study.id, { maxUses: 5, days: 1, cohort: 'test' }, origin)).url
})

afterAll(async () => {
  for (const close of closers) await close()
})

/** The item is there and its picture has loaded, so that a verdict is taken. */
async function itemIsOpen(page: Page, item: number) {
  await page.getByRole('heading', { name: `item ${item}`, exact: false }).waitFor({ state: 'attached' })
  await page.locator('button.verdict[aria-disabled="false"]').first().waitFor()
}

test('a rater opens the link, judges ten battles by keyboard, and the board counts ten; no name ever reached them', async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const received = recordBytes(page)
  const errors = recordErrors(page)

  await page.goto(invitation)
  await page.locator('button.go:enabled').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Start rating' }).click()
  await page.getByRole('button', { name: /A is better/ }).waitFor()
  expect(await accessibilityFaults(page)).toEqual([])

  for (let vote = 1; vote <= 10; vote++) {
    await itemIsOpen(page, vote)
    for (const point of ['a1', 'a2', 'b1', 'b2']) await page.locator(`[data-point="${point}"]`).waitFor()
    await page.keyboard.press(String(1 + ((vote - 1) % 4)))
  }
  await itemIsOpen(page, 11)
  await expect.poll(() => page.getByText(/Saved/).first().textContent()).toMatch(/Saved/)
  await page.getByRole('button', { name: 'Pause' }).click()

  const bytes = await received()
  expect(bytes.length).toBeGreaterThan(10_000)
  for (const name of [...planted, organisation]) expect(bytes.toLowerCase()).not.toContain(name.toLowerCase())
  expect(errors).toEqual([])
  await context.close()

  const visitor = await browser.newPage()
  await expect
    .poll(
      async () => {
        await visitor.goto(`${origin}/leaderboard/${slug}`)
        return visitor.locator('main').textContent()
      },
      { timeout: 20_000, interval: 500 },
    )
    .toMatch(/10 votes by 1 rater/)
  for (const name of planted) await visitor.getByText(name).first().waitFor()
  expect(await accessibilityFaults(visitor)).toEqual([])
  await visitor.close()
})

test('on a phone the points of the open answer are drawn, a tap gives the verdict, and undo brings the item back', async () => {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    reducedMotion: 'reduce',
    hasTouch: true,
    isMobile: true,
  })
  const page = await context.newPage()
  await page.goto(invitation)
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Start rating' }).tap()
  await page.locator('[data-point="a1"]').waitFor()
  expect(await page.locator('[data-point^="b"]').count()).toBe(0)
  await page.getByRole('button', { name: 'Answer B' }).tap()
  await page.locator('[data-point="b1"]').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
  await page.getByRole('button', { name: /Both bad/ }).tap()
  await itemIsOpen(page, 2)
  await page.getByRole('button', { name: 'More' }).tap()
  await page.getByRole('button', { name: /Undo/ }).tap()
  await itemIsOpen(page, 1)
  await context.close()
})

test('a rater who comes back with an empty cache loads at most 100 kB of script', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(invitation)
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Start rating' }).click()
  await itemIsOpen(page, 1)
  const fresh = await browser.newContext({ storageState: await context.storageState() })
  const bytes = await scriptBytes(await fresh.newPage(), `${origin}/rate/${slug}`)
  expect(bytes).toBeGreaterThan(20_000)
  expect(bytes).toBeLessThanOrEqual(100_000)
  await fresh.close()
  await context.close()
})

test('votes given while the network is away are kept and sent when it is back', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  await page.goto(invitation)
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Start rating' }).click()
  await page.locator('[data-point="b2"]').waitFor()
  await page.waitForLoadState('networkidle')
  await context.setOffline(true)
  await page.keyboard.press('1')
  await itemIsOpen(page, 2)
  await page.keyboard.press('0')
  await page
    .getByText(/2 votes kept here/)
    .first()
    .waitFor()
  await context.setOffline(false)
  await expect.poll(() => page.getByText(/kept here/).count(), { timeout: 30_000 }).toBe(0)
  const { progress } = (await (
    await context.request.post(`${origin}/api/v1/studies/${slug}/battles/lease`, {
      data: { count: 1 },
      headers: { origin },
    })
  ).json()) as { progress: { votes: number } }
  expect(progress.votes).toBe(2)
  await context.close()
})

test('a link that is not valid, and a page that is not there, say so in a sentence', async () => {
  const page = await browser.newPage()
  await page.goto(`${origin}/join/${'x'.repeat(30)}`)
  expect(await page.locator('main').textContent()).toMatch(/link/i)
  expect(await accessibilityFaults(page)).toEqual([])
  const reply = await page.goto(`${origin}/nowhere`)
  expect(reply!.status()).toBe(404)
  expect(await accessibilityFaults(page)).toEqual([])
  await page.close()
})
