import { expect, test } from 'vitest'
import { arena } from '../support/arena.ts'
import { servePages } from '../support/pages.ts'

test('the OpenAPI document opens whatever page was the first', async () => {
  const { ctx, asAdmin } = await arena()
  const { origin, close } = await servePages(ctx)
  try {
    const page = await fetch(`${origin}/endpoints/new`, { headers: { cookie: asAdmin.cookie } })
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('api_only')
    const document = await fetch(`${origin}/api/openapi.json`)
    expect([document.status, await document.text()]).toEqual([200, expect.stringContaining('"Openness":')])
  } finally {
    await close()
  }
})
