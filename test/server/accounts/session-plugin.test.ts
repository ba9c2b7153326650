import { expect, test } from 'vitest'
import { createAdminLink } from '#server/links/service.ts'
import { arena } from '../../support/arena.ts'

test('only a session’s own cookie says who asks', async () => {
  const { app, asRater, asAdmin } = await arena()
  const whoIs = async (cookie: string) => {
    const reply = await app.inject({ url: '/api/v1/me', headers: cookie ? { cookie } : {} })
    return reply.json<{ person: { role: string } | null }>().person?.role ?? null
  }
  const token = asRater.cookie.split('=')[1]!
  expect(await whoIs(asRater.cookie)).toBe('rater')
  expect(await whoIs(asAdmin.cookie)).toBe('admin')
  expect(await whoIs(`theme=dark; ${asRater.cookie}`)).toBe('rater')
  const name = asRater.cookie.split('=')[0]!
  for (const cookie of ['', `${name}=`, `${name}=${token}x`, `session=${token}`, `__Host-session=${token}`])
    expect([cookie, await whoIs(cookie)]).toEqual([cookie, null])
})

test('behind https only the cookie that is bound to the host counts', async () => {
  const { app, asRater, ctx } = await arena()
  const token = asRater.cookie.split('=')[1]!
  const person = async (cookie: string) =>
    (await app.inject({ url: '/api/v1/me', headers: { cookie } })).json<{ person: unknown }>().person
  ctx.config.publicUrl = 'https://arena.example'
  expect(await person(asRater.cookie)).toBeNull()
  expect(await person(`__Host-session=${token}`)).toMatchObject({ name: 'Rater', role: 'rater' })
  ctx.config.publicUrl = 'http://arena.example'
  expect(await person(asRater.cookie)).toMatchObject({ name: 'Rater', role: 'rater' })
})

test.each([
  ['localhost', 200],
  ['arena.localhost:3000', 200],
  ['127.0.0.1:3000', 200],
  ['127.255.0.1', 200],
  ['[::1]:3000', 200],
  ['box.lab', 403],
  ['localhost.evil.example', 421],
  ['notlocalhost', 421],
  ['127.0.0.1.evil.example', 421],
  ['128.0.0.1', 403],
  ['[::2]:3000', 403],
  ['arena.example', 421],
])('over plain http as %s, signing in gives %i', async (host, status) => {
  const { app, ctx } = await arena()
  ctx.config.allowedHosts = ['box.lab']
  const { url } = await createAdminLink(ctx, 'http://localhost')
  const reply = await app.inject({
    method: 'POST',
    url: `/api/v1/links/${url.split('/').at(-1)}`,
    payload: {},
    headers: { host },
  })
  expect(reply.statusCode).toBe(status)
})

test('signing out takes the cookie away under the name it has', async () => {
  const { app, asRater, ctx } = await arena()
  const signOut = async (cookie: string) => {
    const reply = await app.inject({ method: 'DELETE', url: '/api/v1/session', headers: { cookie } })
    expect(reply.statusCode).toBe(204)
    return reply.cookies.map(({ name, value, path }) => ({ name, value, path }))
  }
  expect(await signOut(asRater.cookie)).toEqual([{ name: asRater.cookie.split('=')[0], value: '', path: '/' }])
  ctx.config.publicUrl = 'https://arena.example'
  expect(await signOut('theme=dark')).toEqual([{ name: '__Host-session', value: '', path: '/' }])
})
