import type { Browser, Locator, Page, Response } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import { arena, type Arena } from '../support/arena.ts'
import { accessibilityFaults, openBrowser, recordErrors } from '../support/browser.ts'
import { giveVotes } from '../support/give-votes.ts'
import { madeUpBoard } from '../support/made-up-board.ts'
import { servePages } from '../support/pages.ts'

let browser: Browser
let house: Arena
let board: string
let pair: { a: string; b: string; vote: number }
/** The board as it was before that vote. */
let earlier: string
const closers: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  browser = await openBrowser()
  closers.push(() => browser.close())
  house = await madeUpBoard({ scores: true })
  board = await serve(house)
  const [card] = (await house.asRater.lease()).cards
  const { id } = await house.asRater.cast(card!, 'model_a')
  await refreshRatings(house.ctx, house.study.id, { force: true })
  await house.ctx.sql`update studies set status = 'closed' where id = ${house.study.id}`
  const [vote] = await house.ctx.sql<{ a: string; b: string }[]>`
    select a.slug as a, b.slug as b from votes v join models a on a.id = v.model_a join models b on b.id = v.model_b
    where v.id = ${id}`
  pair = { ...vote!, vote: id }
  const [snapshot] = await house.ctx.sql<{ id: string }[]>`
    select id from snapshots where study_id = ${house.study.id} and category is null order by created_at limit 1`
  earlier = snapshot!.id
})

afterAll(async () => {
  for (const close of closers) await close()
})

/** Listens with the pages; returns the address of the study's board. */
async function serve({ ctx, study }: Arena): Promise<string> {
  const pages = await servePages(ctx)
  closers.unshift(() => pages.close())
  return `${pages.origin}/leaderboard/${study.slug}`
}

/**
 * Opens an address of the board, waits until the page has come alive, and returns what it complained of. A machine under
 * load makes the server ask for a moment, for a page or one of its files: then the page is opened again.
 */
async function open(page: Page, path = '', address = board): Promise<string[]> {
  for (let attempt = 0; attempt < 20; attempt++) {
    let busy = false
    const listen = (response: Response) => (busy ||= response.status() === 503)
    page.on('response', listen)
    const errors = recordErrors(page)
    await page.goto(`${address}${path}`, { waitUntil: 'networkidle' })
    page.off('response', listen)
    if (!busy) return errors
  }
  throw new Error(`${path} never came whole`)
}

const activeCell = (page: Page) =>
  page.evaluate<string>(
    `document.getElementById(document.querySelector('[role=grid]').getAttribute('aria-activedescendant')).ariaLabel`,
  )

const views = () => [
  '',
  '?open=beryl-7b',
  '/matrix',
  '/scatter',
  '/scatter?chart=paper',
  '/categories',
  '/stability?ties=davidson',
  '/method',
  `/battles?a=${pair.a}&b=${pair.b}`,
  `/battles/${pair.vote}`,
  `/snapshots/${earlier}`,
]

const screens = [
  [1440, 'light'],
  [390, 'light'],
  [320, 'dark'],
] as const

test.each(screens)(
  'at %i pixels, %s, no view of a board has a fault, scrolls sideways or complains',
  { timeout: 400_000 },
  async (width, colorScheme) => walk(views(), board, width, colorScheme),
)

/** Opens addresses of a board one by one and expects no fault of any. */
async function walk(paths: string[], address: string, width: number, colorScheme: 'light' | 'dark') {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' })
  const page = await context.newPage()
  for (const view of paths) {
    const errors = await open(page, view, address)
    expect(await page.locator('h1').count(), view).toBe(1)
    expect(await accessibilityFaults(page), view).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth'), view).toBeLessThanOrEqual(width)
    expect(errors, view).toEqual([])
  }
  await context.close()
}

