import type { Browser, Page } from 'playwright'
import { beforeAll, expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { createPersonalLinks } from '#server/links/personal-links.ts'
import { createRaterLink } from '#server/links/service.ts'
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
  return opened.close
})

async function sharedLink(): Promise<string> {
  return (await createRaterLink(ctx, study.id, { maxUses: 20, days: 1, cohort: 'shared' }, origin)).url
}

async function personalLink(label: string): Promise<string> {
  const made = await createPersonalLinks(ctx, study.id, { people: 1, labels: [label], days: 9, cohort: 'own' }, origin)
  return made.links[0]!.url
}

async function start(page: Page, url: string, button = 'Start rating'): Promise<void> {
  await page.goto(url)
  await page.locator('main form button.primary:enabled').first().waitFor()
  const consent = page.getByRole('checkbox')
  if (await consent.isVisible()) await consent.check()
  await page.getByRole('button', { name: button }).click()
  await page.getByRole('button', { name: /A is better/ }).waitFor()
}

async function vote(page: Page, item: number): Promise<void> {
  await itemIsOpen(page, item)
  await page.keyboard.press('1')
  await page.getByText(`Saved, item ${item}`).first().waitFor()
}

const raters = async () => (await ctx.sql`select 1 from enrolments`).length

test('on a phone whoever joins by the shared link is told their own address once, finds it under More, and comes back by it on another phone', async () => {
  const context = await browser.newContext(phone)
  const page = await context.newPage()
  await start(page, await sharedLink())
  const note = page.getByRole('region', { name: 'Your own address' })
  await page.getByRole('button', { name: 'Answer B' }).tap()
  await page.locator('button.verdict[aria-disabled="false"]').first().waitFor()
  await page.getByRole('button', { name: /Both bad/ }).tap()
  await note.waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  const address = await note.getByRole('textbox').inputValue()
  expect(address).toMatch(/\/join\/[\w-]{22}$/)
  await page.reload()
  await note.getByRole('button', { name: 'Close' }).tap()
  await page.reload()
  await page.getByRole('button', { name: /A is better/ }).waitFor()
  expect(await note.isVisible()).toBe(false)
  await page.getByRole('button', { name: 'More', exact: true }).tap()
  await page.getByRole('button', { name: 'Your own address' }).tap()
  const dialog = page.getByRole('dialog', { name: 'Your own address' })
  expect(await dialog.getByRole('textbox').inputValue()).toBe(address)
  expect(await accessibilityFaults(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Make a new address' }).dblclick()
  await expect.poll(() => dialog.getByRole('textbox').inputValue()).not.toBe(address)
  const renewed = await dialog.getByRole('textbox').inputValue()
  await context.close()

  const before = await raters()
  const other = await (await browser.newContext(phone)).newPage()
  await other.goto(address)
  await other.getByText('It was taken back. Ask whoever sent it for a new one').waitFor()
  await other.goto(renewed)
  await other.getByText('This link is yours alone.').waitFor()
  expect(await accessibilityFaults(other)).toEqual([])
  expect(await isWide(other)).toBe(false)
  await other.getByRole('button', { name: 'Go on rating' }).dblclick()
  await itemIsOpen(other, 2)
  expect(await raters()).toBe(before)
  await other.context().close()
})

test('on a shared computer a vote that waits stays the first rater’s: the second’s link switches, and the first sends it when they are back', async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  const [ana, ben] = [await personalLink('Ana'), await personalLink('Ben')]
  await start(page, ana)
  await vote(page, 1)
  await itemIsOpen(page, 2)
  await page.route('**/vote', (route) => route.abort())
  await page.keyboard.press('2')
  await page.getByText('Offline. 1 vote kept here').first().waitFor()
  page.on('dialog', (dialog) => void dialog.accept())
  await page.goto(ben)
  await page.getByText('A rater is signed in in this browser.').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.unroute('**/vote')
  await start(page, ben, 'Not you? Start as somebody else')
  await page.getByText('1 vote of another rater kept on this device.').waitFor()
  await vote(page, 1)
  const byRater = () => ctx.sql<{ votes: number }[]>`
    select count(*)::int as votes from votes v join enrolments e using (rater_id) where e.cohort = 'own'
    group by v.rater_id, e.created_at order by e.created_at`
  expect(await byRater()).toEqual([{ votes: 1 }, { votes: 1 }])

  await page.goto(ana)
  await page.getByText('Another rater is signed in in this browser.').waitFor()
  await page.getByRole('button', { name: 'Go on rating' }).click()
  await expect.poll(async () => (await byRater())[0]!.votes).toBe(2)
  await context.close()
})

test('a rater signs out under More, and nothing in the browser leads back to them but their own address', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  await start(page, await sharedLink())
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('button', { name: 'Not you? Sign out' }).click()
  const dialog = page.getByRole('dialog', { name: 'Sign out of rating?' })
  await dialog.waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  const address = await dialog.getByRole('textbox').inputValue()
  await page.route('**/session', (route) => route.abort())
  await dialog.getByRole('button', { name: 'Sign out' }).click()
  await dialog.getByRole('alert').waitFor()
  await page.unroute('**/session')
  await dialog.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(`${origin}/`)
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('/join/')
  await page.goto(`${origin}/rate/${study.slug}`)
  await page.getByText('Raters come in by an invite link.').waitFor()
  await start(page, address, 'Go on rating')
  await context.close()
})

