import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { arena } from '../support/arena.ts'
import { accessibilityFaults, openBrowser, recordErrors } from '../support/browser.ts'
import { servePages } from '../support/pages.ts'
import { writeRun } from '../support/write-run.ts'

let browser: Browser
let origin: string
let runId: number
const closers: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  browser = await openBrowser()
  closers.push(() => browser.close())
  const house = await arena({ models: [{ name: 'Molmo-72B' }, { name: 'Of our own' }] })
  runId = await writeRun(house, { model: 0, benchmark: 'chartqa', split: 'test', value: 0.5 })
  await writeRun(house, { model: 1, benchmark: 'chartqa', split: 'sample', value: 0.25 })
  const pages = await servePages(house.ctx)
  closers.unshift(() => pages.close())
  origin = pages.origin
})

afterAll(async () => {
  for (const close of closers) await close()
})

async function open(path: string, width: number, colorScheme: 'light' | 'dark' = 'light') {
  const viewport = { width, height: 900 }
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const errors = recordErrors(page)
  await page.goto(`${origin}${path}`, { waitUntil: 'networkidle' })
  return { page, errors, close: () => context.close() }
}

const views = ['/benchmarks', '/benchmarks/chartqa', '/leaderboard/reference', '/runs/1'].flatMap((path) => [
  { path, width: 1440, scheme: 'light' as const },
  { path, width: 390, scheme: 'dark' as const },
])

test.each(views)(
  '$path at $width px in $scheme: axe finds nothing and the page does not move sideways',
  async (view) => {
    const { page, errors, close } = await open(view.path, view.width, view.scheme)
    expect(await accessibilityFaults(page)).toEqual([])
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(view.width)
    expect(errors).toEqual([])
    await close()
  },
)

test('a benchmark shows its prompt to the letter, and a published score beside ours, never beside a sample', async () => {
  const { page, close } = await open('/benchmarks/chartqa', 1440)
  await page.getByText('Answer the question with a single word.', { exact: false }).first().waitFor()
  await page.getByText('asks for the style tag gets chart_qa: before the text').waitFor()
  const line = page.getByRole('row', { name: /Molmo-72B/ })
  expect(await line.textContent()).toMatch(/87\.3\s*50\.0\s*± 10\.0, n = 24/)
  expect(await line.getByRole('link').getAttribute('href')).toBe(`/runs/${runId}`)
  expect(await page.getByRole('row', { name: /GPT-4V/ }).textContent()).toContain('no run')
  expect(await page.getByRole('row', { name: /Of our own/ }).count()).toBe(0)
  expect(await page.getByRole('listitem').filter({ hasText: 'Of our own' }).textContent()).toMatch(/sample, n = 24/)
  await close()
})

test('the published table is sorted by keyboard, and shows 27 rows with the best of a column first', async () => {
  const { page, close } = await open('/leaderboard/reference', 1440)
  const names = page.locator('tbody th[scope="row"]')
  expect(await names.count()).toBe(27)
  expect(await names.first().textContent()).toContain('GPT-4o-0513')
  const column = page.getByRole('link', { name: 'DocVQA' })
  await column.focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/sort=docvqa/)
  await expect.poll(() => names.first().textContent()).toContain('Qwen2-VL-72B')
  expect(await page.locator('th[aria-sort]').textContent()).toContain('DocVQA')
  await page.getByRole('link', { name: 'Show in the paper’s groups' }).click()
  await expect.poll(() => page.locator('th[scope="rowgroup"]').allTextContents()).toHaveLength(4)
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download CSV' }).click()
  expect((await download).suggestedFilename()).toBe('molmo-paper.csv')
  await close()
})
