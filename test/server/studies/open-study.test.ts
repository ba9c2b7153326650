import { expect, test } from 'vitest'
import { addModel, collectJob, createStudy, getStoredStudy, openStudy } from '#server/studies/service.ts'
import { NewStudy } from '#server/studies/schema.ts'
import { arena, type Arena } from '../../support/arena.ts'

async function plan({ ctx }: Arena, changes: object = {}): Promise<NewStudy> {
  const endpoints = await ctx.sql<{ id: string }[]>`select id from endpoints order by name`
  return NewStudy.parse({ name: 'New', pool: 'pool', endpoints: endpoints.slice(0, 2).map(({ id }) => id), ...changes })
}

const asked = ({ queued }: Arena) => queued.filter(({ name }) => name === collectJob).map(({ data }) => data)

async function outsider({ ctx }: Arena): Promise<{ endpointId: string; modelId: string }> {
  const [row] = await ctx.sql<{ endpointId: string; modelId: string }[]>`
    select id as "endpointId", model_id as "modelId" from endpoints order by name desc limit 1`
  return row!
}

test('a study waits as a draft until it is opened; only then its models are asked, each once', async () => {
  const house = await arena()
  const { slug, id, status } = await createStudy(house.ctx, await plan(house))
  expect(status).toBe('draft')
  expect(asked(house)).toEqual([])
  expect((await openStudy(house.ctx, slug)).status).toBe('open')
  expect((await getStoredStudy(house.ctx, slug)).status).toBe('open')
  const models = await house.ctx.sql<{ modelId: string }[]>`
    select model_id as "modelId" from study_models where study_id = ${id}`
  const expected = models.map(({ modelId }) => ({ studyId: id, modelId }))
  expect(asked(house)).toHaveLength(2)
  expect(asked(house)).toEqual(expect.arrayContaining(expected))
})

test('opening one study leaves the others as they are', async () => {
  const house = await arena()
  await createStudy(house.ctx, await plan(house, { name: 'Waiting' }))
  const { slug } = await createStudy(house.ctx, await plan(house))
  await openStudy(house.ctx, slug)
  expect((await getStoredStudy(house.ctx, 'waiting')).status).toBe('draft')
})

test('a study is opened once in the audit trail, however often it is asked for', async () => {
  const house = await arena()
  const { slug, id } = await createStudy(house.ctx, await plan(house))
  for (let again = 0; again < 3; again++) await openStudy(house.ctx, slug)
  const events = await house.ctx.sql`
    select action from audit_events where subject = ${`study:${id}`} order by at`
  expect(events).toEqual([{ action: 'study.created' }, { action: 'study.opened' }])
})

test('a closed study is neither opened again nor given another model', async () => {
  const house = await arena()
  const { slug } = await createStudy(house.ctx, await plan(house))
  await house.ctx.sql`update studies set status = 'closed'`
  const { endpointId } = await outsider(house)
  await expect(openStudy(house.ctx, slug)).rejects.toMatchObject({ type: '/problems/study-over' })
  await expect(addModel(house.ctx, slug, endpointId)).rejects.toMatchObject({ type: '/problems/study-over' })
  expect((await getStoredStudy(house.ctx, slug)).status).toBe('closed')
})

test('a model that is added to an open study is asked at once, to a draft when it opens', async () => {
  const house = await arena()
  const draft = await createStudy(house.ctx, await plan(house))
  const { endpointId, modelId } = await outsider(house)
  await addModel(house.ctx, draft.slug, endpointId)
  expect(asked(house)).toEqual([])
  await openStudy(house.ctx, draft.slug)
  expect(asked(house)).toHaveLength(3)
  const open = await createStudy(house.ctx, await plan(house))
  await openStudy(house.ctx, open.slug)
  house.queued.length = 0
  await addModel(house.ctx, open.slug, endpointId)
  expect(asked(house)).toEqual([{ studyId: open.id, modelId }])
})

test('a model is not added to a study that it is in already', async () => {
  const house = await arena()
  const { endpoints, ...rest } = await plan(house)
  const { slug } = await createStudy(house.ctx, { ...rest, endpoints })
  await expect(addModel(house.ctx, slug, endpoints[0]!)).rejects.toMatchObject({
    type: '/problems/study-needs-models',
    detail: expect.stringContaining('is in the study already') as string,
  })
})

test('a plan is kept as it was asked for; words that were left out are the house’s own', async () => {
  const house = await arena()
  const asItWas = {
    pointsShown: false,
    quotaPerPair: 7,
    sessionGoal: 8,
    leaseSeconds: 90,
    licence: 'CC0',
    guidelines: 'Look twice.',
    consent: '',
  }
  const { slug } = await createStudy(house.ctx, await plan(house, asItWas))
  expect(await getStoredStudy(house.ctx, slug)).toMatchObject({ ...asItWas, sample: false, consentVersion: 1 })
  const { slug: plain } = await createStudy(house.ctx, await plan(house))
  const study = await getStoredStudy(house.ctx, plain)
  expect(study).toMatchObject({ publishing: 'batched', pointsShown: true, quotaPerPair: 450, leaseSeconds: 600 })
  expect(study.guidelines.length).toBeGreaterThan(100)
  expect(study.consent).toContain('votes')
})

test('an address is made of any name: short, of plain letters, and free', async () => {
  const house = await arena()
  const slugs = []
  for (const name of ['Übung – Teil 1!', '  ¿?  ', '视觉', 'x'.repeat(80), 'Twins', 'Twin', 'Twin'])
    slugs.push((await createStudy(house.ctx, await plan(house, { name }))).slug)
  expect(slugs).toEqual(['ubung-teil-1', 'study', 'study-2', 'x'.repeat(60), 'twins', 'twin', 'twin-2'])
})

test('a study that cannot be made leaves nothing behind', async () => {
  const house = await arena()
  const unknown = '00000000-0000-4000-8000-000000000000'
  const { endpoints } = await plan(house)
  const bad = await plan(house, { endpoints: [endpoints[0], unknown] })
  await expect(createStudy(house.ctx, bad)).rejects.toMatchObject({ status: 404 })
  expect(await house.ctx.sql`select 1 from studies`).toHaveLength(1)
  expect(await house.ctx.sql`select 1 from study_models`).toHaveLength(4)
})
