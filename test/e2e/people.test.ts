import { afterAll, beforeAll, expect, test } from 'vitest'
import { adminPage } from '../support/admin-page.ts'
import { openHouse } from '../support/open-house.ts'

let open: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  open = await openHouse({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 2 })
})
afterAll(() => open.close())

test('an admin invites a researcher, signs them out, lets them back in and disables them; a script gets a token', async () => {
  const { browser, origin, ctx } = open
  const page = await adminPage(browser, { ctx, origin })
  await page.goto(`${origin}/people`)
  await page.getByRole('button', { name: 'Make invite link' }).click()
  const link = await page.getByLabel('The link, shown once').inputValue()

  const visit = await browser.newContext()
  const guest = await visit.newPage()
  await guest.goto(link)
  await guest.getByLabel(/Your name/).fill('Ann Researcher')
  await guest.getByRole('button', { name: 'Sign in' }).click()
  await guest.waitForURL(`${origin}/`)
  await guest.getByRole('button', { name: 'Account of Ann Researcher' }).click()
  await guest.getByRole('link', { name: 'API tokens' }).click()
  await guest.getByLabel('What it is for').fill('CI')
  await guest.getByRole('button', { name: 'Make token' }).dblclick()
  const token = await guest.getByLabel('The token “CI”, shown once').inputValue()
  await guest.getByText('never used').waitFor()
  expect(await guest.getByRole('button', { name: /^Revoke/ }).count()).toBe(1)
  const asked = () => fetch(`${origin}/api/v1/studies`, { headers: { authorization: `Bearer ${token}` } })
  expect((await asked()).status).toBe(200)
  expect((await guest.goto(`${origin}/tokens`))!.headers()['cache-control']).toBe('no-store')

  await page.reload()
  await page.getByRole('button', { name: 'Change Ann Researcher' }).click()
  await page.getByRole('button', { name: 'Sign out everywhere' }).click()
  await page.getByText('Signed out everywhere.').waitFor()
  await page.getByRole('button', { name: 'Make a sign-in link' }).click()
  const way = await page.getByLabel(/It signs Ann Researcher in once/).inputValue()
  await guest.goto(way)
  await guest.getByRole('button', { name: 'Sign in' }).click()
  await guest.getByRole('button', { name: 'Account of Ann Researcher' }).waitFor()

  await page.getByRole('button', { name: 'Disable' }).click()
  await page.getByText('Disabled.').waitFor()
  expect((await asked()).status).toBe(401)
  await guest.reload()
  await guest.getByRole('link', { name: 'Leaderboard' }).first().waitFor()
  expect(await guest.getByRole('button', { name: /^Account of/ }).count()).toBe(0)
  await page.getByRole('button', { name: 'Delete the account' }).click()
  await page.getByRole('button', { name: 'Delete for good' }).click()
  await page.getByText('2 people').waitFor()
  expect(await page.getByText('Ann Researcher', { exact: true }).count()).toBe(0)
  await visit.close()
})
