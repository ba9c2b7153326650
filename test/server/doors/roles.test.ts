import { beforeAll, expect, test } from 'vitest'
import { openSession } from '#server/accounts/service.ts'
import { loopbackCookieName } from '#server/accounts/session-cookie.ts'
import { addressOf, everyRoute } from '../../support/every-route.ts'
import { arena, type Arena } from '../../support/arena.ts'
import { newPerson } from '../../support/people.ts'
import { whoMay } from './who-may.ts'

/** From whoever may least to whoever may most: a policy lets in the role that it names and all that follow. */
const roles = ['public', 'rater', 'team', 'researcher', 'admin'] as const
type Role = (typeof roles)[number]

let house: Arena
let routes: Awaited<ReturnType<typeof everyRoute>>
const cookies = {} as Record<Role, string>
const people = {} as Record<Role, string>

beforeAll(async () => {
  house = await arena()
  routes = await everyRoute(house.app)
  for (const role of roles) {
    if (role === 'public') continue
    const { actor } = await newPerson(house.ctx, role)
    if (actor.kind !== 'person') throw new Error('nobody was made')
    people[role] = actor.personId
    cookies[role] = `${loopbackCookieName(house.ctx.config)}=${await openSession(house.ctx, actor.personId)}`
  }
  cookies.public = ''
  // A rater's own session: they have a place in the study, which is open.
  const [rater] = await house.ctx.sql<{ id: string }[]>`select person_id as id from raters limit 1`
  people.rater = rater!.id
  cookies.rater = house.asRater.cookie
})

const nothing = '00000000-0000-4000-8000-000000000000'

/** What the door says to somebody: why they are not let in, or that they are. What is behind it names nothing. */
async function atTheDoor(route: (typeof routes)[number], role: Role): Promise<string> {
  const headers = cookies[role] ? { cookie: cookies[role] } : {}
  const reply = await house.app.inject({ method: route.method, url: addressOf(route, {}, nothing), headers })
  if (reply.statusCode < 400) return 'let in'
  const { type } = reply.json<{ type: string }>()
  return (
    { '/problems/sign-in-needed': 'sign in', '/problems/not-allowed': 'denied', '/problems/rating-blind': 'blind' }[
      type
    ] ?? 'let in'
  )
}

const nameOf = ({ method, path }: (typeof routes)[number]) => `${method} ${path}`

test('SEC-23 every route of the document stands in the matrix, and the matrix has no other', () => {
  expect(Object.keys(whoMay).toSorted()).toEqual(routes.map(nameOf).toSorted())
})

test('SEC-23 every route lets in whom the matrix says and nobody else, and a rater nowhere that names a model', async () => {
  const wrong: string[] = []
  const denied: string[] = []
  for (const route of routes) {
    const entry = whoMay[nameOf(route)]
    if (!entry || nameOf(route) === 'DELETE /session') continue
    const [policy, names] = entry.split(', ') as [Role | 'member', string?]
    const least = roles.indexOf(policy === 'member' ? 'rater' : policy)
    for (const role of roles) {
      const isLetIn = roles.indexOf(role) >= least
      const expected = isLetIn
        ? role === 'rater' && names
          ? 'blind'
          : 'let in'
        : role === 'public'
          ? 'sign in'
          : 'denied'
      const said = await atTheDoor(route, role)
      if (said !== expected) wrong.push(`${nameOf(route)}: ${role} is ${said}, not ${expected}`)
      if (role !== 'public' && expected !== 'let in') denied.push(`${people[role]} ${nameOf(route)}`)
    }
  }
  expect(wrong).toEqual([])
  const rows = await house.ctx.sql<{ line: string }[]>`
    select actor_id || ' ' || replace(substr(subject, 7), '/api/v1', '') as line from audit_events where action = 'denied'`
  const audited = rows.map(({ line }) => line.replaceAll(/:(\w+)/g, '{$1}'))
  expect(audited.toSorted()).toEqual(denied.toSorted())
})

test('SEC-23 what is one rater’s is nobody else’s: cards, votes, training, and no role changes that', async () => {
  const [card] = (await house.asRater.lease(1)).cards
  const { id } = await house.asRater.cast(card!, 'tie')
  const other = await house.newRater()
  for (const cookie of [other.cookie, cookies.team, cookies.researcher, cookies.admin])
    for (const [address, payload] of [
      [`battles/${card!.battleId}/vote`, { verdict: 'model_a' }],
      [`battles/${card!.battleId}/renew`, {}],
      [`battles/${card!.battleId}/report`, { reason: 'other' }],
      [`votes/${id}/withdraw`, {}],
    ] as const) {
      const reply = await house.app.inject({ method: 'POST', url: `/api/v1/${address}`, headers: { cookie }, payload })
      expect([address, reply.statusCode]).toEqual([address, expect.toBeOneOf([403, 404])])
    }
  const [vote] = await house.ctx.sql`select verdict, withdrawn_at from votes where id = ${id}`
  expect(vote).toEqual({ verdict: 'tie', withdrawn_at: null })
})
