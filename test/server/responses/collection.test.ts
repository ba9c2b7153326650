import { expect, test } from 'vitest'
import type { Reply } from '#server/calls/customer.ts'
import { getPlan } from '#server/calls/service.ts'
import { collectResponses } from '#server/responses/collect-responses.ts'
import { collectionCustomer } from '#server/responses/collection-customer.ts'
import { addModel } from '#server/studies/service.ts'
import { arena } from '../../support/arena.ts'
import { openAnother } from '../../support/people.ts'

/** An open study in which a fifth model has not been asked yet. */
async function unasked() {
  const house = await arena({ queries: 5 })
  const { ctx, study } = house
  const [row] = await ctx.sql<{ modelId: string; endpointId: string }[]>`
    with model as (insert into models (slug, name, organisation) values ('newcomer', 'Newcomer', '') returning id)
    insert into endpoints (model_id, name, base_url, remote_model, points_scale)
    select id, 'newcomer', 'http://127.0.0.1:9', 'newcomer', 1000 from model
    returning model_id as "modelId", id as "endpointId"`
  await addModel(ctx, study.slug, row!.endpointId)
  return { ...house, ...row! }
}

async function collected() {
  const house = await unasked()
  await collectResponses(house.ctx, house.study.id, house.modelId)
  const [collection] = await house.ctx.sql<{ planId: string }[]>`
    select plan_id as "planId" from collections where model_id = ${house.modelId}`
  const { planId } = collection!
  const calls = await house.ctx.sql<
    { id: string; key: string }[]
  >`select id, key from calls where plan_id = ${planId} order by position`
  const replyTo = (index: number, response: string): Reply => {
    const { id, key } = calls[index]!
    const tokens = { tokensIn: null, tokensOut: null, tokensCached: null, tokensThinking: null }
    const none = {
      ...tokens,
      thinking: null,
      finishReason: 'stop',
      refused: false,
      truncated: false,
      repliedModel: null,
    }
    return { callId: Number(id), key, response, ...none }
  }
  const statuses = async () => {
    const rows = await house.ctx.sql<{ status: string }[]>`
      select r.status from responses r join calls c on c.id = r.call_id where r.model_id = ${house.modelId} order by c.position`
    return rows.map(({ status }) => status)
  }
  return { ...house, planId, plan: await getPlan(house.ctx, planId), calls, replyTo, statuses }
}

test('a model that joins an open study is asked every question once, however often that is queued', async () => {
  const { ctx, study, modelId, queued } = await unasked()
  expect(queued).toContainEqual({ name: 'collect-responses', data: { studyId: study.id, modelId } })
  await Promise.all([1, 2, 3].map(() => collectResponses(ctx, study.id, modelId)))
  expect(await ctx.sql`select 1 from collections where model_id = ${modelId}`).toHaveLength(1)
  expect(await ctx.sql`select 1 from responses where model_id = ${modelId} and points_scale = 1000`).toHaveLength(5)
  expect(await ctx.sql`select 1 from plans where customer = 'collection' and state = 'running'`).toHaveLength(1)
  expect(await ctx.sql`select calls from plans where state = 'running'`).toEqual([{ calls: 5 }])
})

