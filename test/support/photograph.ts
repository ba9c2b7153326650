import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'

/** A folder for pictures of each step of a walk, where one is wanted. */
const folder = process.env['WALK_PICTURES']

/** Keeps the whole page as a picture, in light and in dark, where WALK_PICTURES names a folder; else does nothing. */
export async function photograph(page: Page, width: number, name: string): Promise<void> {
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true })
  }
  await page.emulateMedia({ colorScheme: 'light' })
}