test('a row opens in place by keyboard, has an address, and leads to the battles of a rival', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await open(page)
  await page.getByRole('link', { name: 'Beryl-7B', exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Nearest rivals' }).waitFor()
  expect(new URL(page.url()).searchParams.get('open')).toBe('beryl-7b')
  expect(await page.getByRole('link', { name: 'Beryl-7B', exact: true }).getAttribute('aria-expanded')).toBe('true')
  for (const heading of ['Elo by category', 'Published and computed here'])
    await page.getByRole('heading', { name: heading }).waitFor()
  await page.locator('.detail a[href*="/battles"]').first().click()
  await page.getByRole('heading', { level: 1, name: /against/ }).waitFor()
  await page.close()
})

test('the matrix is walked by keyboard, says each cell in words, and Enter opens its battles and the answers behind', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await open(page, '/matrix?row=beryl-7b&column=dune-pro')
  await page.locator('[role=grid]').focus()
  const start = await activeCell(page)
  await page.keyboard.press('Home')
  await page.keyboard.press('End')
  await expect.poll(() => activeCell(page)).not.toBe(start)
  const end = await activeCell(page)
  expect(end.split(' against ')[0]).toBe(start.split(' against ')[0])
  await expect
    .poll(() => page.locator('section[aria-label="Selected pair"]').textContent())
    .toContain(end.split(' against ')[1]!.split(':')[0]!)
  await page.getByRole('button', { name: 'Votes', exact: true }).click()
  await page.getByRole('button', { name: 'Show as table' }).click()
  await expect.poll(() => page.getByRole('table').locator('tbody tr').count()).toBe(26)

  await open(page, `/matrix?row=${pair.a}&column=${pair.b}`)
  await page.locator('[role=grid]').focus()
  await page.keyboard.press('Enter')
  await page.locator('td.question a').first().click()
  await page
    .getByText(/is better/)
    .first()
    .waitFor()
  for (const side of ['Answer A', 'Answer B']) await page.getByRole('region', { name: side, exact: true }).waitFor()
  await page.locator('img[alt="What the question asks about"]').waitFor()
  await page.close()
})

test('a rule that is switched gives the same votes read anew, and rules without an answer say so in place', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await open(page, '/stability')
  await page.getByText('As published.').waitFor()
  await page.locator('select[name=ties]').selectOption('davidson')
  await page.getByText(/A model of ties spreads ratings wider/).waitFor()
  await page.locator('select[name=weights]').selectOption('equal-pairs')
  await page.getByRole('heading', { name: 'These rules give no ratings' }).waitFor()
  await page.getByRole('link', { name: 'As published' }).click()
  await page.getByText('As published.').waitFor()
  await page.close()
})

test('a board on which fewer than five people have voted keeps to itself what any one of them moves', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await open(page, '/stability')
  await page.getByText(/shown from five raters on; 1 person has voted/).waitFor()
  const scale = page.getByRole('region', { name: 'Does one scale fit these votes?' })
  await scale.getByText(/^(Not wholly|Nothing here speaks against it)\./).waitFor()
  await scale.getByText(/^(No three models beat one another in a circle|\d+ circles? of three)/).waitFor()
  await page.close()
})

test('an earlier snapshot stays at its address, says that the board has moved on, and is listed on the method page', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await open(page, '/method')
  await page.locator(`table a[href$="/snapshots/${earlier}"]`).click()
  await page.getByRole('heading', { name: 'The board has moved on' }).waitFor()
  expect(await page.getByRole('region', { name: 'Table of ratings' }).locator('tbody tr').count()).toBe(27)
  await page.getByRole('link', { name: 'Its snapshot' }).click()
  await page.waitForURL((url) => !url.pathname.endsWith(earlier))
  await page.getByRole('region', { name: 'Table of ratings' }).waitFor()
  expect(await page.getByRole('heading', { name: 'The board has moved on' }).count()).toBe(0)
  await page.close()
})

test('a category has a board, a matrix and a scatter of its own, chosen on one page and kept on the next', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await open(page)
  await page.locator('select[name=category]').selectOption('charts')
  await page.waitForURL(/category=charts/)
  await page.getByRole('link', { name: 'Matrix', exact: true }).click()
  await page.waitForURL(/matrix\?category=charts/)
  expect(await page.locator('select[name=category]').inputValue()).toBe('charts')
  await page.close()
})

