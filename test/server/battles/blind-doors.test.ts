import { expect, test } from 'vitest'
import { loopbackCookieName } from '#server/accounts/session-cookie.ts'
import { openSession } from '#server/accounts/service.ts'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import { arena, visitor, type Arena, type Visitor } from '../../support/arena.ts'
import { giveVotes } from '../../support/give-votes.ts'
import { join, newPerson } from '../../support/people.ts'
import { writeRun } from '../../support/write-run.ts'

const planted = ['Zephyrine', 'Quillon', 'Oberwald']
const models = planted.map((name) => ({ name, organisation: `${name} Labs` }))

/** A study with votes, a board, and a run of each model that everybody may see. */
async function fill(): Promise<Arena> {
  const house = await arena({ models })
  await giveVotes(
    house,
    Array.from({ length: 30 }, (_, n) => ({
      a: n % 3,
      b: (n + 1) % 3,
      verdict: 'model_a',
      rater: n % 6,
      query: n % 12,
    })),
  )
  await refreshRatings(house.ctx, house.study.id)
  for (const model of [0, 1, 2]) await writeRun(house, { model, benchmark: 'chartqa', split: 'test', value: 0.5 })
  return house
}

async function enter(house: Arena, role: 'rater' | 'team' | 'researcher'): Promise<Visitor> {
  const person = await newPerson(house.ctx, role)
  await join(person, house.study.id)
  const token = await openSession(house.ctx, person.actor.kind === 'person' ? person.actor.personId : '')
  return visitor(house.app, `${loopbackCookieName(house.ctx.config)}=${token}`, house.study.slug)
}

/** Every address that can be read, filled with what exists. */
async function addresses({ app, ctx, study }: Arena): Promise<string[]> {
  const one = async (text: string) => ((await ctx.sql.unsafe(text))[0] as { id: string } | undefined)?.id ?? '1'
  const known: Record<string, string> = {
    '/runs/{id}': await one('select id::text from runs'),
    '/snapshots/{id}': await one('select id::text from snapshots'),
    '/endpoints/{id}': await one('select id::text from endpoints'),
    '/boards/{slug}/snapshots/{id}': await one('select id::text from snapshots'),
    '/boards/{slug}/battles/{vote}': await one('select id::text from votes'),
    '/images/{sha256}': await one('select sha256 as id from images'),
  }
  const paths = Object.entries(app.swagger().paths ?? {}).filter(([, path]) => path?.get)
  return paths
    .map(([path]) => path.replace('/api/v1', ''))
    .filter((path) => !path.endsWith('/events'))
    .map((path) => {
      const found = Object.entries(known).find(([start]) => path.startsWith(start))
      const filled = found ? path.replace(/\{(id|vote|sha256)\}/, found[1]) : path
      const more = filled.endsWith('/battles')
        ? '?a=zephyrine&b=quillon'
        : filled.endsWith('/export')
          ? '?format=csv'
          : ''
      return `/api/v1${filled
        .replace('/pools/{slug}', '/pools/pool')
        .replace('{slug}', study.slug)
        .replace('/benchmarks/{id}', '/benchmarks/chartqa')
        .replace('{model}', 'zephyrine')
        .replace('{exampleId}', '1')
        .replaceAll(/\{\w+\}/g, '1')}${more}`
    })
}

test.each(['rater', 'team', 'researcher'] as const)(
  'SEC-47: a %s who rates in an open study is named no model at any address, and is again when it has closed',
  async (role) => {
    const house = await fill()
    const urls = await addresses(house)
    expect(urls.length).toBeGreaterThan(60)
    const named = async (by: Visitor) => {
      const found: string[] = []
      for (const url of urls) {
        const { body, headers } = await by.get(url)
        const all = `${JSON.stringify(headers)} ${body}`.toLowerCase()
        if (planted.some((name) => all.includes(name.toLowerCase()) && !url.includes(name.toLowerCase())))
          found.push(url)
      }
      return found
    }
    const person = await enter(house, role)
    expect(await named(person)).toEqual([])
    expect((await person.get('/api/v1/runs')).json()).toMatchObject({ type: '/problems/rating-blind', status: 403 })
    await house.ctx.sql`update enrolments set paused_at = now()`
    expect(await named(person)).toEqual([])
    await house.ctx.sql`update studies set status = 'closed'`
    const after = await named(person)
    expect(after).toContain(`/api/v1/boards/${house.study.slug}`)
    expect(after).toContain('/api/v1/runs')
  },
)

test('SEC-47: nobody of a team is given a card with an answer of its model, whatever else is left to draw', async () => {
  const house = await arena({ models, queries: 24, study: { overlapShare: 0.5, goldShare: 0.3 } })
  const { ctx, study, modelIds } = house
  await ctx.sql`
    insert into gold_items (study_id, query_id, first, second, expected)
    select x.study_id, x.query_id, x.id, y.id, 'first' from responses x
    join responses y on y.query_id = x.query_id and y.study_id = x.study_id and y.model_id <> x.model_id
    where x.model_id = ${modelIds[0]!} order by x.query_id limit 6`
  const others = await house.newRater()
  for (let n = 0; n < 6; n++) await others.cast((await others.lease()).cards[0]!, 'tie')
  const member = await newPerson(ctx, 'team')
  const { actor } = member
  const team = actor.kind === 'person' ? actor.teamId : null
  await ctx.sql`update models set team_id = ${team} where id = ${modelIds[0]!}`
  await join(member, study.id)
  const token = await openSession(ctx, actor.kind === 'person' ? actor.personId : '')
  const asMember = visitor(house.app, `${loopbackCookieName(house.ctx.config)}=${token}`, study.slug)
  let given = 0
  for (;;) {
    const [card] = (await asMember.lease()).cards
    if (!card) break
    await asMember.cast(card, 'model_a')
    given++
  }
  expect(given).toBeGreaterThan(10)
  const own = await ctx.sql`
    select b.purpose from battles b join raters r on r.id = b.rater_id and r.person_id = ${actor.kind === 'person' ? actor.personId : ''}
    join responses x on x.id = b.response_a join responses y on y.id = b.response_b
    where ${modelIds[0]!} in (x.model_id, y.model_id)`
  expect(own).toEqual([])
})
