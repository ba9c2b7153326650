import { expect, test } from 'vitest'
import type { Board } from '#server/boards/schema.ts'
import { arena } from '../../support/arena.ts'

test('a model that is withdrawn leaves the public board and comes back when it is released; researchers see it all along', async () => {
  const { asAdmin, anonymous, asRater, study } = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }] })
  const seenBy = async (one: typeof asAdmin) =>
    (await one.get(`/api/v1/boards/${study.slug}`)).json<Board>().rows.map(({ model }) => model.slug)
  expect((await asRater.post('/api/v1/models/ann/withdraw', undefined)).statusCode).toBe(403)
  expect((await asAdmin.post('/api/v1/models/ann/withdraw', undefined)).statusCode).toBe(204)
  expect(await seenBy(anonymous)).toEqual(['ben'])
  expect(await seenBy(asAdmin)).toEqual(expect.arrayContaining(['ann', 'ben']))
  expect((await asAdmin.post('/api/v1/models/ann/release', undefined)).statusCode).toBe(204)
  expect(await seenBy(anonymous)).toEqual(expect.arrayContaining(['ann', 'ben']))
  expect((await asAdmin.post('/api/v1/models/nobody/release', undefined)).statusCode).toBe(404)
})