test('a matrix of 200 models draws the cells in sight, and the keyboard reaches the last', async () => {
  const large = await madeUpBoard({ models: 200, votes: 4, categories: ['general'] })
  const address = await serve(large)
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const errors = await open(page, '/matrix', address)
  expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(8_000)
  await page.locator('[role=grid]').focus()
  await page.keyboard.press('Control+End')
  expect(await activeCell(page)).toMatch(/ itself$/)
  await page.keyboard.press('ArrowLeft')
  expect(await activeCell(page)).toMatch(/ against /)
  expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(8_000)
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1440)
  expect(errors).toEqual([])
  await page.close()
})

/** Twelve raters' votes: in a circle of three, four of five go one way, and other pairs are as good as even. */
async function circularBoard(): Promise<string> {
  const names = ['Ann', 'Ben', 'Cas', 'Dee', 'Eve'].map((name) => ({ name }))
  const house = await arena({ models: names, study: { name: 'Circular study' } })
  const pairs = names.flatMap((_, a) => names.slice(a + 1).map((__, k) => [a, a + 1 + k] as const))
  const votes = pairs.flatMap(([a, b], pairAt) =>
    Array.from({ length: 60 }, (_, n) => {
      const inCircle = b < 3
      const forA = inCircle ? n % 5 > 0 === (a + 1 === b) : (n + pairAt) % 2 === 0 || (a === 0 && n % 12 === 3)
      const verdict = !inCircle && n % 6 === 0 ? 'tie' : forA ? 'model_a' : 'model_b'
      return { a, b, verdict, rater: (n * n + pairAt) % 12 }
    }),
  )
  await giveVotes(house, votes)
  await refreshRatings(house.ctx, house.study.id, { force: true })
  await house.ctx.sql`update studies set status = 'closed'`
  return serve(house)
}

/** What a part of the page says, as one line. */
const wordsOf = async (part: Locator) => (await part.innerText()).replace(/\s+/g, ' ')

test(
  'a board says whether one scale fits, which pairs and circles do not, and what a single rater moves',
  { timeout: 400_000 },
  async () => {
    const circular = await circularBoard()
    for (const [width, scheme] of screens) await walk(['/stability'], circular, width, scheme)
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await open(page, '/stability', circular)
    const scale = page.getByRole('region', { name: 'Does one scale fit these votes?' })
    expect(await wordsOf(scale)).toMatch(/Not wholly\. .*χ² = [\d.]+ on 6 degrees of freedom, p < 0\.001/)
    expect(await wordsOf(scale)).toMatch(/3 pairs are more than 2\.81 standard errors off/)
    expect(await wordsOf(scale)).toMatch(
      /1 circle of three, .* Ann beats Ben 48 to 12, Ben beats Cas 48 to 12, Cas beats Ann/,
    )
    const worst = scale.getByRole('region', { name: 'Table of the pairs that fit worst' })
    expect(await worst.locator('tbody tr').count()).toBe(10)
    expect(await worst.getByText('beyond chance').count()).toBe(3)

    const first = page.getByRole('region', { name: 'How few votes move first place' })
    await expect
      .poll(() => wordsOf(first))
      .toMatch(/12 raters were left out in turn\. Without any one of \d+ of them Ann is not/)
    expect(await wordsOf(first)).toMatch(/\d votes? of 600 \([\d.]+ %\), left out, would put Ben ahead of Ann/)
    const raters = first.getByRole('region', { name: 'Table of raters left out' })
    expect(await raters.locator('tbody tr').count()).toBe(11)
    expect(await raters.getByText('instead').count()).toBeGreaterThan(0)
    for (const section of [scale, first]) {
      const csv = section.getByRole('link', { name: 'Download CSV' })
      const reply = await page.request.get(new URL((await csv.getAttribute('href'))!, circular).href)
      expect(await reply.text()).toMatch(/^(model|rater),/)
    }

    await worst.getByRole('link').first().focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: /against/ }).waitFor()
    await page.close()
  },
)
