import { describe, expect, test } from 'vitest'
import { openEndpoint } from '#server/endpoints/call-endpoint.ts'
import { changeEndpoint, removeEndpoint, type EndpointUses } from '#server/endpoints/change-endpoint.ts'
import { listEvents } from '#server/endpoints/events.ts'
import { ChangedEndpoint, NewEndpoint } from '#server/endpoints/schema.ts'
import { findEndpoint, getEndpoint, markFailing, registerEndpoint, requestCheck } from '#server/endpoints/service.ts'
import { callsLab } from '../../support/calls-lab.ts'

const described = (rest: Partial<NewEndpoint> = {}) =>
  NewEndpoint.parse({ model: 'Test model', remoteModel: 'test-model', baseUrl: 'https://api.example.com/v1', ...rest })
const unused = async (): Promise<EndpointUses> => ({ going: [], kept: 0 })
const asked = async (): Promise<EndpointUses> => ({ going: ['run 12'], kept: 3 })

async function registered(rest: Partial<NewEndpoint> = {}) {
  const { ctx } = await callsLab()
  const { id } = await registerEndpoint(ctx, described(rest))
  return { ctx, id }
}

describe('a change', () => {
  test('of key, names and limits is stored, audited and told, and never with the key', async () => {
    const { ctx, id } = await registered({ key: 'sk-0123456789-old1' })
    const change = { key: 'sk-0123456789-new2', name: 'better', maxConcurrency: 3, timeoutMs: 9_000, maxRetries: 0 }
    const changed = await changeEndpoint(ctx, id, ChangedEndpoint.parse(change), unused)
    expect(changed).toMatchObject({ name: 'better', maxConcurrency: 3, timeoutMs: 9_000, maxRetries: 0 })
    expect(changed).toMatchObject({ keyHint: 'stored, ends in new2', status: 'unchecked' })
    expect((await openEndpoint(ctx, id)).key!.reveal()).toBe('sk-0123456789-new2')
    const [event] = await listEvents(ctx, id)
    expect(event).toMatchObject({ kind: 'changed', status: 'unchecked' })
    expect(event!.words).toContain('Requests at once: 8 → 3')
    expect(event!.words).toContain('The key was replaced')
    const [audit] = await ctx.sql`select action, detail::text as detail from audit_events order by id desc limit 1`
    expect(audit!['action']).toBe('endpoint.changed')
    expect(event!.words + String(audit!['detail'])).not.toContain('0123456789')
  })

  test('of nothing leaves no trace, and what is left out stays', async () => {
    const { ctx, id } = await registered({ requestsPerMinute: 40 })
    await changeEndpoint(ctx, id, { maxConcurrency: 8, remoteModel: 'test-model' }, unused)
    expect(await listEvents(ctx, id)).toHaveLength(1)
    expect(await getEndpoint(ctx, id)).toMatchObject({ requestsPerMinute: 40, statusReason: 'Not checked yet' })
  })

  test('under a run that goes on is refused where it would ask in two ways, and taken where it would not', async () => {
    const { ctx, id } = await registered()
    for (const change of [
      { baseUrl: 'https://b.example.com/v1' },
      { remoteModel: 'other' },
      { sendsStyleTag: true },
      { thinkingTags: [] },
    ])
      await expect(changeEndpoint(ctx, id, change, asked)).rejects.toMatchObject({
        type: '/problems/endpoint-in-use',
        detail: expect.stringContaining('run 12') as string,
      })
    for (const change of [{ key: 'sk-1' }, { maxConcurrency: 2 }, { name: 'other name' }])
      await changeEndpoint(ctx, id, change, asked)
    expect(await getEndpoint(ctx, id)).toMatchObject({
      remoteModel: 'test-model',
      name: 'other name',
      maxConcurrency: 2,
    })
  })

  test('of the tags around thoughts is stored and told; a tag without an end is refused in a sentence', async () => {
    const { ctx, id } = await registered()
    expect(await getEndpoint(ctx, id)).toMatchObject({ thinkingTags: ['usual'] })
    const change = ChangedEndpoint.parse({ thinkingTags: ['usual', '<plan> </plan>'] })
    expect(await changeEndpoint(ctx, id, change, unused)).toMatchObject({ thinkingTags: ['usual', '<plan> </plan>'] })
    expect((await openEndpoint(ctx, id)).settings.thinkingTags).toEqual(['usual', '<plan> </plan>'])
    expect((await listEvents(ctx, id))[0]!.words).toContain('Tags around thoughts: ["usual"] → ')
    for (const tag of ['<plan>', '<a> </a> <b>', '', ' </plan>', 'x'.repeat(131)])
      expect(() => ChangedEndpoint.parse({ thinkingTags: [tag] })).toThrow()
    expect(() => ChangedEndpoint.parse({ thinkingTags: ['<plan>'] })).toThrow(/a start and an end with a space between/)
  })

  test('switches off and on; an endpoint that is off stays so when its key is replaced', async () => {
    const { ctx, id } = await registered()
    expect(await changeEndpoint(ctx, id, { off: true }, asked)).toMatchObject({ status: 'off' })
    expect(await changeEndpoint(ctx, id, { key: 'sk-1' }, unused)).toMatchObject({ status: 'off', keyHint: 'stored' })
    expect(await changeEndpoint(ctx, id, { off: false }, unused)).toMatchObject({ status: 'unchecked' })
  })

  test('an endpoint that is off stays so when it is checked, refuses a run, or is registered again with a key', async () => {
    const { ctx, id } = await registered()
    const { statusSince } = await changeEndpoint(ctx, id, { off: true }, unused)
    const off = { status: 'off', statusReason: 'Switched off', statusSince }
    expect(await requestCheck(ctx, id)).toMatchObject(off)
    await markFailing(ctx, id, 'It refused the key')
    await registerEndpoint(ctx, described({ key: 'sk-1' }), { reuse: [] })
    expect(await getEndpoint(ctx, id)).toMatchObject({ ...off, keyHint: 'stored' })
    expect(await changeEndpoint(ctx, id, { key: null, remoteModel: 'other' }, unused)).toMatchObject(off)
    expect((await listEvents(ctx, id)).map(({ kind }) => kind)).toEqual(['changed', 'changed', 'added'])
  })

  test('an endpoint that several runs find failing fails once, since the first', async () => {
    const { ctx, id } = await registered()
    await markFailing(ctx, id, 'It refuses the key since 09:00 UTC')
    const first = await getEndpoint(ctx, id)
    await Promise.all([1, 2, 3].map((minute) => markFailing(ctx, id, `It refuses the key since 09:0${minute} UTC`)))
    expect(await getEndpoint(ctx, id)).toEqual(first)
    expect((await listEvents(ctx, id)).map(({ kind }) => kind)).toEqual(['health', 'added'])
  })

  test('to a name that another endpoint or model has is refused, and nothing of it is stored', async () => {
    const { ctx, id } = await registered()
    await registerEndpoint(ctx, described({ name: 'taken', model: 'Other model' }))
    const refused = (slug: string) => ({ type: `/problems/${slug}` })
    await expect(changeEndpoint(ctx, id, { name: 'taken', maxConcurrency: 1 }, unused)).rejects.toMatchObject(
      refused('endpoint-name-taken'),
    )
    await expect(changeEndpoint(ctx, id, { model: 'other MODEL', maxConcurrency: 1 }, unused)).rejects.toMatchObject(
      refused('model-name-taken'),
    )
    expect(await getEndpoint(ctx, id)).toMatchObject({ maxConcurrency: 8, model: { name: 'Test model' } })
    await changeEndpoint(ctx, id, { model: 'Right name' }, unused)
    expect((await getEndpoint(ctx, id)).model).toMatchObject({ name: 'Right name', slug: 'right-name' })
    await ctx.sql`update models set released_at = now()`
    await expect(changeEndpoint(ctx, id, { model: 'Late' }, unused)).rejects.toMatchObject({ status: 400 })
  })

  test.each([
    { maxConcurrency: 0 },
    { maxConcurrency: 513 },
    { requestsPerMinute: 0 },
    { timeoutMs: 999 },
    { maxRetries: 21 },
    { name: ' ' },
    { remoteModel: '' },
  ])('to %o does not fit', (change) => {
    expect(ChangedEndpoint.safeParse(change).success).toBe(false)
  })
})

