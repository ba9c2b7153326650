import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { RunSummary } from '#server/runs/schema.ts'
import { adminPage, isWide, phone } from '../support/admin-page.ts'
import { arena, type Arena } from '../support/arena.ts'
import { accessibilityFaults, openBrowser } from '../support/browser.ts'
import { servePages } from '../support/pages.ts'
import { photograph } from '../support/photograph.ts'

let browser: Browser
let house: Arena
let origin: string
let endpoint: string
let runs: number[]
const closers: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  browser = await openBrowser()
  closers.push(() => browser.close())
  house = await arena({ models: [{ name: 'Ann' }], queries: 1 })
  const pages = await servePages(house.ctx)
  closers.unshift(() => pages.close())
  ;({ origin } = pages)
  const described = { model: 'M', remoteModel: 'm', baseUrl: 'https://api.example.com/v1' }
  endpoint = (await house.asAdmin.post('/api/v1/endpoints', described)).json<{ id: string }>().id
  const tasks = ['ai2d', 'chartqa', 'docvqa'].map((benchmark) => ({ benchmark, split: 'sample' }))
  const started = await house.asAdmin.post(`/api/v1/endpoints/${endpoint}/runs`, { tasks })
  runs = z
    .array(RunSummary)
    .parse(started.json())
    .map(({ id }) => id)
})

afterAll(async () => {
  for (const close of closers) await close()
})

const smallest = (page: Awaited<ReturnType<typeof adminPage>>, what: string) =>
  page
    .locator(what)
    .evaluateAll((all) =>
      Math.min(...all.map((one) => (one as unknown as { offsetHeight: number }).offsetHeight || 99)),
    )

test('a phone puts the queue of runs in order, holds a run and ends one, each once', async () => {
  const page = await adminPage(browser, { ctx: house.ctx, origin }, phone)
  await page.goto(`${origin}/runs`)
  await page.getByRole('link', { name: 'Queue', exact: true }).tap()
  const order = () => page.locator('main .pane .name a').allInnerTexts()
  await page.getByText('0 running, 3 waiting, 0 paused.').waitFor()
  expect(await order()).toEqual(['AI2D, sample', 'ChartQA, sample', 'DocVQA, sample'])
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  expect(await smallest(page, 'main .acts .btn')).toBeGreaterThanOrEqual(44)

  await page.getByRole('button', { name: /^Move DocVQA, sample.* up$/ }).dblclick()
  await expect.poll(order).toEqual(['AI2D, sample', 'DocVQA, sample', 'ChartQA, sample'])
  await page.getByRole('button', { name: /^Put ChartQA, sample.* first$/ }).tap()
  await expect.poll(order).toEqual(['ChartQA, sample', 'AI2D, sample', 'DocVQA, sample'])

  await page.context().setOffline(true)
  await page.getByRole('button', { name: /^Pause AI2D, sample/ }).tap()
  await page.getByText('The server cannot be reached.').first().waitFor()
  await page.context().setOffline(false)
  await page.getByRole('button', { name: /^Pause AI2D, sample/ }).dblclick()
  await page.getByText('paused by hand').waitFor()
  await photograph(page, 390, 'run-queue')
  await page.reload()
  await page.getByRole('button', { name: /^Resume AI2D, sample/ }).waitFor()

  await page.getByRole('button', { name: /^End DocVQA, sample/ }).tap()
  await page.getByRole('button', { name: 'End it' }).dblclick()
  await expect.poll(order).toEqual(['ChartQA, sample', 'AI2D, sample'])
  const states = await house.ctx.sql`select status from runs where id = any(${runs}) order by id`
  expect(states.map(({ status }) => status as string)).toEqual(['preparing', 'preparing', 'cancelled'])
})

test('what a second tab ended is said in the first, and is gone from it', async () => {
  const page = await adminPage(browser, { ctx: house.ctx, origin }, { viewport: { width: 1440, height: 900 } })
  await page.goto(`${origin}/runs/queue`)
  await page.getByRole('button', { name: /^End ChartQA, sample/ }).click()
  await photograph(page, 1440, 'run-queue')
  await house.asAdmin.post(`/api/v1/runs/${runs[1]}/cancel`)
  await page.getByRole('button', { name: 'End it' }).click()
  await page.getByRole('alert').first().waitFor()
  await page.getByRole('button', { name: 'Keep it' }).click()
  await page.getByRole('link', { name: 'ChartQA, sample' }).waitFor({ state: 'detached' })
})

test('the page of an endpoint has its parts as links on a phone, and folds what is seldom wanted', async () => {
  const page = await adminPage(browser, { ctx: house.ctx, origin }, phone)
  await page.goto(`${origin}/endpoints/${endpoint}`)
  await page.getByRole('heading', { name: 'Over the benchmarks' }).waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  expect(await smallest(page, 'nav[aria-label="On this page"] a')).toBeGreaterThanOrEqual(44)
  const limit = page.getByLabel('Requests at once')
  expect(await limit.isVisible()).toBe(false)
  await photograph(page, 390, 'endpoint-parts')
  await page.getByRole('button', { name: 'Show Limits' }).tap()
  await limit.fill('3')
  await page.getByRole('button', { name: 'Hide Limits' }).tap()
  await page.getByRole('button', { name: 'Show Limits' }).tap()
  expect(await limit.inputValue()).toBe('3')
  await page.getByRole('navigation', { name: 'On this page' }).getByRole('link', { name: 'Start runs' }).tap()
  await expect.poll(() => page.getByRole('heading', { name: 'Start runs' }).isVisible()).toBe(true)
  const wide = await adminPage(browser, { ctx: house.ctx, origin }, { viewport: { width: 1440, height: 900 } })
  await wide.goto(`${origin}/endpoints/${endpoint}`)
  await wide.getByLabel('Requests at once').waitFor()
  expect(await wide.getByRole('button', { name: 'Show Limits' }).isVisible()).toBe(false)
  await photograph(wide, 1440, 'endpoint-parts')
})
