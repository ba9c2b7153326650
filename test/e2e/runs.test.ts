import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { adminPage, isWide, phone } from '../support/admin-page.ts'
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
  house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 4 })
  const pages = await servePages(house.ctx)
  closers.push(
    () => pages.close(),
    () => browser.close(),
  )
  origin = pages.origin
})

afterAll(async () => {
  for (const close of closers) await close()
})

test('a run is accepted, taken off the boards, put back and deleted on its page, each once', async () => {
  const id = await writeRun(house, { model: 0, benchmark: 'chartqa', split: 'test', value: 0.5, status: 'incomplete' })
  const page = await adminPage(browser, { ctx: house.ctx, origin }, phone)
  await page.goto(`${origin}/runs/${id}`)
  await page.getByRole('button', { name: 'Accept as it is' }).dblclick()
  await page.getByRole('button', { name: 'Take off the boards' }).tap()
  const off = page.getByRole('button', { name: 'Take it off' })
  expect(await off.isDisabled()).toBe(true)
  await page.getByLabel('Why, as its page will say').fill('The key was that of another model.')
  expect(await accessibilityFaults(page)).toEqual([])
  await off.dblclick()
  await page.getByText(/^Off the boards since .*: The key was that of another model\.$/).waitFor()
  await page.reload()
  await page.getByRole('button', { name: 'Put back on the boards' }).tap()
  await page.getByRole('button', { name: 'Take off the boards' }).waitFor()
  expect(await isWide(page)).toBe(false)
  const lowest = await page
    .locator('section[aria-labelledby=standing] .btn')
    .evaluateAll((buttons) =>
      Math.min(...buttons.map((button) => (button as unknown as { offsetHeight: number }).offsetHeight)),
    )
  expect(lowest).toBeGreaterThanOrEqual(44)

  await page.getByRole('button', { name: `Delete run ${id}` }).tap()
  await page.getByRole('button', { name: 'Delete it' }).dblclick()
  await page.waitForURL(`${origin}/runs`)
  expect(await house.ctx.sql`select id from runs where id = ${id}`).toEqual([])
  expect(await house.ctx.sql`select action from audit_events where subject = ${`run:${id}`} order by id`).toEqual([
    { action: 'run.finalised' },
    { action: 'run.withdrawn' },
    { action: 'run.restored' },
    { action: 'run.deleted' },
  ])
})

test('a lost network leaves the run as it was, and says so', async () => {
  const id = await writeRun(house, { model: 0, benchmark: 'chartqa', split: 'test', value: 0.5 })
  const page = await adminPage(browser, { ctx: house.ctx, origin }, phone)
  await page.goto(`${origin}/runs/${id}`)
  await page.getByRole('button', { name: `Delete run ${id}` }).tap()
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Delete it' }).tap()
  await page.getByText('The server cannot be reached.').first().waitFor()
  await page.context().setOffline(false)
  expect(await house.ctx.sql`select id from runs where id = ${id}`).toEqual([{ id }])
})

test("a server's score that was attached by mistake is taken off on the page", async () => {
  const id = await writeRun(house, { model: 0, benchmark: 'docvqa', split: 'test', value: 0.5 })
  await house.ctx.sql`
    insert into server_scores (run_id, server, phase, date, file_name, file_sha256, file_matches_run, score_text, scores)
    values (${id}, 'The server', 'test', '2026-03-14', 'own.json', 'ab12', true, 'ANLS 0.99', '[]')`
  const page = await adminPage(browser, { ctx: house.ctx, origin }, phone)
  await page.goto(`${origin}/runs/${id}`)
  await page.getByText('What the server said').tap()
  await page.getByRole('button', { name: 'Attached by mistake…' }).tap()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Take it off' }).dblclick()
  await page.getByText('What the server said').waitFor({ state: 'detached' })
  expect(await house.ctx.sql`select id from server_scores where run_id = ${id}`).toEqual([])
})

test('a visitor is offered none of it', async () => {
  const id = await writeRun(house, { model: 0, benchmark: 'chartqa', split: 'test', value: 0.5 })
  const page = await browser.newPage()
  await page.goto(`${origin}/runs/${id}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  expect(await page.getByRole('heading', { name: 'Boards and end' }).count()).toBe(0)
  await page.close()
})
