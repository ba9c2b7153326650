import type { Browser, Page } from 'playwright'
import { beforeAll, expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { adminPage, isWide, phone } from '../support/admin-page.ts'
import { accessibilityFaults } from '../support/browser.ts'
import { itemIsOpen } from '../support/item-is-open.ts'
import { openHouse } from '../support/open-house.ts'

let browser: Browser
let origin: string
let ctx: Context
let study: { id: string; slug: string }

beforeAll(async () => {
  const opened = await openHouse({ models: ['Ann', 'Ben', 'Cas'].map((name) => ({ name })), queries: 30 })
  ;({ browser, ctx, origin } = opened)
  ;({ study } = opened.house)
  await ctx.sql`update studies set session_goal = 2`
  return opened.close
})

const addressFor = (pasted: string, id: string) =>
  pasted.replace('{{%PROLIFIC_PID%}}', id).replace('{{%STUDY_ID%}}', 'st').replace('{{%SESSION_ID%}}', `s-${id}`)

async function begin(page: Page, address: string) {
  await page.goto(address)
  await page.locator('main form button.primary:enabled').first().waitFor()
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Start rating' }).click()
  await itemIsOpen(page, 1)
}

test('an operator makes a panel on a phone; people come from it, finish with its code after a reload too, decline, or give the place back', async () => {
  const page = await adminPage(browser, { ctx, origin }, phone)
  await page.goto(`${origin}/studies/${study.slug}/raters`)
  await page.getByRole('link', { name: 'Panels' }).tap()
  await page.getByLabel('Completion code').fill('C1A2')
  await page.getByLabel('Address when done; empty on Prolific: its own').fill('http://panel.example')
  await page.getByRole('button', { name: 'Make the panel' }).tap()
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Address when done; empty on Prolific: its own').fill('')
  await page.getByRole('button', { name: 'Make the panel' }).dblclick()
  const field = page.getByLabel('Paste this at the panel; it is shown once')
  await field.waitFor()
  const pasted = await field.inputValue()
  expect(pasted).toContain('PROLIFIC_PID={{%PROLIFIC_PID%}}')
  expect(await ctx.sql`select 1 from panels`).toHaveLength(1)
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)

  const rater = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
  await rater.goto(pasted)
  await rater.getByText('Open the study from your panel again').waitFor()
  await begin(rater, addressFor(pasted, 'p1'))
  for (const item of [1, 2]) {
    await itemIsOpen(rater, item)
    await rater.keyboard.press('3')
  }
  await rater.getByText('Your completion code: C1A2').waitFor()
  expect(await accessibilityFaults(rater)).toEqual([])
  await rater.reload()
  const back = rater.getByRole('link', { name: 'Back to the panel' })
  expect(await back.getAttribute('href')).toBe('https://app.prolific.com/submissions/complete?cc=C1A2')

  const second = await (await browser.newContext(phone)).newPage()
  await second.goto(addressFor(pasted, 'p2'))
  await second.locator('main form button.primary:enabled').first().waitFor()
  expect(await accessibilityFaults(second)).toEqual([])
  expect(await isWide(second)).toBe(false)
  await second.getByRole('button', { name: 'Start rating' }).tap()
  await second.getByText('Tick the box first').waitFor()
  await second.getByRole('button', { name: 'I do not agree' }).tap()
  await second.getByText('Please return your place on the panel.').waitFor()

  const third = await (await browser.newContext(phone)).newPage()
  await begin(third, addressFor(pasted, 'p3'))
  await third.getByRole('button', { name: 'More', exact: true }).tap()
  await third.getByRole('button', { name: 'Stop for good' }).tap()
  const dialog = third.getByRole('dialog', { name: 'Stop for good?' })
  await dialog.waitFor()
  expect(await accessibilityFaults(third)).toEqual([])
  await dialog.getByRole('button', { name: 'Give my place back' }).dblclick()
  await dialog.getByText('Your place was given back').waitFor()

  await page.getByRole('link', { name: 'Prolific' }).tap()
  await page.getByRole('button', { name: 'Take the place of p3 back' }).tap()
  await page.getByRole('button', { name: 'p3 returned the place' }).waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  await third.goto(addressFor(pasted, 'p3'))
  await third.getByText('You have been here before').waitFor()
  await third.getByRole('button', { name: 'Go on rating' }).tap()
  await itemIsOpen(third, 1)
  await page.getByRole('button', { name: 'Stop it' }).tap()
  await page.getByText('It lets nobody new in.').waitFor()
  await page.getByLabel('Places').fill('7')
  await page.getByRole('button', { name: 'Save changes' }).tap()
  await page.getByText('Saved.').waitFor()
  expect(await ctx.sql`select places, stopped_at is not null as stopped from panels`).toEqual([
    { places: 7, stopped: true },
  ])
})
