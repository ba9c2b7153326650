import { expect, test } from 'vitest'
import type { Study, StudySummary } from '#server/studies/schema.ts'
import { arena, type Arena } from '../../support/arena.ts'
import { giveVotes } from '../../support/give-votes.ts'
import { join, newPerson, openAnother } from '../../support/people.ts'

const listStudies = async ({ asAdmin }: Arena) => (await asAdmin.get('/api/v1/studies')).json<StudySummary[]>()

const getStudy = async ({ asAdmin }: Arena, slug: string) =>
  (await asAdmin.get(`/api/v1/studies/${slug}`)).json<Study>()

test('studies stand newest first, each with its own size', async () => {
  const house = await arena({ study: { name: 'First' }, queries: 5 })
  const { ctx } = house
  const second = await openAnother(ctx, 'Second')
  for (const studyId of [house.study.id, house.study.id, second.id]) await join(await newPerson(ctx), studyId)
  await ctx.sql`delete from study_models where study_id = ${second.id} and model_id = ${house.modelIds[0]!}`
  const sizes = (await listStudies(house)).map(({ slug, models, raters }) => ({ slug, models, raters }))
  expect(sizes).toEqual([
    { slug: 'second', models: 3, raters: 1 },
    { slug: 'first', models: 4, raters: 3 },
  ])
})

test('a question that is held back counts neither in the list nor towards the answers to come', async () => {
  const house = await arena({ queries: 5 })
  const { ctx } = house
  const other = await openAnother(ctx, 'Other')
  await ctx.sql`update queries set held_at = now(), held_reason = 'a face' where key = 'q00002'`
  expect((await listStudies(house)).map(({ queries }) => queries)).toEqual([4, 4])
  const { collections } = await getStudy(house, other.slug)
  expect(collections.map(({ total }) => total)).toEqual([4, 4, 4, 4])
})

test('votes of a pair fill its quota whichever model stood left; votes of another study do not', async () => {
  const house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }, { name: 'Cy' }] })
  const other = await openAnother(house.ctx, 'Other')
  await giveVotes(house, [
    { a: 0, b: 1, verdict: 'model_a', rater: 0, query: 0 },
    { a: 1, b: 0, verdict: 'tie', rater: 0, query: 1 },
    { a: 1, b: 0, verdict: 'unsure', rater: 0, query: 2 },
    { a: 2, b: 1, verdict: 'both_bad', rater: 0, query: 3 },
  ])
  const study = await getStudy(house, house.study.slug)
  expect(study.coverage).toEqual([
    { modelA: 'ann', modelB: 'ben', votes: 2, quota: 450 },
    { modelA: 'ann', modelB: 'cy', votes: 0, quota: 450 },
    { modelA: 'ben', modelB: 'cy', votes: 1, quota: 450 },
  ])
  expect(study.votes).toBe(4)
  const empty = await getStudy(house, other.slug)
  expect(empty.votes).toBe(0)
  expect(empty.coverage.map(({ votes }) => votes)).toEqual([0, 0, 0])
})

test('answers are told apart by what became of them, models in the order of their names', async () => {
  const house = await arena({ models: [{ name: 'Zoe' }, { name: 'Ann' }], queries: 6 })
  const { ctx, study, modelIds } = house
  await ctx.sql`
    update responses set status = case when query_id in (select id from queries where key < 'q00002') then 'held'
      when query_id in (select id from queries where key = 'q00002') then 'error' else 'ready' end::response_status
    where model_id = ${modelIds[0]!}`
  await ctx.sql`
    update plans set state = 'paused', paused_reason = 'The key was refused' where id =
      (select plan_id from collections where model_id = ${modelIds[0]!})`
  expect((await getStudy(house, study.slug)).collections).toEqual([
    {
      model: { slug: 'ann', name: 'Ann', baseline: false },
      endpoint: 'ann@test',
      total: 6,
      ready: 6,
      held: 0,
      errors: 0,
      empty: 0,
      missing: 0,
      state: 'finished',
      reason: null,
    },
    {
      model: { slug: 'zoe', name: 'Zoe', baseline: false },
      endpoint: 'zoe@test',
      total: 6,
      ready: 3,
      held: 2,
      errors: 1,
      empty: 0,
      missing: 0,
      state: 'paused',
      reason: 'The key was refused',
    },
  ])
})

test('a study that does not exist is said to', async () => {
  expect(await getStudy(await arena(), 'none')).toMatchObject({ status: 404, detail: "There is no study 'none'" })
})
