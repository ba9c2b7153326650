import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createRaterLink } from '#server/links/service.ts'
import { defineBoardJobs } from '#server/snapshots/refresh-ratings.ts'
import type { Context } from '#server/core/context.ts'
import { createJobs } from '#server/core/jobs.ts'
import { arena } from '../support/arena.ts'
import { accessibilityFaults, openBrowser, recordBytes, recordErrors, scriptBytes } from '../support/browser.ts'
import { itemIsOpen } from '../support/item-is-open.ts'
import { photograph } from '../support/photograph.ts'
import { servePages } from '../support/pages.ts'

/** Names that occur nowhere by chance: models, organisation, endpoint. */
const planted = ['Quixolot-7B', 'Zanzimoth-Pro', 'Ferroglyph', 'Umbrastella-XL']
const organisation = 'Vexillary Institute'
/** A formula within a line that cannot be broken and is wider than any phone. */
const wideFormula = `So $\\text{${'a wide formula '.repeat(12)}}$ holds.`

let browser: Browser
let origin: string
let invitation: string
let slug: string
let sql: Context['sql']
const closers: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  browser = await openBrowser()
  closers.push(() => browser.close())
  const { ctx, database, study } = await arena({
    models: planted.map((name) => ({ name, organisation })),
    queries: 40,
    response: (m, q) =>
      `I see <points x1="20.0" y1="30.0" x2="${60 + m}.0" y2="70.0" alt="thing">thing</points> for question ${q}, said ${m + 2} times. ${wideFormula}`,
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
  sql = ctx.sql
  invitation = (await createRaterLink(ctx, study.id, { maxUses: 50, days: 1, cohort: 'test' }, origin)).url
})

afterAll(async () => {
  for (const close of closers) await close()
})

test('a rater opens the link, judges ten battles by keyboard, and the board counts ten; no name ever reached them', async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const received = recordBytes(page)
  const errors = recordErrors(page)

  await page.goto(invitation)
  await page.locator('main form button.primary:enabled').waitFor()
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
  await page.locator('button.verdict[aria-disabled="false"]').first().waitFor()
  await page.getByRole('button', { name: /Both bad/ }).tap()
  await itemIsOpen(page, 2)
  await page.getByRole('button', { name: 'More' }).tap()
  await page.getByRole('button', { name: /Undo/ }).tap()
  await itemIsOpen(page, 1)
  await context.close()
})

/** A rater who has joined; the first item is open. */
async function join(options: BrowserContextOptions = {}, prepare?: (context: BrowserContext) => Promise<unknown>) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  onTestFinished(() => context.close())
  await prepare?.(context)
  const page = await context.newPage()
  await page.goto(invitation)
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Start rating' }).click()
  await itemIsOpen(page, 1)
  return { context, page }
}

/** How many votes of whoever is signed in stand. */
async function votesOf(context: BrowserContext): Promise<number> {
  const reply = await context.request.post(`${origin}/api/v1/studies/${slug}/battles/lease`, {
    data: { count: 1 },
    headers: { origin },
  })
  return ((await reply.json()) as { progress: { votes: number } }).progress.votes
}

/** Whether a click on the middle of what is found would reach it. */
const isOnTop = (found: Locator) =>
  found.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect()
    return element.contains(element.ownerDocument.elementFromPoint(left + width / 2, top + height / 2))
  })

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
const tablet = { viewport: { width: 820, height: 1180 }, hasTouch: true, isMobile: true }

test.each([
  ['a phone', phone],
  ['a tablet', tablet],
])('on %s full screen lies above all, its Close closes it and does not vote', async (_, device) => {
  const { context, page } = await join(device)
  await page.getByRole('button', { name: 'Full screen' }).tap()
  const picture = page.getByRole('dialog', { name: 'Image, full screen' })
  expect(await picture.boundingBox()).toEqual({ x: 0, y: 0, ...device.viewport })
  for (const button of await picture.getByRole('button').all()) expect(await isOnTop(button)).toBe(true)
  expect(await isOnTop(page.getByRole('button', { name: 'Both bad', includeHidden: true }))).toBe(false)
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Close full screen' }).tap()
  await picture.waitFor({ state: 'detached' })
  expect(await votesOf(context)).toBe(0)
})

test.each([
  ['its button was pressed', async () => undefined],
  ['a click on the picture', (picture: Locator) => picture.click({ position: { x: 5, y: 5 } })],
])('on the desktop Esc leaves full screen after %s', async (_, touch) => {
  const { page } = await join()
  await page.getByRole('button', { name: 'Full screen' }).click()
  const picture = page.getByRole('dialog', { name: 'Image, full screen' })
  await touch(picture)
  await page.keyboard.press('Escape')
  await picture.waitFor({ state: 'detached' })
})

