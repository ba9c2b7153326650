import type { Browser } from 'playwright'
import type { Context } from '#server/core/context.ts'
import { arena, type Arena } from './arena.ts'
import { openBrowser } from './browser.ts'
import { servePages } from './pages.ts'

interface OpenHouse {
  browser: Browser
  house: Arena
  ctx: Context
  /** Where its pages are. */
  origin: string
  /** What `beforeAll` returns, to be done after the last test. */
  close(): Promise<void>
}

/** A browser, an arena and its pages. `served`: the context that the pages get, if not the arena's own. */
export async function openHouse(
  described: Parameters<typeof arena>[0],
  served: (ctx: Context) => Context = (ctx) => ctx,
): Promise<OpenHouse> {
  const browser = await openBrowser()
  try {
    const house = await arena(described)
    const pages = await servePages(served(house.ctx))
    const close = async () => {
      await pages.close()
      await browser.close()
    }
    return { browser, house, ctx: house.ctx, origin: pages.origin, close }
  } catch (error) {
    await browser.close()
    throw error
  }
}
