import type { Browser } from 'playwright'
import { beforeAll, expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { carryOutAnswerImport } from '#server/responses/imports/carry-out-import.ts'
import { adminPage, isWide, phone } from '../support/admin-page.ts'
import { accessibilityFaults } from '../support/browser.ts'
import { openHouse } from '../support/open-house.ts'

let browser: Browser
let origin: string
let ctx: Context
let slug: string

beforeAll(async () => {
  const opened = await openHouse({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 4 }, (ctx) => ({
    ...ctx,
    jobs: {
      ...ctx.jobs,
      async enqueue(name: string, data: object) {
        if (name === 'import-answers') void carryOutAnswerImport(ctx, (data as { id: string }).id)
      },
    },
  }))
  ;({ browser, ctx, origin } = opened)
  const { house } = opened
  ;({ slug } = house.study)
  await ctx.sql`
    with failed as (
      update calls set state = 'error', error_class = 'server', error_message = 'The server said 502'
      where position = 1 and plan_id = (select plan_id from collections where model_id = ${house.modelIds[0]!})
      returning id
    )
    update responses set status = 'error', text = null where call_id in (select id from failed)`
  return opened.close
})

const answers = (rows: object[]) => ({
  name: 'orca.jsonl',
  mimeType: 'application/x-ndjson',
  buffer: Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')),
})

test('a phone collects again what failed, imports answers without their bad row, and takes the model out', async () => {
  const page = await adminPage(browser, { ctx, origin }, phone)
  await page.goto(`${origin}/studies/${slug}`)
  await page.getByText('The server said 502').first().waitFor()
  await page.getByRole('button', { name: 'Collect again what failed' }).dblclick()
  await page.getByText('1 question asked once more.').waitFor()
  expect(await ctx.sql`select 1 from calls where state = 'pending'`).toHaveLength(1)
  await page.getByRole('link', { name: 'Import, collect' }).tap()
  await page.getByRole('heading', { name: 'Import answers made elsewhere' }).waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)

  await page.getByLabel('A JSON Lines, JSON, CSV or Parquet file').setInputFiles(
    answers([
      { key: 'q00000', response: 'Two boats.' },
      { key: 'none', response: 'Whose?' },
      { question: 'Question 1?', response: 'I am Orca 7B.' },
    ]),
  )
  await page.getByLabel('Model', { exact: true }).fill('Orca 7B')
  const box = await page.getByRole('button', { name: 'Upload' }).boundingBox()
  expect(box!.height).toBeGreaterThanOrEqual(44)
  await page.getByRole('button', { name: 'Upload' }).dblclick()
  await page.getByText('the pool has no query with the key none').waitFor()
  await page.reload()
  await page.getByText('nothing added yet').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  await page.getByRole('button', { name: 'Add good rows' }).tap()
  await page.getByText('2 added, 0 known already, 1 bad, 1 held · Orca 7B').waitFor()
  expect(await ctx.sql`select 1 from answer_imports`).toHaveLength(1)
  await page.getByRole('button', { name: 'Remove Orca 7B' }).tap()
  await page.getByRole('button', { name: 'Remove it' }).dblclick()
  await page.getByRole('button', { name: 'Remove Orca 7B' }).waitFor({ state: 'detached' })
  expect(await ctx.sql`select 1 from study_models where endpoint_id is null`).toEqual([])
})

test('an upload that the network breaks off goes on where it was, and what was typed stays', async () => {
  const page = await adminPage(
    browser,
    { ctx, origin },
    { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
  )
  await page.goto(`${origin}/studies/${slug}/answers`)
  await page.getByLabel('Model', { exact: true }).fill('Seal')
  await page
    .getByLabel('A JSON Lines, JSON, CSV or Parquet file')
    .setInputFiles(answers([{ key: 'q00000', response: 'Three boats.' }]))
  let cut = true
  await page.route('**/answer-imports/*/files/**', (route) => (cut ? route.abort() : route.continue()))
  await page.getByRole('button', { name: 'Upload' }).click()
  await page.getByRole('alert').waitFor()
  cut = false
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByText('1 added, 0 known already · Seal').waitFor()
  expect(await page.getByLabel('Model', { exact: true }).inputValue()).toBe('Seal')
  expect(await accessibilityFaults(page)).toEqual([])
})
