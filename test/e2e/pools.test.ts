import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { carryOutImport } from '#server/queries/imports/carry-out-import.ts'
import { importPool } from '#server/queries/service.ts'
import { adminPage, isWide, phone } from '../support/admin-page.ts'
import { arena } from '../support/arena.ts'
import { accessibilityFaults, openBrowser, recordErrors } from '../support/browser.ts'
import { servePages } from '../support/pages.ts'
import { photograph } from '../support/photograph.ts'

const pictures = 60
const queries = 15_000
const folder = mkdtempSync(join(tmpdir(), 'arena-pools-'))
let browser: Browser
let origin: string
let ctx: Context
const closers: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  browser = await openBrowser()
  closers.push(() => browser.close())
  const house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 4 })
  const pages = await servePages(house.ctx)
  closers.unshift(() => pages.close())
  ctx = house.ctx
  origin = pages.origin
  await fillPool()
}, 60_000)

afterAll(async () => {
  for (const close of closers) await close()
  rmSync(folder, { recursive: true, force: true })
})

const picture = (n: number) =>
  sharp({ create: { width: 160 + n, height: 120, channels: 3, background: { r: (n * 37) % 256, g: 120, b: 60 + n } } })
    .jpeg()
    .toBuffer()

/** 15,000 queries over 60 pictures. */
async function fillPool() {
  const first = await Promise.all(
    Array.from({ length: pictures }, async (_, n) => {
      const image = { bytes: await picture(n), source: 'walk', licence: 'CC0' }
      return {
        key: `a${n}`,
        category: 'charts' as const,
        language: 'en',
        question: `How many bars has chart ${n}?`,
        image,
      }
    }),
  )
  await importPool(ctx, { slug: 'large', name: 'Large', licence: '' }, first)
  await ctx.sql`
    insert into queries (pool_id, key, category, language, question, image_sha256, source, licence)
    select p.id, 'q' || lpad(n::text, 5, '0'), (case when n % 3 = 0 then 'counting' else 'documents' end)::query_category,
      case when n % 10 = 0 then 'de' else 'en' end, 'What stands on page ' || n || '?', i.shas[1 + n % ${pictures}], 'walk',
      'CC BY 4.0'
    from pools p, generate_series(1, ${queries - pictures}::int) n,
      (select array_agg(distinct image_sha256) as shas from queries q join pools p on p.id = q.pool_id
        where p.slug = 'large') i
    where p.slug = 'large' order by n`
}

const cards = (page: Page) => page.getByRole('list', { name: 'Queries' }).getByRole('listitem')

test(
  '15,000 queries are scrolled, searched, filtered and changed, one and many at once',
  { timeout: 90_000 },
  async () => {
    const page = await adminPage(browser, { ctx, origin }, { viewport: { width: 1440, height: 900 } })
    const errors = recordErrors(page)
    await page.goto(`${origin}/pools`)
    await page.getByRole('link', { name: 'Large, 15,000 queries' }).click()
    await expect.poll(() => cards(page).count()).toBeGreaterThanOrEqual(60)
    for (let screens = 0; screens < 12; screens++) {
      await page.mouse.wheel(0, 3_000)
      await page.waitForTimeout(80)
    }
    await expect.poll(() => cards(page).count()).toBeGreaterThanOrEqual(240)
    const names = await cards(page).locator('.key').allTextContents()
    expect(new Set(names).size).toBe(names.length)

    await page.getByRole('searchbox').fill('page 77?')
    await expect.poll(() => cards(page).count()).toBe(1)
    expect(new URL(page.url()).searchParams.get('search')).toBe('page 77?')
    await cards(page).getByRole('button').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('img').evaluate((img: { decode(): Promise<void> }) => img.decode())
    expect(await accessibilityFaults(page)).toEqual([])
    await dialog.getByLabel('Category').selectOption('captioning')
    await dialog.getByLabel('Question').fill('What stands here?')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'hidden' })
    const [edited] = await ctx.sql`select category, question from queries where key = 'q00077'`
    expect(edited).toEqual({ category: 'captioning', question: 'What stands here?' })

    await page.getByRole('link', { name: 'Clear all' }).click()
    await expect.poll(() => cards(page).count()).toBeGreaterThanOrEqual(60)
    await page.getByLabel('Language', { exact: true }).selectOption('de')
    await page.getByRole('button', { name: 'Change all 1,494' }).click()
    await dialog.getByLabel(/What to do/).selectOption('hold')
    await dialog.getByLabel('Because').fill('not English')
    await dialog.getByRole('button', { name: 'Hold: 1,494 queries' }).click()
    await page.getByText('1,494 are held until somebody releases them').waitFor()
    await page.getByRole('checkbox', { name: 'Choose q14940' }).check()
    await page.getByRole('button', { name: 'Change 1 chosen' }).click()
    await dialog.getByLabel(/What to do/).selectOption('release')
    await dialog.getByRole('button', { name: 'Release: 1 query' }).click()
    await page.getByText('1,493 are held until somebody releases them').waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    expect(errors).toEqual([])
  },
)

