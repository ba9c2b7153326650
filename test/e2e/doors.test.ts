import type { APIRequestContext, Browser, BrowserContext } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAdminLink, createRaterLink, createTeamLink } from '#server/links/service.ts'
import { arena, type Arena } from '../support/arena.ts'
import { accessibilityFaults, openBrowser } from '../support/browser.ts'
import { servePages } from '../support/pages.ts'
import { writeRun } from '../support/write-run.ts'

let browser: Browser
let house: Arena
let origin: string
const closers: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  browser = await openBrowser()
  closers.push(() => browser.close())
  house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 24 })
  await writeRun(house, { model: 0, benchmark: 'chartqa', split: 'test', value: 0.5 })
  const pages = await servePages(house.ctx)
  closers.unshift(() => pages.close())
  origin = pages.origin
})

afterAll(async () => {
  for (const close of closers) await close()
})

const invitation = async (maxUses = 1) =>
  (await createRaterLink(house.ctx, house.study.id, { maxUses, days: 1, cohort: 'test' }, origin)).url

const links: Record<string, (() => Promise<string>) | null> = {
  visitor: null,
  rater: () => invitation(),
  'researcher who rates': () => invitation(),
  team: async () => {
    const [team] = await house.ctx.sql<{ id: string }[]>`insert into teams (name) values ('Visiting') returning id`
    return (await createTeamLink(house.ctx, team!.id, { maxUses: 1, days: 1 }, origin)).url
  },
  operator: async () => (await createAdminLink(house.ctx, origin)).url,
}

async function signedIn(link: string | null): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  if (link === null) return context
  const page = await context.newPage()
  await page.goto(link, { waitUntil: 'networkidle' })
  if ((await page.getByRole('checkbox').count()) > 0) await page.getByRole('checkbox').check()
  await page.locator('form button').last().click()
  await page.waitForURL((at) => !at.pathname.startsWith('/join'))
  await page.close()
  return context
}

/** Whoever came in as a rater is a researcher from now on, and still rates. */
async function promote(context: BrowserContext): Promise<void> {
  const me = (await (await context.request.get(`${origin}/api/v1/me`)).json()) as { person: { id: string } }
  await house.ctx.sql`update people set role = 'researcher' where id = ${me.person.id}`
}

/** Follows what the pages link to, two steps from the start; returns what was refused, and from where it was linked. */
async function refusedLinks(request: APIRequestContext): Promise<{ refused: string[]; seen: number }> {
  const from = new Map([['/', 'the start']])
  const refused: string[] = []
  let layer = ['/']
  for (let step = 0; step <= 2; step++) {
    const next: string[] = []
    for (const path of layer) {
      const reply = await request.get(`${origin}${path}`, { maxRetries: 2 })
      if (!reply.ok()) refused.push(`${path}, linked from ${from.get(path)}: ${reply.status()}`)
      const html = reply.headers()['content-type']?.startsWith('text/html') ? await reply.text() : ''
      for (const [, href] of html.matchAll(/<a\b[^>]*?\bhref="(\/[^"#]*)/g)) {
        const address = href!.replaceAll('&amp;', '&')
        if (from.has(address)) continue
        from.set(address, path)
        next.push(address)
      }
    }
    layer = next.slice(0, 40)
  }
  return { refused, seen: from.size }
}

test.each(Object.keys(links))('no link that a %s is shown leads to a refusal', async (who) => {
  const context = await signedIn((await links[who]?.()) ?? null)
  if (who === 'researcher who rates') await promote(context)
  const { refused, seen } = await refusedLinks(context.request)
  expect(refused).toEqual([])
  expect(seen).toBeGreaterThan(10)
  await context.close()
})

test('a stranger reads on the start page what this is, where the boards are and how to come in', async () => {
  for (const [width, colorScheme] of [
    [1440, 'light'],
    [390, 'dark'],
  ] as const) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme })
    const page = await context.newPage()
    await page.goto(origin, { waitUntil: 'networkidle' })
    await page.getByText('without knowing whose they are', { exact: false }).waitFor()
    await page.getByText('open the invite link that they were sent', { exact: false }).waitFor()
    await page.getByRole('link', { name: /^Leaderboard: / }).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    if (process.env['WALK_PICTURES'])
      await page.screenshot({
        path: `${process.env['WALK_PICTURES']}/start-${width}-${colorScheme}.png`,
        fullPage: true,
      })
    await page.getByRole('link', { name: 'Published scores' }).click()
    await page.waitForURL(/\/leaderboard\/reference$/)
    await context.close()
  }
})

test('a link that was used up says so, and leads whoever came in by it back', async () => {
  const link = await invitation()
  const context = await signedIn(link)
  const page = await context.newPage()
  await page.goto(link)
  await page.getByText('It has been used up', { exact: false }).waitFor()
  await page.getByText('it is signed in still', { exact: false }).waitFor()
  await page.getByRole('link', { name: 'Open the start page' }).click()
  await page.getByRole('link', { name: 'Go on rating' }).waitFor()
  await context.close()
})
