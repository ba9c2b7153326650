import { expect, test } from 'vitest'
import { addressOf, everyRoute } from '../../support/every-route.ts'
import { arena } from '../../support/arena.ts'

/** Pictures go by their hash: whoever asks gets the same bytes. */
const forEverybody = ['/images/{sha}']

test('SEC-21 nothing that depends on who asks is kept on the way, on any route and in any outcome', async () => {
  const { app, asAdmin, study, modelIds } = await arena()
  const known = { slug: study.slug, model: modelIds[0]!, id: '1' }
  const nothing = '00000000-0000-4000-8000-000000000000'
  let found = 0
  for (const route of await everyRoute(app)) {
    if (route.method === 'DELETE' && route.path === '/session') continue
    for (const [cookie, values] of [
      ['', known],
      [asAdmin.cookie, route.method === 'GET' ? known : {}],
    ] as const) {
      const url = addressOf(route, values, nothing)
      const reply = await app.inject({ method: route.method, url, headers: cookie ? { cookie } : {} })
      if (reply.statusCode === 200) found++
      if (forEverybody.includes(route.path) && reply.statusCode === 200) continue
      expect([route.method, url, reply.statusCode, reply.headers['cache-control']]).toEqual([
        ...[route.method, url, reply.statusCode, 'no-store'],
      ])
    }
  }
  expect(found).toBeGreaterThan(40)
})