test(
  'files are uploaded by touch on a phone; bad rows are named, and good ones added',
  { timeout: 60_000 },
  async () => {
    const page = await adminPage(browser, { ctx, origin }, phone)
    await page.goto(`${origin}/pools`)
    await page.getByLabel('Name of a new pool').fill('Für unterwegs')
    await page.getByRole('button', { name: 'Make pool' }).tap()
    await page.waitForURL(/\/pools\/fur-unterwegs$/)
    const table = 'question,image\nHow many?,a.jpg\nWhere?,none.jpg\n'
    writeFileSync(join(folder, 'a.jpg'), await picture(7))
    writeFileSync(join(folder, 'rows.csv'), table)
    await page.getByLabel(/Pictures, or a zip/).setInputFiles([join(folder, 'a.jpg'), join(folder, 'rows.csv')])
    let failed = false
    await page.route('**/files/rows.csv*', (route) => (failed ? route.continue() : ((failed = true), route.abort())))
    await page.getByRole('button', { name: 'Upload' }).tap()
    await page.getByRole('button', { name: 'Go on' }).tap()
    await page.getByText('begins in a moment').waitFor()
    await workOff()
    await page.getByText('nothing added yet').waitFor()
    expect(await page.getByRole('table').textContent()).toMatch(/rows\.csv.*3.*there is no picture none\.jpg here/)
    expect(await isWide(page)).toBe(false)
    expect(await accessibilityFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Add good rows' }).tap()
    await page.getByText('begins in a moment').waitFor()
    await workOff()
    await expect.poll(() => cards(page).count(), { timeout: 5_000 }).toBe(1)
    await page.getByText('1 added, 0 known already, 1 bad').waitFor()

    await page.getByLabel(/Pictures, or a zip/).setInputFiles([join(folder, 'a.jpg')])
    await page.getByLabel('Question of pictures that have none').fill('What is this?')
    await page.getByRole('button', { name: 'Upload' }).tap()
    await page.getByText('begins in a moment').waitFor()
    await workOff()
    await expect.poll(() => cards(page).count(), { timeout: 5_000 }).toBe(2)
    await page.getByRole('button', { name: 'Settings' }).tap()
    await page.getByRole('button', { name: 'Delete with 2 queries' }).tap()
    await page.waitForURL(/\/pools$/)
    expect(await ctx.sql`select 1 from pools where slug = 'fur-unterwegs'`).toEqual([])
  },
)

test.each([
  ['on a wide screen', { viewport: { width: 1440, height: 900 } }],
  ['by touch on a phone', phone],
])('categories are proposed by rules, looked at, accepted and rejected, %s', { timeout: 60_000 }, async (_, screen) => {
  const slug = screen === phone ? 'sorted-small' : 'sorted-wide'
  const image = { bytes: await picture(3), source: 'walk', licence: 'CC0' }
  const questions = ['How many boats?', 'Which axis is labelled?', 'Write a haiku.', 'Is it dry?']
  const asked = questions.map((question, n) => ({
    key: `s${n}`,
    category: 'general' as const,
    language: 'en',
    question,
    image,
  }))
  await importPool(ctx, { slug, name: slug, licence: '' }, asked)
  const page = await adminPage(browser, { ctx, origin }, screen)
  const errors = recordErrors(page)
  await page.goto(`${origin}/pools/${slug}`)
  await page.getByRole('button', { name: 'Categories', exact: true }).click()
  await page.getByRole('button', { name: 'Propose by rules: 4 queries' }).dblclick()
  await page.getByText('3 proposed, 0 have what the rules say, 1 fit no rule.').waitFor()
  await page.getByText('The rules', { exact: true }).click()
  await page.getByRole('list', { name: 'Words that speak for Counting' }).getByText('how many').waitFor()
  await page.getByLabel('Words that speak for it').fill('Headcount')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('button', { name: 'Change headcount' }).click()
  await page.getByLabel('Words', { exact: true }).fill('tally')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Delete tally' }).click()
  await page.getByRole('button', { name: 'Delete tally' }).waitFor({ state: 'hidden' })
  expect(await isWide(page)).toBe(false)
  expect(await accessibilityFaults(page)).toEqual([])
  await photograph(page, screen === phone ? 390 : 1440, 'categories')

  await page.getByRole('link', { name: 'Look at them' }).click()
  await expect.poll(() => cards(page).count()).toBe(3)
  await page.getByText('General; Counting is proposed').waitFor()
  await cards(page).filter({ hasText: 'How many boats?' }).getByRole('button').click()
  await page.getByRole('dialog').getByText('Counting is proposed instead of General, for the words how many.').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Accept' }).click()
  await expect.poll(() => cards(page).count()).toBe(2)
  await page.getByRole('button', { name: 'Reject all' }).click()
  await expect.poll(() => cards(page).count()).toBe(0)
  const stored = await ctx.sql<{ category: string }[]>`
    select category from queries q join pools p on p.id = q.pool_id where p.slug = ${slug} order by q.key`
  expect(stored.map(({ category }) => category)).toEqual(['counting', 'general', 'general', 'general'])
  expect(errors).toEqual([])
})

/** Does what the server's worker would do. */
async function workOff() {
  const waiting = await ctx.sql<{ id: string }[]>`select id from query_imports where state = 'waiting'`
  for (const { id } of waiting) await carryOutImport(ctx, id)
}