describe('an endpoint that is taken out', () => {
  test('loses its key, is seen no more, and its name is free', async () => {
    const { ctx, id } = await registered({ name: 'mine', key: 'sk-0123456789-old1' })
    expect(await removeEndpoint(ctx, id, async () => ({ going: [], kept: 3 }))).toEqual({ name: 'mine', kept: 3 })
    expect(await ctx.sql`select sealed_key, key_hint, status from endpoints where id = ${id}`).toMatchObject([
      { sealed_key: null, key_hint: null, status: 'off' },
    ])
    await expect(getEndpoint(ctx, id)).rejects.toMatchObject({ status: 404 })
    expect(await findEndpoint(ctx, 'mine')).toBeUndefined()
    expect((await registerEndpoint(ctx, described({ name: 'mine' }))).id).not.toBe(id)
  })

  test('must not be asked at the moment', async () => {
    const { ctx, id } = await registered()
    await expect(removeEndpoint(ctx, id, asked)).rejects.toMatchObject({ type: '/problems/endpoint-in-use' })
    expect(await getEndpoint(ctx, id)).toMatchObject({ id })
  })
})

test('the newest 200 events of an endpoint are kept', async () => {
  const { ctx, id } = await registered()
  await ctx.sql`insert into endpoint_events (endpoint_id, kind, status, words)
    select ${id}, 'health', 'ready', n::text from generate_series(1, 250) as n`
  await changeEndpoint(ctx, id, { maxConcurrency: 2 }, unused)
  const events = await listEvents(ctx, id)
  expect(events).toHaveLength(200)
  expect(events[0]!.words).toBe('Requests at once: 8 → 2')
  expect(events[1]!.words).toBe('250')
})
