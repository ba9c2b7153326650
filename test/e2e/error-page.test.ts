import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { arena, type Arena } from '../support/arena.ts'
import { openBrowser } from '../support/browser.ts'
import { servePages } from '../support/pages.ts'

let browser: Browser
let house: Arena
let origin: string
const closers: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  browser = await openBrowser()
  closers.push(() => browser.close())
  house = await arena()
  const pages = await servePages(house.ctx)
  closers.unshift(() => pages.close())
  origin = pages.origin
})

afterAll(async () => {
  for (const close of closers) await close()
})

test.each([
  ['/leaderboard/no-such-study', 404, ['There is nothing here', 'The address may be old or mistyped.']],
  ['/studies', 401, ['Sign in first', 'Open your sign-in or invite link again.']],
  ['/no-such-page', 404, ['There is nothing at this address.', 'It may be old or mistyped.']],
  ['/runs/seven', 404, ['There is no such run.', 'Runs have whole numbers.']],
])('%s is answered with %d, a sentence and what to do next', async (path, status, words) => {
  const reply = await fetch(`${origin}${path}`)
  const text = (await reply.text()).replaceAll(/<[^>]*>/g, ' ')
  expect(reply.status).toBe(status)
  for (const word of words) expect(text).toContain(word)
})

/** Follows a link of the pages themselves, without loading the page anew. */
async function follow(page: Page, path: string) {
  await page.evaluate(`{
    const link = document.createElement('a')
    link.href = ${JSON.stringify(path)}
    document.body.append(link)
    link.click()
  }`)
}

test('in the browser a call that fails shows the same page without loading anew, and one without an answer says that too', async () => {
  const page = await browser.newPage()
  closers.unshift(() => page.close())
  await page.goto(`${origin}/benchmarks`, { waitUntil: 'networkidle' })
  await page.evaluate('globalThis.stays = true')
  await follow(page, '/leaderboard/no-such-study')
  await page.getByText('The address may be old or mistyped.').waitFor()
  await follow(page, '/benchmarks')
  await page.getByText('The address may be old or mistyped.').waitFor({ state: 'detached' })
  await page.route('**/api/v1/**', (route) => route.abort())
  await follow(page, '/leaderboard/reference')
  await page.getByText('The server cannot be reached.').waitFor()
  await page.getByText('Try again in a moment.').waitFor()
  expect(await page.evaluate('globalThis.stays')).toBe(true)
})
