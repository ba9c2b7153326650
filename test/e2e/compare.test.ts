import { afterAll, beforeAll, expect, test } from 'vitest'
import { adminPage, isWide, phone } from '../support/admin-page.ts'
import { accessibilityFaults } from '../support/browser.ts'
import { fillRun } from '../support/fill-run.ts'
import { openHouse } from '../support/open-house.ts'
import { photograph } from '../support/photograph.ts'
import { writeRun } from '../support/write-run.ts'

let open: Awaited<ReturnType<typeof openHouse>>
let runs: [number, number, number]

beforeAll(async () => {
  open = await openHouse({ models: [{ name: 'Ann' }, { name: 'Ben' }, { name: 'Cem' }], queries: 1 })
  const written = { benchmark: 'chartqa', split: 'val', value: 0.5 }
  const write = (model: number) => writeRun(open.house, { model, ...written })
  runs = [await write(0), await write(1), await write(2)]
  // 200 examples, two a picture; Ann is right on 150 of them, Ben on 90, Cem on the odd ones.
  const filled = (isRight: (k: number) => boolean) =>
    Array.from({ length: 200 }, (_, k) => ({
      id: `e${k}`,
      picture: `p${k >> 1}`,
      score: isRight(k) ? 1 : 0,
      answer: isRight(k) ? 'yes' : 'no',
      tags: [k % 3 === 0 ? 'human' : 'augmented'],
    }))
  await fillRun(
    open.ctx,
    runs[0],
    filled((k) => k % 4 !== 0),
  )
  await fillRun(
    open.ctx,
    runs[1],
    filled((k) => k < 90),
  )
  await fillRun(
    open.ctx,
    runs[2],
    filled((k) => k % 2 === 1),
  )
  await open.ctx.sql`update runs set code_version = '1' where id = ${runs[1]}`
})

afterAll(() => open.close())

test.each([
  ['wide', { viewport: { width: 1440, height: 900 } }, 1440],
  ['phone', phone, 390],
] as const)('two runs are chosen, compared and their flips opened: %s', async (_name, device, width) => {
  const { browser, ctx, origin } = open
  const page = await adminPage(browser, { ctx, origin }, device)
  const [a, b] = runs
  await page.goto(`${origin}/runs`)
  await page.getByRole('link', { name: 'Compare runs' }).click()
  await page.getByRole('heading', { name: 'Compare runs' }).waitFor()
  await page.getByRole('checkbox', { name: /^Ann/ }).check()
  expect(await page.getByRole('button', { name: 'Compare them' }).isDisabled()).toBe(true)
  await page.getByRole('checkbox', { name: /^Ben/ }).check()
  expect(await accessibilityFaults(page)).toEqual([])
  await photograph(page, width, 'compare-choose')
  await page.getByRole('button', { name: 'Compare them' }).dblclick()
  await page.waitForURL(/\/runs\/compare\?runs=\d+,\d+$/)
  // The list shows the newest first.
  await page.goto(`${origin}/runs/compare?runs=${a},${b}`)
  await page.getByRole('heading', { name: /^A is 30\.0 points better, 18\.\d to 41\.\d\.$/ }).waitFor()
  await page.getByText('A only right 83, B only right 23.').waitFor()
  await page.getByText('20 of 106, in the order of the data').waitFor()
  expect(await page.getByText('the runs also differ in Code').count()).toBe(1)
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  await photograph(page, width, 'compare-pair')
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await accessibilityFaults(page)).toEqual([])
  await page.emulateMedia({ colorScheme: 'light' })

  await page.getByRole('button', { name: 'B only right 23' }).dblclick()
  await page.getByText('20 of 23, in the order of the data').waitFor()
  await page.getByRole('button', { name: 'Show more' }).click()
  await page.getByText('23 of 23, in the order of the data').waitFor()
  await page.getByRole('link', { name: 'Open in A' }).first().click()
  await page.waitForURL(`${origin}/runs/${a}/e0`)
  await page.getByRole('link', { name: 'Compare', exact: true }).click()
  await page.waitForURL(`${origin}/runs/compare?runs=${a}`)
  expect(await page.getByRole('checkbox', { name: /^Ann/ }).isChecked()).toBe(true)
})

test('several runs make a matrix whose pairs open, and a run that is not there is said', async () => {
  const { browser, ctx, origin } = open
  const page = await adminPage(browser, { ctx, origin }, phone)
  const [a, b, c] = runs
  await page.goto(`${origin}/runs/compare?runs=${runs.join(',')}`)
  const pair = page.getByRole('link', { name: `Run ${a} less run ${b}: +30.0 points over 200 examples, separated` })
  await pair.waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  await photograph(page, 390, 'compare-matrix')
  await pair.tap()
  await page.getByRole('heading', { name: /^A is 30\.0 points better/ }).waitFor()

  await page.goto(`${origin}/runs/compare?runs=${c},${c}`)
  await page.getByText(`Run ${c} is named twice: name runs that differ.`).waitFor()
  await page.goto(`${origin}/runs/compare?runs=${c},99999`)
  await page.getByText('There is no run 99999').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
})
