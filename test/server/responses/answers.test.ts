import { expect, test } from 'vitest'
import { collectAgain } from '#server/responses/answers.ts'
import { readAnswerCoverage } from '#server/responses/collection-progress.ts'
import { carryOutAnswerImport } from '#server/responses/imports/carry-out-import.ts'
import type { AnswerImport } from '#server/responses/imports/schema.ts'
import { arena } from '../../support/arena.ts'

test('what failed is asked once more, what was never asked is queued, what is paused goes on; answers stay', async () => {
  const house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 3 })
  const { ctx, study, modelIds } = house
  const [planId] = (
    await ctx.sql<{ planId: string }[]>`select plan_id as "planId" from collections where model_id = ${modelIds[0]!}`
  ).map((row) => row.planId)
  await ctx.sql`
    update calls set state = 'error', error_class = 'server', error_message = 'The server said 502'
    where plan_id = ${planId!} and position = 1`
  await ctx.sql`
    update responses set status = 'error', text = null where call_id in (select id from calls where state = 'error')`
  await ctx.sql`update plans set state = 'paused', paused_reason = 'The key was refused' where id <> ${planId!}`
  expect((await readAnswerCoverage(ctx, study.slug))[0]).toMatchObject({
    ...{ ready: 2, errors: 1, missing: 0, state: 'finished' },
    reason: 'The server said 502',
  })
  expect(await collectAgain(ctx, study.slug)).toEqual({ models: ['ann', 'ben'], retried: 1 })
  expect(await ctx.sql`select state from plans order by id = ${planId!}`).toEqual([
    { state: 'running' },
    { state: 'running' },
  ])
  expect(await ctx.sql`select state from calls where plan_id = ${planId!} order by position`).toEqual([
    { state: 'pending' },
    { state: 'answered' },
    { state: 'answered' },
  ])
  expect(house.queued.filter(({ name }) => name === 'collect-responses')).toHaveLength(2)
  expect(await collectAgain(ctx, study.slug, 'ann')).toEqual({ models: ['ann'], retried: 0 })
  await expect(collectAgain(ctx, study.slug, 'nobody')).rejects.toMatchObject({ status: 404 })
  await ctx.sql`update studies set status = 'closed'`
  await expect(collectAgain(ctx, study.slug)).rejects.toMatchObject({ type: '/problems/study-over' })
  await ctx.sql`update studies set status = 'draft'`
  await expect(collectAgain(ctx, study.slug)).rejects.toMatchObject({ type: '/problems/study-state' })
})

test('a file of answers is uploaded, refused with its bad rows, imported without them and forgotten', async () => {
  const house = await arena({ models: [{ name: 'Ann' }], queries: 2 })
  const { ctx, study, app, asAdmin, asRater } = house
  const home = `/api/v1/studies/${study.slug}/answer-imports`
  const opened = { name: 'orca.jsonl', of: { name: 'Orca 7B' } }
  expect((await asRater.post(home, opened)).statusCode).toBe(403)
  const made = (await asAdmin.post(home, opened)).json<AnswerImport>()
  expect(made).toMatchObject({ state: 'uploading', model: 'Orca 7B', study: study.slug })
  const one = `/api/v1/answer-imports/${made.id}`
  const file = '{"key":"q00000","response":"Two."}\n{"key":"none","response":"Three."}\n'
  const put = await app.inject({
    ...{ method: 'PUT', url: `${one}/files/orca.jsonl?offset=0`, payload: Buffer.from(file) },
    headers: { cookie: asAdmin.cookie, 'content-type': 'application/octet-stream' },
  })
  expect(put.json()).toEqual({ bytes: file.length })
  expect((await asAdmin.post(`${one}/start`, {})).json()).toMatchObject({ state: 'waiting' })
  expect(house.queued).toContainEqual({ name: 'import-answers', data: { id: made.id } })
  await carryOutAnswerImport(ctx, made.id)
  expect((await asAdmin.get(one)).json()).toMatchObject({ state: 'refused', added: 0, bad: 1, rowsRead: 2 })
  expect((await asAdmin.get(`${one}/bad-rows`)).json()).toMatchObject({ rows: [{ file: 'orca.jsonl', row: 2 }] })
  expect((await asAdmin.get(`${one}/bad-rows.csv`)).body).toMatch(/^file,row,reason\r\norca\.jsonl,2,"the pool has no/)
  expect((await asAdmin.post(`${one}/stop`)).statusCode).toBe(409)
  await asAdmin.post(`${one}/start`, { skipBad: true })
  expect((await asAdmin.post(`${one}/stop`)).json()).toMatchObject({ state: 'stopped' })
  await carryOutAnswerImport(ctx, made.id)
  expect((await asAdmin.get(one)).json()).toMatchObject({ state: 'stopped' })
  await asAdmin.post(`${one}/start`, { skipBad: true })
  await carryOutAnswerImport(ctx, made.id)
  expect((await asAdmin.get(home)).json()).toMatchObject([
    { state: 'finished', added: 1, known: 0, bad: 1, reason: null },
  ])
  const remove = { method: 'DELETE', headers: { cookie: asAdmin.cookie } } as const
  expect((await app.inject({ ...remove, url: one })).statusCode).toBe(204)
  const coverage = (await asAdmin.get(`/api/v1/studies/${study.slug}/answers`)).json<object[]>()
  expect(coverage).toMatchObject([{ model: { slug: 'ann' } }, { model: { slug: 'orca-7b' }, ready: 1, missing: 1 }])
  const asked = await asAdmin.post(`/api/v1/studies/${study.slug}/answers/collect`, { model: 'orca-7b' })
  expect(asked.json()).toMatchObject({ type: '/problems/model-not-asked' })
  expect((await app.inject({ ...remove, url: `/api/v1/studies/${study.slug}/answers/orca-7b` })).statusCode).toBe(204)
  expect(await ctx.sql`select 1 from models m join study_models s on s.model_id = m.id where slug = 'orca-7b'`).toEqual(
    [],
  )
})

test('files that cannot be read, and a model that is asked here, end an import with the reason', async () => {
  const { ctx, study, asAdmin } = await arena({ models: [{ name: 'Ann' }], queries: 1 })
  const open = async (name: string) => {
    const made = await asAdmin.post(`/api/v1/studies/${study.slug}/answer-imports`, { name: 'x', of: { name } })
    const { id } = made.json<AnswerImport>()
    await asAdmin.post(`/api/v1/answer-imports/${id}/start`, {})
    await carryOutAnswerImport(ctx, id)
    return (await asAdmin.get(`/api/v1/answer-imports/${id}`)).json<AnswerImport>()
  }
  expect(await open('Orca')).toMatchObject({
    state: 'failed',
    reason: expect.stringMatching(/^There is nothing/) as string,
  })
  expect(await open('Ann')).toMatchObject({ state: 'failed', reason: expect.stringMatching(/endpoint/) as string })
})
