import type { Browser, BrowserContextOptions, Page } from 'playwright'
import { beforeAll, expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { createAdminLink, createRaterLink } from '#server/links/service.ts'
import { accessibilityFaults } from '../support/browser.ts'
import { openHouse } from '../support/open-house.ts'
import { openAnother } from '../support/people.ts'

let browser: Browser
let origin: string
let ctx: Context
let slug: string
let studyId: string

beforeAll(async () => {
  const opened = await openHouse({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 24 })
  ;({ browser, ctx, origin } = opened)
  const { house } = opened
  ;({ slug } = house.study)
  studyId = house.study.id
  return opened.close
})

async function signIn(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  await page.goto(url)
  const agree = page.getByRole('checkbox')
  await page.getByRole('heading', { level: 1 }).waitFor()
  if ((await agree.count()) > 0) await agree.check()
  await page.locator('form button, main button').last().click()
  await page.waitForURL((at) => !at.pathname.startsWith('/join'))
  return page
}

test('an operator closes a study on its page, and an open rating page says so and keeps what was given', async () => {
  const admin = await signIn((await createAdminLink(ctx, origin)).url, { viewport: { width: 390, height: 844 } })
  const invitation = await createRaterLink(ctx, studyId, { maxUses: 5, days: 1, cohort: 'test' }, origin)
  const rater = await signIn(invitation.url)
  await rater.getByRole('button', { name: /Both good/ }).waitFor()

  await admin.goto(`${origin}/studies/${slug}`)
  await admin.getByRole('button', { name: 'Pause' }).click()
  await admin.getByRole('button', { name: 'Pause it' }).click()
  await admin.getByRole('button', { name: 'Go on' }).waitFor()
  const another = await signIn(invitation.url)
  await another.getByRole('heading', { name: 'This study is paused' }).waitFor()

  await admin.getByRole('button', { name: 'Close the study' }).click()
  expect(await admin.getByRole('dialog').textContent()).toMatch(/0 votes stand as they are.*does not count/)
  expect(await accessibilityFaults(admin)).toEqual([])
  await admin.getByRole('button', { name: 'Close it' }).click()
  await admin.getByRole('button', { name: 'Open again' }).waitFor()

  await rater.waitForTimeout(1_200)
  await rater.keyboard.press('3')
  await rater.getByRole('heading', { name: 'This study is closed' }).waitFor()
  await expect.poll(() => ctx.sql`select counted, late from votes`).toEqual([{ counted: false, late: true }])

  await rater.reload()
  await rater.getByRole('heading', { name: 'This study is closed' }).waitFor()

  await admin.getByRole('button', { name: 'Open again' }).click()
  await admin.getByRole('button', { name: 'Open it again' }).click()
  await admin.getByRole('button', { name: 'Close the study' }).waitFor()
})

test('what a change means is said, and made when it is confirmed', async () => {
  const admin = await signIn((await createAdminLink(ctx, origin)).url, { viewport: { width: 390, height: 844 } })
  // Filled while the page's script takes over, a field would get the digits beside the old ones.
  await admin.goto(`${origin}/studies/${slug}`, { waitUntil: 'networkidle' })
  await admin.getByText(/votes are missing, and none came/).waitFor()
  await admin.getByLabel('Votes for each pair').fill('460')
  await admin.getByRole('button', { name: 'Save changes' }).click()
  await admin.getByRole('listitem').filter({ hasText: 'The one pair takes 10 votes more' }).waitFor()
  expect(await accessibilityFaults(admin)).toEqual([])
  await admin.getByRole('button', { name: 'Change it' }).click()
  await admin.getByText('Saved.').waitFor()
  expect(await ctx.sql`select quota_per_pair as quota from studies where slug = ${slug}`).toEqual([{ quota: 460 }])
  const wide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'
  expect(await admin.evaluate(wide)).toBe(false)
})

test('what is typed before the script of the page has come is kept', async () => {
  const admin = await signIn((await createAdminLink(ctx, origin)).url)
  const { promise: scriptMayCome, resolve: letScriptCome } = Promise.withResolvers<true>()
  await admin.route('**/*.js', async (route) => {
    await scriptMayCome
    await route.continue()
  })
  await admin.goto(`${origin}/studies/${slug}`, { waitUntil: 'commit' })
  await admin.getByLabel('Name', { exact: true }).fill('A better name')
  await admin.getByLabel('Items in a sitting').fill('77')
  await admin.getByLabel('Guidelines, in Markdown').fill('Look twice.')
  letScriptCome(true)
  await admin.getByRole('button', { name: 'Save changes' }).click()
  await admin.getByRole('button', { name: 'Change it' }).click()
  await admin.getByText('Saved.').waitFor()
  expect(await ctx.sql`select name, session_goal as goal, guidelines from studies where slug = ${slug}`).toEqual([
    { name: 'A better name', goal: 77, guidelines: 'Look twice.' },
  ])
})

test('a draft is opened or deleted on its page', async () => {
  const admin = await signIn((await createAdminLink(ctx, origin)).url)
  const draft = await openAnother(ctx, 'A draft')
  await ctx.sql`update studies set status = 'draft' where id = ${draft.id}`
  await admin.goto(`${origin}/studies/${draft.slug}`)
  expect(await admin.getByRole('link', { name: 'Rate', exact: true }).count()).toBeLessThan(2)
  await admin.getByRole('button', { name: 'Delete the draft' }).click()
  await admin.getByRole('button', { name: 'Delete it' }).click()
  await admin.waitForURL(`${origin}/studies`)
  expect(await admin.getByRole('link', { name: 'A draft' }).count()).toBe(0)
})

test('an invite link is made on the page, listed, and taken back: whoever opens it then is told', async () => {
  const admin = await signIn((await createAdminLink(ctx, origin)).url, { viewport: { width: 390, height: 844 } })
  await admin.goto(`${origin}/studies/${slug}`)
  const open = admin.getByRole('button', { name: 'Take back' })
  const before = await open.count()
  await admin.getByLabel('People').fill('3')
  await admin.getByRole('button', { name: 'Make invite link' }).click()
  const url = await admin.getByLabel('The link, shown once').inputValue()
  await expect.poll(() => open.count()).toBe(before + 1)
  expect(await accessibilityFaults(admin)).toEqual([])
  await open.first().dblclick()
  await expect.poll(() => open.count()).toBe(before)
  const stranger = await (await browser.newContext()).newPage()
  await stranger.goto(url)
  await stranger.getByText('This link lets nobody in any more: It was taken back').waitFor()
})

test('a closed study is archived, taken back, and deleted with its votes once its name is typed', async () => {
  const admin = await signIn((await createAdminLink(ctx, origin)).url, { viewport: { width: 390, height: 844 } })
  const ended = await openAnother(ctx, 'Ended')
  await ctx.sql`update studies set status = 'closed' where id = ${ended.id}`
  await admin.goto(`${origin}/studies/${ended.slug}`)
  await admin.getByRole('button', { name: 'Archive' }).click()
  await admin.getByRole('button', { name: 'Archive it' }).click()
  await admin.getByRole('button', { name: 'Take back' }).last().waitFor()
  expect(await admin.getByRole('button', { name: 'Open again' }).count()).toBe(0)
  await admin.goto(`${origin}/studies`)
  await admin.getByText('archived', { exact: true }).waitFor()
  await admin.getByRole('link', { name: 'Ended', exact: true }).click()
  await admin.locator('.acts').getByRole('button', { name: 'Take back' }).click()
  await admin.getByRole('button', { name: 'Take it back' }).click()
  await admin.getByRole('button', { name: 'Open again' }).waitFor()

  await admin.getByRole('button', { name: 'Delete', exact: true }).click()
  expect(await admin.getByRole('dialog').textContent()).toMatch(/0 votes, all battles.*audit trail stay/)
  const deletes = admin.getByRole('button', { name: 'Delete it for good' })
  await admin.getByLabel('Type its name').fill('Ende')
  expect(await deletes.isDisabled()).toBe(true)
  await admin.getByLabel('Type its name').fill('Ended')
  expect(await accessibilityFaults(admin)).toEqual([])
  await deletes.click()
  await admin.waitForURL(`${origin}/studies`)
  expect(await ctx.sql`select 1 from studies where id = ${ended.id}`).toEqual([])
})
