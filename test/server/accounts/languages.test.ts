import { expect, test } from 'vitest'
import { askedLanguage } from '#server/accounts/languages.ts'
import type { Me } from '#server/accounts/schema.ts'
import { createRaterLink } from '#server/links/service.ts'
import { arena, type Visitor } from '../../support/arena.ts'

test.each([
  [undefined, 'en'],
  ['de-AT,de;q=0.9,en;q=0.5', 'de'],
  ['fr-FR, fr;q=0.9, es-419;q=0.8, en;q=0.7', 'es'],
  ['en;q=0.2, de;q=0.9', 'de'],
  ['de;q=0, es;q=0.1', 'es'],
  ['DE', 'de'],
  ['fr, *;q=0.5', 'en'],
  ['; ;q=,,=;-', 'en'],
  ['deutsch', 'en'],
  [`${'x,'.repeat(100_000)}de`, 'en'],
])('of %.40j, %s is the first of ours', (header, language) => {
  expect(askedLanguage(header)).toBe(language)
})

const languageOf = async (visitor: Visitor) => (await visitor.get('/api/v1/me')).json<Me>().language

test('a rater’s choice is theirs on every device, can be changed and taken back, and needs to be one of ours', async () => {
  const house = await arena()
  expect(await languageOf(house.asRater)).toEqual({ chosen: null, asked: 'en' })
  const choose = (language: unknown) =>
    house.app.inject({
      method: 'PUT',
      url: '/api/v1/me/language',
      headers: { cookie: house.asRater.cookie },
      payload: { language } as object,
    })
  expect((await choose('de')).statusCode).toBe(204)
  expect((await languageOf(house.asRater)).chosen).toBe('de')
  expect((await choose('fr')).statusCode).toBe(400)
  expect((await languageOf(house.asRater)).chosen).toBe('de')
  expect((await choose(null)).statusCode).toBe(204)
  expect((await languageOf(house.asRater)).chosen).toBeNull()
})

test('what was chosen before anybody was signed in becomes the choice of whoever joins', async () => {
  const house = await arena()
  const chosen = await house.app.inject({ method: 'PUT', url: '/api/v1/me/language', payload: { language: 'es' } })
  const [kept] = chosen.cookies
  expect(kept).toMatchObject({ name: 'language', value: 'es' })
  const visitor = await house.app.inject({
    url: '/api/v1/me',
    headers: { cookie: 'language=es', 'accept-language': 'de' },
  })
  expect(visitor.json<Me>().language).toEqual({ chosen: 'es', asked: 'de' })

  const link = await createRaterLink(
    house.ctx,
    house.study.id,
    { maxUses: 9, days: 1, cohort: 'x' },
    'http://localhost',
  )
  const joined = await house.app.inject({
    method: 'POST',
    url: `/api/v1/links/${link.url.split('/').at(-1)!}`,
    headers: { cookie: 'language=es' },
    payload: { consent: true },
  })
  const session = joined.cookies.find(({ name }) => name.startsWith('session-'))!
  expect(joined.cookies.find(({ name }) => name === 'language')?.value).toBe('')
  const me = await house.app.inject({ url: '/api/v1/me', headers: { cookie: `${session.name}=${session.value}` } })
  expect(me.json<Me>().language.chosen).toBe('es')
})
