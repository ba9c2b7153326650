import { describe, expect, test } from 'vitest'
import { arena, type Arena, type Visitor } from '../../support/arena.ts'
import { beginRequest, endRequest, type KeyedRequest } from '#server/idempotency/service.ts'

const links = ({ study }: Arena) => `/api/v1/studies/${study.slug}/links`

async function ask({ app }: Arena, { cookie }: Visitor, url: string, key: string, payload: object) {
  return app.inject({ method: 'POST', url, payload, headers: { cookie, 'idempotency-key': key } })
}

/** Links for raters to share beside the one that the arena itself has made. */
async function madeLinks({ ctx }: Arena): Promise<number> {
  const [row] = await ctx.sql<
    { n: number }[]
  >`select count(*)::int as n from links where kind = 'shared' and cohort = 'default' and role = 'rater'`
  return row!.n
}

describe('a request that makes something', () => {
  test('made twice at once with one key makes one thing, and both get its address', async () => {
    const house = await arena()
    const press = () => ask(house, house.asAdmin, links(house), 'press-1', { maxUses: 3 })
    const [one, other] = await Promise.all([press(), press()])
    expect([one.statusCode, other.statusCode]).toEqual([201, 201])
    expect(other.json()).toEqual(one.json())
    expect([one, other].filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(1)
    expect(await madeLinks(house)).toBe(1)
    expect((await press()).json()).toEqual(one.json())
    expect(await madeLinks(house)).toBe(1)
  })

  test('is refused in words when its key has come with another body or at another address', async () => {
    const house = await arena()
    await ask(house, house.asAdmin, links(house), 'press-1', { maxUses: 3 })
    for (const [url, body] of [
      [links(house), { maxUses: 4 }],
      ['/api/v1/runs', { endpointId: '6d1f6f2e-3a51-4c39-9d2c-6f1f0a6f6c11', benchmark: 'ai2d' }],
    ] as const)
      expect((await ask(house, house.asAdmin, url, 'press-1', body)).json()).toEqual({
        type: '/problems/idempotency-key-taken',
        title: 'This idempotency key belongs to another request',
        status: 422,
        detail: 'Give each request a key of its own',
      })
    expect(await madeLinks(house)).toBe(1)
  })

  test('without a key, or with another one, makes a second thing', async () => {
    const house = await arena()
    for (const key of ['press-1', 'press-2']) await ask(house, house.asAdmin, links(house), key, {})
    await house.asAdmin.post(links(house), {})
    expect(await madeLinks(house)).toBe(3)
  })

  test('that failed may be sent again with its key', async () => {
    const house = await arena()
    const run = { endpointId: '6d1f6f2e-3a51-4c39-9d2c-6f1f0a6f6c11', benchmark: 'ai2d' }
    for (const _ of [1, 2]) {
      const reply = await ask(house, house.asAdmin, '/api/v1/runs', 'press-1', run)
      expect([reply.statusCode, reply.headers['idempotency-replayed']]).toEqual([404, undefined])
    }
    expect(await house.ctx.sql`select 1 from idempotent_requests`).toHaveLength(0)
  })

  test('with a key that is too long is refused, and its reply lies nowhere in clear', async () => {
    const house = await arena()
    expect((await ask(house, house.asAdmin, links(house), 'k'.repeat(201), {})).statusCode).toBe(400)
    const { url } = (await ask(house, house.asAdmin, links(house), 'k'.repeat(200), {})).json<{ url: string }>()
    const rows = await house.ctx.sql<{ row: string }[]>`select r::text as row from idempotent_requests r`
    expect(rows).toHaveLength(1)
    expect(rows[0]!.row).not.toContain(url.split('/').at(-1))
  })
})

describe('keys', () => {
  async function place() {
    const house = await arena()
    const people = await house.ctx.sql<{ id: string }[]>`select id from people order by role`
    const [one, other] = people.map(({ id }) => ({ personId: id, key: 'key', hash: 'hash' }))
    return { ctx: house.ctx, one: one!, other: other! }
  }
  const reply = { status: 201, body: '{"id":1}' }
  const age = (ctx: Arena['ctx'], { personId }: KeyedRequest, interval: string) =>
    ctx.sql`update idempotent_requests set begun_at = now() - ${interval}::text::interval where person_id = ${personId}`

  test('of one person say nothing of those of another', async () => {
    const { ctx, one, other } = await place()
    expect(await beginRequest(ctx, one)).toBeNull()
    await endRequest(ctx, one, reply)
    expect(await beginRequest(ctx, other)).toBeNull()
    expect(await beginRequest(ctx, one)).toEqual(reply)
  })

  test('are forgotten after a day, and every older one with them', async () => {
    const { ctx, one, other } = await place()
    for (const request of [one, other]) {
      await beginRequest(ctx, request)
      await endRequest(ctx, request, reply)
    }
    await age(ctx, one, '23 hours 59 minutes')
    expect(await beginRequest(ctx, one)).toEqual(reply)
    await age(ctx, one, '24 hours 1 second')
    await age(ctx, other, '24 hours 1 second')
    expect(await beginRequest(ctx, one)).toBeNull()
    const left = await ctx.sql<{ id: string }[]>`select person_id as id from idempotent_requests`
    expect(left).toEqual([{ id: one.personId }])
  })

  test('of a request that never ended are free after two minutes; till then its twin waits twenty seconds', async () => {
    const { ctx, one } = await place()
    await beginRequest(ctx, one)
    await age(ctx, one, '1 minute 30 seconds')
    let now = 0
    const hurried = { ...ctx, now: () => (now += 19_999) }
    await expect(beginRequest(hurried, one)).rejects.toMatchObject({ type: '/problems/still-being-done' })
    expect(now).toBe(3 * 19_999)
    await age(ctx, one, '2 minutes 1 second')
    expect(await beginRequest(ctx, one)).toBeNull()
  })

  test('number at most a thousand for each person, the newest', async () => {
    const { ctx, one, other } = await place()
    await beginRequest(ctx, other)
    await ctx.sql`
      insert into idempotent_requests (person_id, key, request_hash, begun_at)
      select ${one.personId}, 'key-' || n, '', now() - n * interval '1 second' from generate_series(1, 1000) n`
    await beginRequest(ctx, one)
    const rows = await ctx.sql<{ key: string }[]>`
      select key from idempotent_requests where person_id = ${one.personId} order by begun_at`
    expect([rows.length, rows[0]!.key, rows.at(-1)!.key]).toEqual([1000, 'key-999', 'key'])
    expect(await ctx.sql`select 1 from idempotent_requests where person_id = ${other.personId}`).toHaveLength(1)
  })

  test.each([
    ['a reply too long to keep', { status: 201, body: 'x'.repeat(1_048_577) }],
    ['a failure', { status: 500, body: '{}' }],
    ['a refusal', { status: 304, body: '' }],
  ])('of %s are free again', async (_what, ended) => {
    const { ctx, one } = await place()
    await beginRequest(ctx, one)
    await endRequest(ctx, one, ended)
    expect(await beginRequest(ctx, one)).toBeNull()
  })

  test('of the longest reply that is kept give it back', async () => {
    const { ctx, one } = await place()
    const longest = { status: 200, body: 'x'.repeat(1_048_576) }
    await beginRequest(ctx, one)
    await endRequest(ctx, one, longest)
    expect(await beginRequest(ctx, one)).toEqual(longest)
  })
})