test('the picture comes first, then the question as it stands', async () => {
  const { ctx, plan, calls } = await collected()
  const prompts = await collectionCustomer.prepare(
    ctx,
    plan,
    calls.map(({ key }) => key),
  )
  expect(prompts.size).toBe(5)
  expect(prompts.get(calls[0]!.key)).toEqual({
    parts: [
      { kind: 'image', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      { kind: 'text', text: 'Question 0?' },
    ],
  })
})

test('answers become ready, and those that tell who wrote them or are empty are held with the reason', async () => {
  const { ctx, plan, replyTo, statuses } = await collected()
  await collectionCustomer.receive(ctx, plan, [
    replyTo(0, 'Four cups.'),
    replyTo(1, 'I, Newcomer, see four cups.'),
    { ...replyTo(2, 'Four, in a <thought> bubble.'), thinking: 'Newcomer should count' },
    replyTo(3, '  '),
  ])
  expect(await statuses()).toEqual(['ready', 'held', 'ready', 'held', 'pending'])
  const reasons =
    await ctx.sql`select held_reason as reason from responses where held_reason is not null order by call_id`
  expect(reasons).toEqual([{ reason: 'names “Newcomer” as its author' }, { reason: 'the answer is empty' }])
})

test('the same reply again changes nothing', async () => {
  const { ctx, plan, replyTo } = await collected()
  await collectionCustomer.receive(ctx, plan, [replyTo(0, 'Four cups.')])
  await collectionCustomer.receive(ctx, plan, [replyTo(0, 'Five cups.')])
  const [row] = await ctx.sql`select text from responses where call_id = ${replyTo(0, '').callId}`
  expect(row).toEqual({ text: 'Four cups.' })
})

test('after a crash the replies that were not taken in are known', async () => {
  const { ctx, plan, replyTo, calls } = await collected()
  await ctx.sql`update calls set state = 'answered' where id in (${calls[0]!.id}, ${calls[1]!.id})`
  await collectionCustomer.receive(ctx, plan, [replyTo(0, 'Four cups.')])
  expect(await collectionCustomer.unreceived(ctx, plan)).toEqual([Number(calls[1]!.id)])
})

test('calls that ended in an error are errors of the collection, and an answer that comes later still counts', async () => {
  const { ctx, plan, replyTo, calls, statuses } = await collected()
  await ctx.sql`update calls set state = 'error', error_class = 'server' where id = ${calls[0]!.id}`
  await collectionCustomer.settled(ctx, plan)
  expect(await statuses()).toEqual(['error', 'pending', 'pending', 'pending', 'pending'])
  await collectionCustomer.receive(ctx, plan, [replyTo(0, 'Four cups.')])
  expect((await statuses())[0]).toBe('ready')
})

test('a question that is held back is asked of nobody, and asked once it is free', async () => {
  const { ctx, study, modelId } = await unasked()
  await ctx.sql`update queries set held_at = now() where key = 'q00002'`
  await collectResponses(ctx, study.id, modelId)
  const asked = () => ctx.sql`select 1 from responses where model_id = ${modelId}`
  expect(await asked()).toHaveLength(4)
  await ctx.sql`update queries set held_at = null`
  await collectResponses(ctx, study.id, modelId)
  expect(await asked()).toHaveLength(5)
})

test('asking again when all is asked leaves a finished collection finished; a new question opens it', async () => {
  const { ctx, study, modelId, planId } = await collected()
  const state = async () => (await getPlan(ctx, planId)).state
  await ctx.sql`update calls set state = 'answered' where plan_id = ${planId}`
  await ctx.sql`update plans set state = 'finished' where id = ${planId}`
  await collectResponses(ctx, study.id, modelId)
  expect(await state()).toBe('finished')
  await ctx.sql`
    insert into queries (pool_id, key, category, language, question, image_sha256)
    select pool_id, 'new', category, language, 'One more?', image_sha256 from queries limit 1`
  await collectResponses(ctx, study.id, modelId)
  expect(await state()).toBe('running')
  const [last] = await ctx.sql`select state from calls where plan_id = ${planId} order by id desc limit 1`
  expect(last).toEqual({ state: 'pending' })
})

test('each study asks its models anew, by the endpoint that it names', async () => {
  const { ctx, study, modelIds } = await arena({ queries: 5 })
  const other = await openAnother(ctx, 'Other')
  const [endpoint] = await ctx.sql<{ id: string }[]>`
    insert into endpoints (model_id, name, base_url, remote_model, points_scale)
    values (${modelIds[0]!}, 'second', 'http://127.0.0.1:9', 'second', 1000) returning id`
  await ctx.sql`
    update study_models set endpoint_id = ${endpoint!.id} where study_id = ${other.id} and model_id = ${modelIds[0]!}`
  for (const { id } of [study, other]) await collectResponses(ctx, id, modelIds[0]!)
  const asked = await ctx.sql`
    select s.slug, e.name, r.points_scale as scale, count(*)::int as answers from responses r
    join collections c on c.id = r.collection_id join studies s on s.id = c.study_id
    join plans p on p.id = c.plan_id join endpoints e on e.id = p.endpoint_id
    where c.model_id = ${modelIds[0]!} group by 1, 2, 3 order by 1`
  const first = expect.stringMatching(/^ada-.*@test$/) as string
  expect(asked).toEqual([
    { slug: 'other', name: 'second', scale: 1000, answers: 5 },
    { slug: study.slug, name: first, scale: 100, answers: 5 },
  ])
})

test('a model that is not in the study is not asked', async () => {
  const { ctx, study } = await arena()
  const stranger = '00000000-0000-4000-8000-000000000000'
  await expect(collectResponses(ctx, study.id, stranger)).rejects.toMatchObject({ status: 404 })
})

test('what another model still owes is none of this collection’s business', async () => {
  const { ctx, plan, planId, modelIds } = await collected()
  await ctx.sql`update responses set status = 'pending' where model_id = ${modelIds[0]!}`
  expect(await collectionCustomer.unreceived(ctx, plan)).toEqual([])
  await ctx.sql`update calls set state = 'error', error_class = 'server' where plan_id <> ${planId}`
  await collectionCustomer.settled(ctx, plan)
  expect(await ctx.sql`select 1 from responses where status = 'error'`).toEqual([])
})

test('only the questions that are asked for are prepared, with the tokens that the collection allows, or the endpoint sets', async () => {
  const { ctx, plan, planId, calls } = await collected()
  await ctx.sql`update collections set max_tokens = 99 where plan_id = ${planId}`
  const prompts = await collectionCustomer.prepare(ctx, plan, [calls[1]!.key, calls[3]!.key])
  expect([...prompts.keys()].sort()).toEqual([calls[1]!.key, calls[3]!.key].sort())
  const { sampling } = await collectionCustomer.settings(ctx, plan, { sampling: { topP: 0.5 }, extraBody: {} })
  expect(sampling).toMatchObject({ maxTokens: 99, temperature: 0, topP: 0.5 })
  const thinking = { sampling: { maxTokens: 32_768 }, extraBody: {} }
  expect((await collectionCustomer.settings(ctx, plan, thinking)).sampling.maxTokens).toBe(32_768)
})

test('an answer is checked against the models of its own study', async () => {
  const { ctx, plan, replyTo, statuses } = await collected()
  await ctx.sql`insert into models (slug, name, organisation) values ('stranger', 'Stranger', '')`
  await collectionCustomer.receive(ctx, plan, [
    replyTo(0, 'I am Stranger.'),
    replyTo(1, 'I am Newcomer.'),
    replyTo(2, 'Newcomer is the one on the left.'),
  ])
  expect(await statuses()).toEqual(['ready', 'held', 'ready', 'pending', 'pending'])
})

test('what a text column cannot hold is replaced, and the moment of readiness is noted', async () => {
  const { ctx, plan, replyTo, modelId } = await collected()
  await collectionCustomer.receive(ctx, plan, [replyTo(0, 'Four\0 cups\ud83d.')])
  const rows = await ctx.sql`
    select text, ready_at between now() - interval '1 minute' and now() as dated from responses
    where model_id = ${modelId} and text is not null`
  expect(rows).toEqual([{ text: 'Four\ufffd cups\ufffd.', dated: true }])
})

test('a held answer stays held, and no replies change nothing', async () => {
  const { ctx, plan, replyTo, statuses } = await collected()
  await collectionCustomer.receive(ctx, plan, [replyTo(0, '')])
  await collectionCustomer.receive(ctx, plan, [replyTo(0, 'Four cups.')])
  await collectionCustomer.receive(ctx, plan, [])
  expect(await statuses()).toEqual(['held', 'pending', 'pending', 'pending', 'pending'])
})

test('an answer that was an error is waited for, one that is held or of another plan is not', async () => {
  const { ctx, plan, replyTo, calls } = await collected()
  await ctx.sql`update calls set state = 'answered' where id = any(${calls.slice(0, 4).map(({ id }) => id)}::bigint[])`
  await ctx.sql`update responses set status = 'error' where call_id = ${calls[2]!.id}`
  await collectionCustomer.receive(ctx, plan, [replyTo(0, ''), replyTo(1, 'Four cups.')])
  const ids = await collectionCustomer.unreceived(ctx, plan)
  expect(ids.toSorted()).toEqual([Number(calls[2]!.id), Number(calls[3]!.id)].toSorted())
  const [other] = await ctx.sql<{ id: string }[]>`select id from plans where id <> ${plan.id}`
  expect(await collectionCustomer.unreceived(ctx, await getPlan(ctx, other!.id))).toEqual([])
})

test('only calls that ended without an answer, of this plan, make errors, and an answer that is there stays', async () => {
  const { ctx, plan, replyTo, calls, statuses } = await collected()
  await collectionCustomer.receive(ctx, plan, [replyTo(0, 'Four cups.')])
  const set = (index: number, state: string) =>
    ctx.sql`update calls set state = ${state}::call_state, error_class = 'server' where id = ${calls[index]!.id}`
  await set(0, 'error')
  await set(1, 'skipped')
  await set(2, 'answered')
  await set(3, 'error')
  const [other] = await ctx.sql<{ id: string }[]>`select id from plans where id <> ${plan.id}`
  await collectionCustomer.settled(ctx, await getPlan(ctx, other!.id))
  expect(await statuses()).toEqual(['ready', 'pending', 'pending', 'pending', 'pending'])
  await collectionCustomer.settled(ctx, plan)
  expect(await statuses()).toEqual(['ready', 'error', 'pending', 'error', 'pending'])
})
