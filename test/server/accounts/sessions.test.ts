import { expect, test } from 'vitest'
import { createAdminLink } from '#server/links/service.ts'
import { arena } from '../../support/arena.ts'

async function adminLink({ ctx }: Awaited<ReturnType<typeof arena>>) {
  const { url } = await createAdminLink(ctx, 'http://localhost')
  return `/api/v1/links/${url.split('/').at(-1)!}`
}

test('the page is told who is signed in and where they may rate', async () => {
  const { asRater, asAdmin, anonymous, study } = await arena()
  const language = { chosen: null, asked: 'en' }
  expect((await anonymous.get('/api/v1/me')).json()).toEqual({
    ...{ person: null, studies: [], over: [], blindIn: null, takenBack: false },
    language,
  })
  expect((await asRater.get('/api/v1/me')).json()).toEqual({
    person: { id: expect.any(String) as string, name: 'Rater', role: 'rater', team: null },
    studies: [{ slug: study.slug, name: 'Test study', language: 'browser', consented: true }],
    ...{ over: [], blindIn: 'Test study', takenBack: false, language },
  })
  expect((await asAdmin.get('/api/v1/me')).json()).toMatchObject({
    person: { name: 'Operator', role: 'admin', team: null },
    ...{ studies: [], over: [], blindIn: null, takenBack: false },
  })
})

test('signing out ends the session on the server', async () => {
  const { app, asRater } = await arena()
  const reply = await app.inject({ method: 'DELETE', url: '/api/v1/session', headers: { cookie: asRater.cookie } })
  expect(reply.statusCode).toBe(204)
  expect((await asRater.get('/api/v1/me')).json()).toMatchObject({ person: null })
})

test('a session ends after twelve idle hours, after seven days, and when its person is disabled', async () => {
  const { asRater, ctx } = await arena()
  const signedIn = async () => (await asRater.get('/api/v1/me')).json<{ person: unknown }>().person !== null
  await ctx.sql`update sessions set last_seen_at = now() - interval '11 hours 59 minutes'`
  expect(await signedIn()).toBe(true)
  const [session] = await ctx.sql<{ idle: number }[]>`
    select min(extract(epoch from now() - last_seen_at))::float8 as idle from sessions`
  expect(session!.idle).toBeLessThan(60)
  await ctx.sql`update sessions set last_seen_at = now() - interval '12 hours 1 minute'`
  expect(await signedIn()).toBe(false)
  await ctx.sql`update sessions set last_seen_at = now(), expires_at = now() - interval '1 second'`
  expect(await signedIn()).toBe(false)
  await ctx.sql`update sessions set expires_at = now() + interval '1 day'`
  expect(await signedIn()).toBe(true)
  await ctx.sql`update people set disabled_at = now()`
  expect(await signedIn()).toBe(false)
})

test('signing in again replaces the session that the browser had', async () => {
  const house = await arena()
  const reply = await house.asAdmin.post(await adminLink(house), {})
  const [cookie] = reply.cookies
  expect(`${cookie!.name}=${cookie!.value}`).not.toBe(house.asAdmin.cookie)
  expect((await house.asAdmin.get('/api/v1/me')).json()).toMatchObject({ person: null })
})

test('on the machine itself the cookie is out of reach of scripts and of other sites', async () => {
  const house = await arena()
  const reply = await house.anonymous.post(await adminLink(house), {})
  expect(reply.headers['set-cookie']).toMatch(
    /^session-[0-9a-f]{12}=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
  )
})

test('over https the cookie is bound to the host', async () => {
  const house = await arena()
  house.ctx.config.publicUrl = 'https://arena.example'
  const reply = await house.anonymous.post(await adminLink(house), {})
  expect(reply.headers['set-cookie']).toMatch(/^__Host-session=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
})

test('plain http from elsewhere does not sign in, says why, and spends no use', async () => {
  const house = await arena()
  const url = await adminLink(house)
  const request = { method: 'POST', url, payload: {} } as const
  const reply = await house.app.inject({ ...request, headers: { host: '192.0.2.7:3000' } })
  expect(reply.json()).toMatchObject({ status: 403, type: '/problems/tls-needed' })
  expect(reply.headers['set-cookie']).toBeUndefined()
  expect((await house.app.inject({ ...request, headers: { host: '[::1]:3000' } })).statusCode).toBe(200)
})

test('a request that another site sent changes nothing', async () => {
  const { app, asRater } = await arena()
  const { battleId } = (await asRater.lease()).cards[0]!
  for (const foreign of [
    { origin: 'null' },
    { origin: 'https://' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
  ]) {
    const headers = { cookie: asRater.cookie, ...foreign }
    const reply = await app.inject({
      method: 'POST',
      url: `/api/v1/battles/${battleId}/vote`,
      headers,
      payload: { verdict: 'tie' },
    })
    expect(reply.json()).toMatchObject({ status: 403, type: '/problems/foreign-request' })
  }
})

test('whoever runs the arena may rate in a sample study without an invitation; a rater of another study may not', async () => {
  const { asAdmin, study, database } = await arena({ extras: { sample: true } })
  expect((await asAdmin.get('/api/v1/me')).json()).toMatchObject({ studies: [{ slug: study.slug }] })
  expect((await asAdmin.lease()).cards).toHaveLength(1)
  await database.sql`delete from enrolments`
  await database.sql`update people set role = 'rater'`
  expect((await asAdmin.get('/api/v1/me')).json()).toMatchObject({ studies: [] })
})
