import type { Page } from 'playwright'

/** The item is there, both answers were opened and its picture has loaded, so that a verdict is taken. */
export async function itemIsOpen(page: Page, item: number): Promise<void> {
  await page.getByRole('heading', { name: `item ${item}`, exact: false }).waitFor({ state: 'attached' })
  if (page.viewportSize()!.width <= 900) {
    await page.getByRole('button', { name: 'Answer B' }).tap()
    await page.getByRole('button', { name: 'Answer A' }).tap()
  }
  await page.locator('button.verdict[aria-disabled="false"]').first().waitFor()
}
