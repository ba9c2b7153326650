import type { Browser, Page } from 'playwright'
import { beforeAll, expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { createRaterLink } from '#server/links/service.ts'
import { isWide } from '../support/admin-page.ts'
import { accessibilityFaults } from '../support/browser.ts'
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

const languageOf = (page: Page) => page.evaluate<string>('document.documentElement.lang')

test.each([
  ['de', 1440, 'A ist besser', 'es', 'A es mejor'],
  ['es', 390, 'A es mejor', 'de', 'A ist besser'],
] as const)(
  'a browser that asks for %s gets it from the first byte, at %i px; another choice stays, also in another browser',
  async (asked, width, better, other, otherBetter) => {
    const { url } = await createRaterLink(ctx, study.id, { maxUses: 1, days: 1, cohort: 'words' }, origin)
    const look = { locale: asked, viewport: { width, height: 844 }, hasTouch: width === 390 }
    const context = await browser.newContext(look)
    const page = await context.newPage()
    const html = await (await page.goto(url))!.text()
    expect(/<html lang="(..)"/.exec(html)?.[1]).toBe(asked)
    expect(html).not.toContain('I have read this and agree')
    await page.locator('main form button.primary:enabled').waitFor()
    expect([await accessibilityFaults(page), await isWide(page)]).toEqual([[], false])
    await page.getByRole('checkbox').check()
    await page.locator('main form button.primary').click()
    await page.getByRole('button', { name: better }).waitFor()
    expect(await languageOf(page)).toBe(asked)
    expect([await accessibilityFaults(page), await isWide(page)]).toEqual([[], false])

    await page.locator('[popovertarget="more"]').click()
    await page
      .locator('#more button')
      .getByText(/Sprache|Idioma/)
      .click()
    await page.locator('dialog[open] select').selectOption(other)
    await page.getByRole('button', { name: otherBetter }).waitFor()
    expect(await languageOf(page)).toBe(other)

    const elsewhere = await browser.newContext({ locale: 'en', storageState: await context.storageState() })
    const again = await elsewhere.newPage()
    await again.goto(`${origin}/rate/${study.slug}`)
    await again.getByRole('button', { name: otherBetter }).waitFor()
    await elsewhere.close()
    await context.close()
  },
)