test.each([
  ['a phone', phone],
  ['a tablet', tablet],
])('on %s an answer with a wide formula scrolls by itself, and the verdicts stay in sight', async (_, device) => {
  const { page } = await join(device)
  await page.locator('#pane-a .katex').first().waitFor()
  const { width, height } = device.viewport
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
  const text = page.getByRole('region', { name: 'Text of answer A' })
  expect(await text.evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)).toBe(true)
  for (const button of await page.locator('button.verdict').all()) {
    const box = (await button.boundingBox())!
    expect(box.x + box.width).toBeLessThanOrEqual(width)
    expect(box.y + box.height).toBeLessThanOrEqual(height)
    expect(await isOnTop(button)).toBe(true)
  }
})

test.each([1440, 820, 390, 320])(
  'a picture that is slow says so, and no verdict is taken before it is there: %i px',
  async (width) => {
    const { context, page } = await join()
    await context.route('**/api/v1/images/**', (route) => setTimeout(() => void route.continue(), 10_000))
    const slow = await context.newPage()
    await slow.setViewportSize({ width, height: 800 })
    await slow.goto(`${origin}/rate/${slug}`)
    await slow.getByText('The image is slow to come. It is still loading.').waitFor()
    expect(await slow.locator('button.verdict[aria-disabled="false"]').count()).toBe(0)
    expect(await slow.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    await slow.getByText('The image is slow to come.').waitFor({ state: 'detached' })
    await page.close()
  },
)

test('a second click on Start and a double press vote on nothing unread, and the page says why', async () => {
  const { context, page } = await join()
  await page.goto(`${origin}/rate/${slug}`)
  await page.locator('button.verdict').first().waitFor()
  await page.keyboard.press('1')
  await page
    .getByText(/Judge after 1 second|The image has not loaded yet/)
    .first()
    .waitFor()
  expect(await votesOf(context)).toBe(0)
  await itemIsOpen(page, 1)
  await page.keyboard.press('1')
  await page.keyboard.press('1')
  await itemIsOpen(page, 2)
  await expect.poll(() => votesOf(context)).toBe(1)
})

/** Two verdicts of a rater whose session is over: they are kept on the device. */
async function voteSignedOut() {
  const { context, page } = await join()
  await sql`update sessions set last_seen_at = now() - interval '13 hours'`
  for (const item of [1, 2]) {
    await itemIsOpen(page, item)
    await page.keyboard.press('3')
  }
  await page.getByText('You are signed out. Open your invite link again', { exact: false }).waitFor()
  await page.close({ runBeforeUnload: false })
  const again = await context.newPage()
  await again.goto(invitation)
  await again.getByRole('checkbox').check()
  return { context, page: again }
}

const keptVotes = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('vote:')).length)

test('votes cast while signed out are sent when the rater opens the link again and goes on', async () => {
  const { context, page } = await voteSignedOut()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Go on as the same rater' }).click()
  await itemIsOpen(page, 3)
  await expect.poll(() => keptVotes(page)).toBe(0)
  expect(await votesOf(context)).toBe(2)
  const [late] = await sql<{ n: number }[]>`select count(*)::int as n from votes where late`
  expect(late!.n).toBe(0)
})

test('votes kept under one rater wait while another rates on the same device', async () => {
  const { context, page } = await voteSignedOut()
  await page.getByRole('button', { name: 'Start as a new rater' }).click()
  await itemIsOpen(page, 1)
  await page.getByText('2 votes of another rater kept on this device.', { exact: false }).waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.keyboard.press('1')
  await itemIsOpen(page, 2)
  await expect.poll(() => votesOf(context)).toBe(1)
  expect(await keptVotes(page)).toBe(2)
})

test('reloads and a second tab that closes make no prompt vote late', async () => {
  const { context, page } = await join()
  for (let item = 1; item <= 6; item++) {
    await itemIsOpen(page, item)
    if (item % 2 === 0) {
      const second = await context.newPage()
      await second.goto(`${origin}/rate/${slug}`)
      await itemIsOpen(second, item)
      // It closes by itself, after what it does at its end; a key pressed before goes to a page that is not in front.
      const closed = second.waitForEvent('close')
      await second.close({ runBeforeUnload: true })
      await closed
      await page.bringToFront()
    } else await page.reload()
    await itemIsOpen(page, item)
    await page.keyboard.press('1')
  }
  await expect.poll(() => votesOf(context)).toBe(6)
  expect(await sql`select 1 from votes where late`).toHaveLength(0)
})

/** What a page meets in a browser that is set to keep nothing. */
const storageDenied = `for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, {
  get() { throw new DOMException('Access is denied for this document.', 'SecurityError') },
})`

