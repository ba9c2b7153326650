import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAdminLink } from '#server/links/service.ts'
import { arena, type Arena } from '../support/arena.ts'
import { accessibilityFaults, openBrowser } from '../support/browser.ts'
import { servePages } from '../support/pages.ts'

const outOfReach = 'The server cannot be reached.'
let browser: Browser
let house: Arena
let origin: string
const closers: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  browser = await openBrowser()
  closers.push(() => browser.close())
  house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 24 })
  await house.ctx.sql`update studies set publishing = 'live'`
  const pages = await servePages(house.ctx)
  closers.unshift(() => pages.close())
  origin = pages.origin
})

afterAll(async () => {
  for (const close of closers) await close()
})

async function asAdmin(): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  await page.goto((await createAdminLink(house.ctx, origin)).url)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${origin}/`)
  return { page, context }
}

test('a study page stays while the network is away, with what was typed, and goes on by itself', async () => {
  const { page, context } = await asAdmin()
  await page.goto(`${origin}/studies/${house.study.slug}`, { waitUntil: 'networkidle' })
  await page.getByLabel('Votes for each pair').fill('461')
  await context.setOffline(true)
  await page.getByText(outOfReach).waitFor()
  await page.getByText(/This is as it was at \d\d:\d\d/).waitFor()
  expect(await page.getByLabel('Votes for each pair').inputValue()).toBe('461')
  expect(await page.getByRole('button', { name: 'Account of' }).count()).toBe(1)
  expect(await accessibilityFaults(page)).toEqual([])
  await context.setOffline(false)
  await page.getByText(outOfReach).waitFor({ state: 'detached' })
  expect(await page.getByLabel('Votes for each pair').inputValue()).toBe('461')
  await context.close()
})

test('an answer that passes keeps the page too, and says why in the server’s words', async () => {
  const { page, context } = await asAdmin()
  await page.goto(`${origin}/studies/${house.study.slug}`, { waitUntil: 'networkidle' })
  const study = `**/api/v1/studies/${house.study.slug}`
  const busy = { type: 'about:blank', title: 'The database cannot be reached', status: 503 }
  await page.route(study, (route) =>
    route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(busy) }),
  )
  await page.getByText('The database cannot be reached.').waitFor()
  await page.unroute(study)
  await page.getByText('The database cannot be reached.').waitFor({ state: 'detached' })
  await page.getByLabel('Votes for each pair').waitFor()
  await context.close()
})

test('a live board stays for a visitor, and another page that was never read says what is so', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${origin}/leaderboard/${house.study.slug}`, { waitUntil: 'networkidle' })
  const title = await page.getByRole('heading', { level: 1 }).textContent()
  await page.route('**/api/v1/**', (route) => route.abort())
  await page.getByText(outOfReach).waitFor()
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(title)
  await page.getByRole('link', { name: 'Runs', exact: true }).click()
  await page.getByText('Try again in a moment.').waitFor()
  await context.close()
})

test('while the next page is on its way a line says so', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${origin}/leaderboard/${house.study.slug}`, { waitUntil: 'networkidle' })
  let answer = () => {}
  const held = new Promise<void>((resolve) => (answer = resolve))
  await page.route('**/api/v1/benchmarks*', async (route) => {
    await held
    await route.continue()
  })
  await page.getByRole('link', { name: 'Benchmarks', exact: true }).click()
  await page.getByRole('progressbar', { name: 'The page is on its way' }).waitFor()
  answer()
  await page.waitForURL(`${origin}/benchmarks`)
  await page.getByRole('progressbar', { name: 'The page is on its way' }).waitFor({ state: 'detached' })
  await context.close()
})
