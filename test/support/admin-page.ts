import type { Browser, BrowserContextOptions, Page } from 'playwright'
import type { Context } from '#server/core/context.ts'
import { createAdminLink } from '#server/links/service.ts'

/** A phone that is used by touch. */
export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

/** A page of a browser of its own, on which a new admin has signed in by a link. */
export async function adminPage(
  browser: Browser,
  { ctx, origin }: { ctx: Context; origin: string },
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage()
  await page.goto((await createAdminLink(ctx, origin)).url)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${origin}/`)
  return page
}

/** Whether the page scrolls sideways. */
export const isWide = (page: Page) =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth')