test('a browser that denies storage rates, and is told once that nothing is kept', async () => {
  const { context, page } = await join({}, (context) => context.addInitScript({ content: storageDenied }))
  const note = page.getByText('This browser keeps nothing on this device.', { exact: false })
  await note.waitFor()
  await page.getByRole('status').getByRole('button', { name: 'Close' }).click()
  await page.keyboard.press('2')
  await itemIsOpen(page, 2)
  expect(await note.count()).toBe(0)
  await expect.poll(() => votesOf(context)).toBe(1)
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
  await itemIsOpen(page, 1)
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

test('where the network is weak, twenty verdicts are given without it, a reload keeps them, and all arrive', async () => {
  const { context, page } = await join({}, (context) =>
    context.route('**/battles/lease', (route) => setTimeout(() => void route.continue(), 2_200)),
  )
  const pictures = page.waitForLoadState('networkidle')
  await expect
    .poll(
      () => sql`select 1 from battles where consumed_at is null and released_at is null`.then((rows) => rows.length),
      { timeout: 60_000 },
    )
    .toBeGreaterThanOrEqual(21)
  await pictures
  await context.setOffline(true)
  for (let item = 1; item <= 20; item++) {
    await itemIsOpen(page, item)
    await page.keyboard.press('1')
  }
  await page.getByRole('heading', { name: 'Twenty votes wait on this device' }).waitFor()
  await context.setOffline(false)
  await page.reload()
  await expect.poll(() => votesOf(context), { timeout: 60_000 }).toBe(20)
})

test.each([
  [1440, 'desk'],
  [390, 'phone'],
])('keys are changed in their sheet, refused where they are taken, and set back: %i px', async (width) => {
  const { context, page } = await join({ viewport: { width: 1440, height: 900 } })
  await page.setViewportSize({ width, height: 844 })
  if (width < 900) await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('button', { name: 'Keys' }).click()
  const sheet = page.getByRole('dialog', { name: 'Keys' })
  const change = sheet.getByRole('button', { name: /^(Change|Press a key).*A is better/ })
  await change.dblclick()
  await change.click()
  await page.keyboard.press('r')
  await sheet.getByText('R is taken: Report this item.').waitFor()
  await page.keyboard.press('j')
  await sheet.getByText('The key is changed on this device.').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
  await photograph(page, width, 'keys')
  await sheet.getByRole('button', { name: 'Close' }).click()
  await page.reload()
  await page.setViewportSize({ width: 1440, height: 900 })
  await itemIsOpen(page, 1)
  await page.keyboard.press('1')
  await page.keyboard.press('j')
  await itemIsOpen(page, 2)
  await page.keyboard.press('?')
  await page.getByRole('button', { name: 'Set all keys back' }).click()
  await sheet.getByRole('button', { name: 'Close' }).click()
  await page.keyboard.press('1')
  await itemIsOpen(page, 3)
  await context.close()
})

test.each([1440, 390])(
  'a study that asks how much better and why gets it with the verdict, and a double press gives nothing: %i px',
  async (width) => {
    await sql`update studies set follow_up = 'both' where slug = ${slug}`
    onTestFinished(async () => void (await sql`update studies set follow_up = 'nothing' where slug = ${slug}`))
    const { context, page } = await join(width === 390 ? phone : { viewport: { width, height: 900 } })
    const dialog = page.getByRole('dialog', { name: 'A is better' })
    await page.waitForLoadState('networkidle')
    if (width === 390) await page.getByRole('button', { name: 'A is better' }).dblclick()
    else {
      await page.keyboard.press('1')
      await page.keyboard.press('1')
    }
    await dialog.waitFor()
    expect(await votesOf(context)).toBe(0)
    await dialog.getByLabel('More correct').check()
    await dialog.getByLabel('Clearer').check()
    expect(await accessibilityFaults(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    for (const button of await dialog.getByRole('group').getByRole('button').all())
      if (width === 390) expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(44)
    await photograph(page, width, 'follow-up')
    await page.waitForTimeout(400) // the dialog takes no press in its first third of a second
    await context.setOffline(true)
    if (width === 390) await dialog.getByRole('button', { name: 'Slightly better' }).tap()
    else await page.keyboard.press('2')
    await itemIsOpen(page, 2)
    await context.setOffline(false)
    await expect.poll(() => votesOf(context), { timeout: 40_000 }).toBe(1)
    expect(await sql`select verdict, strength, reasons from votes order by id desc limit 1`).toEqual([
      { verdict: 'model_a', strength: 'slightly', reasons: ['correct', 'clear'] },
    ])
    await page.getByRole('button', { name: 'Both good' }).click()
    await itemIsOpen(page, 3)
    await page.getByRole('button', { name: 'B is better' }).click()
    await page.getByRole('dialog', { name: 'B is better' }).waitFor()
    await page.keyboard.press('Escape')
    expect(await votesOf(context)).toBe(2)
  },
)

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