test('an operator makes links for a list of people on a phone, is shown them once, takes one back, and gives a rater a new way back', async () => {
  const page = await adminPage(browser, { ctx, origin }, phone)
  await page.goto(`${origin}/studies/${study.slug}/raters`)
  await page.getByRole('link', { name: 'Personal links' }).tap()
  await page.getByLabel(/For whom/).fill('Zoe Park\n\n  Yan Li  \n')
  await page.getByRole('button', { name: 'Make 2 links' }).dblclick()
  const lines = page.getByLabel(/2 links, shown once/)
  await lines.waitFor()
  expect(await lines.inputValue()).toMatch(/^Zoe Park\thttp\S+\nYan Li\thttp\S+$/)
  expect(await ctx.sql`select 1 from links where label in ('Zoe Park', 'Yan Li')`).toHaveLength(2)
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  await page.getByRole('button', { name: 'Take back the link of Zoe Park' }).tap()
  await page.getByRole('link', { name: /^Taken back/ }).tap()
  await page.getByText('Zoe Park').waitFor()
  await page.goto(`${origin}/studies/${study.slug}/raters`)
  await page.getByRole('link', { name: 'Rater 1', exact: true }).tap()
  await page.getByRole('button', { name: 'Make a return address' }).tap()
  const url = await page.getByLabel('The address, shown once').inputValue()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  const rater = await (await browser.newContext()).newPage()
  await start(rater, url, 'Go on rating')
  await rater.context().close()
})

test('guidelines come from the server with their numbers, pay and contact; the strip says the time left, and a pause what was done', async () => {
  const told = { guidelines: 'Do:\n\n1. Look\n2. Read\n\n## Example\n\nA mug.', pay: '£3', contact: 'ask@example.org' }
  await ctx.sql`update studies set ${ctx.sql(told)}, sitting_minutes = 20`
  const context = await browser.newContext(phone)
  const page = await context.newPage()
  await page.goto(await sharedLink())
  await page.getByText('about 20 minutes for a sitting').waitFor()
  await page.getByText('ask@example.org').waitFor()
  expect(await page.locator('ol li').allInnerTexts()).toEqual(['Look', 'Read'])
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  await page.setViewportSize({ width: 1280, height: 800 })
  await start(page, await sharedLink())
  for (const item of [1, 2, 3]) await vote(page, item)
  await page.getByText(/^about \d+ min$/).waitFor()
  await ctx.sql`update studies set guidelines = '1. Look twice'`
  await page.getByRole('button', { name: 'Guidelines' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Guidelines' })
  await dialog.getByText('Look twice').waitFor()
  await dialog.getByText('£3').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await context.setOffline(true)
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'Guidelines' }).first().click()
  await dialog.getByText('Look twice').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await context.setOffline(false)
  await page.getByRole('button', { name: 'Pause' }).first().click()
  await page.getByText(/You so far: 3 verdicts in 1 sitting on 1 day/).waitFor()
  await context.close()
})

test('a personal link that is taken back tells its open page so and keeps the vote given there; given anew it sends that vote', async () => {
  const url = await personalLink('Dora')
  const context = await browser.newContext(phone)
  const page = await context.newPage()
  await start(page, url)
  const operator = await adminPage(browser, { ctx, origin })
  await operator.goto(`${origin}/studies/${study.slug}/raters/links`)
  await operator.getByRole('button', { name: 'Take back the link of Dora' }).dblclick()
  const again = operator.getByRole('button', { name: 'Give anew the link of Dora' })
  await again.waitFor()
  expect(await operator.getByRole('dialog').count()).toBe(0)

  await page.getByRole('button', { name: 'Answer B' }).tap()
  await page.locator('button.verdict[aria-disabled="false"]').first().waitFor()
  await page.getByRole('button', { name: /Both bad/ }).tap()
  await page.getByText(/Your link was taken back, and you are signed out.*: the vote kept here/).waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  expect(await isWide(page)).toBe(false)
  await page.reload()
  await page.getByText('Your link was taken back.').waitFor()
  await page.getByText(/Ask the person who runs the study for a new link/).waitFor()

  await again.dblclick()
  const given = operator.getByRole('dialog', { name: 'Give the link of Dora anew' })
  await given.getByRole('button', { name: 'Make the new address' }).dblclick()
  const address = await given.getByRole('textbox').inputValue()
  expect(address).not.toBe(url)
  expect(await accessibilityFaults(operator)).toEqual([])
  await operator.context().close()

  await page.goto(address)
  await page.getByRole('button', { name: 'Go on rating' }).tap()
  await page.getByText('Saved, item 1').first().waitFor()
  await context.close()
})
