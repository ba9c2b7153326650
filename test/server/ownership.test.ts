import { beforeAll, describe, expect, test } from 'vitest'
import type { InjectOptions } from 'fastify'
import { loopbackCookieName } from '#server/accounts/session-cookie.ts'
import { createTeamLink } from '#server/links/service.ts'
import { createTeam } from '#server/accounts/teams/teams.ts'
import type { Endpoint } from '#server/endpoints/schema.ts'
import type { RunSummary } from '#server/runs/schema.ts'
import { redeemLink } from '#server/raters/service.ts'
import { arena, type Arena } from '../support/arena.ts'

/** Everybody who may ask, and what they get: nobody signed in, a rater, another team, the team whose it is, a researcher. */
const askers = ['anonymous', 'rater', 'foreign', 'own', 'researcher'] as const
type Asker = (typeof askers)[number]

let house: Arena
const cookies: Record<Asker, string> = { anonymous: '', rater: '', foreign: '', own: '', researcher: '' }
const ids = { endpoint: '', run: '', team: '', link: '', person: '' }
let example = ''

const newEndpoint = (name: string) => ({ model: name, remoteModel: 'm', baseUrl: 'https://api.example.com/v1' })

beforeAll(async () => {
  house = await arena()
  const { ctx, app } = house
  const [one, two] = [await createTeam(ctx, 'One'), await createTeam(ctx, 'Two')]
  const enter = async (teamId: string, maxUses = 1) => {
    const { url } = await createTeamLink(ctx, teamId, { days: 1, maxUses }, 'http://localhost')
    const { token } = await redeemLink(ctx, url.split('/').at(-1)!, { consent: false })
    return `${loopbackCookieName(ctx.config)}=${token}`
  }
  cookies.own = await enter(one.id, 5)
  cookies.foreign = await enter(two.id)
  cookies.rater = house.asRater.cookie
  cookies.researcher = house.asAdmin.cookie
  await ctx.sql`update people set role = 'researcher' where role = 'admin'`
  const own = { cookie: cookies.own }
  const made = await app.inject({ method: 'POST', url: '/api/v1/endpoints', headers: own, payload: newEndpoint('One') })
  ids.endpoint = made.json<Endpoint>().id
  const payload = { endpointId: ids.endpoint, benchmark: 'chartqa', split: 'sample', limit: 2 }
  const run = await app.inject({ method: 'POST', url: '/api/v1/runs', headers: own, payload })
  ids.run = String(run.json<RunSummary>().id)
  ids.team = one.id
  ids.link = (await ctx.sql`select id from links where team_id = ${one.id}`)[0]!['id'] as string
  ids.person = (await ctx.sql`select id from people where team_id = ${one.id}`)[0]!['id'] as string
  const { readRun } = await import('#server/runs/reading/read-run.ts')
  await readRun(ctx, Number(ids.run))
  example = (await ctx.sql`select example_id from predictions limit 1`)[0]!['example_id'] as string
})

/** [method, address, body, replies in the order of the askers]. Rows that end something stand last. */
const rows: [InjectOptions['method'] & string, string, object | undefined, number[]][] = [
  ['GET', '/endpoints', undefined, [401, 403, 200, 200, 200]],
  ['GET', '/endpoints/{id}', undefined, [401, 403, 404, 200, 200]],
  ['GET', '/endpoints/{id}/events', undefined, [401, 403, 404, 200, 200]],
  ['PATCH', '/endpoints/{id}', { maxConcurrency: 4 }, [401, 403, 404, 200, 200]],
  ['POST', '/endpoints/{id}/check', undefined, [401, 403, 404, 202, 202]],
  ['POST', '/endpoints', newEndpoint('One'), [401, 403, 409, 201, 201]],
  ['POST', '/endpoints/import', { file: '{"a":{}}' }, [401, 403, 200, 200, 200]],
  ['GET', '/queue', undefined, [401, 403, 200, 200, 200]],
  ['POST', '/runs/{run}/move', { to: 'first' }, [401, 403, 404, 200, 200]],
  ['GET', '/endpoints/{id}/runs', undefined, [401, 403, 404, 200, 200]],
  [
    'POST',
    '/endpoints/{id}/runs',
    { tasks: [{ benchmark: 'ai2d', split: 'sample' }], limit: 1 },
    [401, 403, 404, 201, 201],
  ],
  ['GET', '/runs', undefined, [200, 403, 200, 200, 200]],
  ['GET', '/runs/{run}', undefined, [404, 403, 404, 200, 200]],
  ['GET', '/runs/{run}/events', undefined, [404, 403, 404, 200, 200]],
  ['GET', '/runs/{run}/predictions', undefined, [404, 403, 404, 200, 200]],
  ['GET', '/runs/{run}/predictions/{example}', undefined, [404, 403, 404, 200, 200]],
  ['GET', '/runs/{run}/predictions/{example}/curl', undefined, [401, 403, 404, 200, 200]],
  ['POST', '/runs', { endpointId: '{id}', benchmark: 'chartqa', split: 'sample', limit: 1 }, [401, 403, 404, 201, 201]],
  [
    'POST',
    '/runs/estimate',
    { endpointId: '{id}', benchmark: 'chartqa', split: 'sample', limit: 1 },
    [401, 403, 404, 200, 200],
  ],
  ['PATCH', '/runs/{run}', { costLimit: 1 }, [401, 403, 404, 200, 200]],
  ['POST', '/runs/{run}/pause', undefined, [401, 403, 404, 200, 409]],
  ['POST', '/runs/{run}/resume', undefined, [401, 403, 404, 200, 200]],
  ['POST', '/runs/{run}/retry-errors', undefined, [401, 403, 404, 200, 200]],
  ['POST', '/runs/{run}/rescore', {}, [401, 403, 403, 403, 409]],
  ['POST', '/runs/{run}/finalise', undefined, [401, 403, 403, 403, 409]],
  ['POST', '/runs/{run}/withdraw', { reason: 'Not ours' }, [401, 403, 403, 403, 200]],
  ['POST', '/runs/{run}/restore', undefined, [401, 403, 403, 403, 200]],
  ['DELETE', '/runs/{run}/server-scores/{score}', undefined, [401, 403, 403, 403, 404]],
  ['DELETE', '/runs/{run}', undefined, [401, 403, 404, 409, 409]],
  ['POST', '/runs/{run}/cancel', undefined, [401, 403, 404, 200, 409]],
  ['DELETE', '/endpoints/{id}', undefined, [401, 403, 404, 409, 409]],
  ['GET', '/teams', undefined, [401, 403, 200, 200, 200]],
  ['GET', '/teams/{team}', undefined, [401, 403, 404, 200, 200]],
  ['GET', '/teams/{team}/links', undefined, [401, 403, 404, 200, 200]],
  ['POST', '/teams/{team}/links', { maxUses: 1 }, [401, 403, 404, 201, 201]],
  ['DELETE', '/teams/{team}/links/{link}', undefined, [401, 403, 404, 204, 204]],
  ['POST', '/teams', { name: 'Three' }, [401, 403, 403, 403, 403]],
  ['PATCH', '/teams/{team}', { disabled: true }, [401, 403, 403, 403, 403]],
  ['DELETE', '/teams/{team}', undefined, [401, 403, 403, 403, 403]],
  ['GET', '/allowed-addresses', undefined, [401, 403, 403, 403, 403]],
  ['POST', '/allowed-addresses', { address: '127.0.0.1:8000' }, [401, 403, 403, 403, 403]],
  ['DELETE', '/allowed-addresses/127.0.0.1/8000', undefined, [401, 403, 403, 403, 403]],
  ['DELETE', '/teams/{team}/people/{person}', undefined, [401, 403, 403, 403, 403]],
]

const filled = (text: string) =>
  text
    .replaceAll('{id}', ids.endpoint)
    .replaceAll('{run}', ids.run)
    .replaceAll('{example}', encodeURIComponent(example))
    .replaceAll('{score}', '1')
    .replaceAll('{team}', ids.team)
    .replaceAll('{link}', ids.link)
    .replaceAll('{person}', ids.person)

async function ask(asker: Asker, [method, address, body]: (typeof rows)[number]) {
  const payload = body && (JSON.parse(filled(JSON.stringify(body))) as object)
  const headers = cookies[asker] ? { cookie: cookies[asker] } : {}
  const url = `/api/v1${filled(address)}`
  const request = { method: method as 'GET', url, headers, ...(payload && { payload }) }
  if (!address.endsWith('/{run}/events')) return house.app.inject(request)
  // A stream of a run that goes on has no end: its status is enough.
  const reply = await house.app.inject({ ...request, payloadAsStream: true })
  reply.raw.res.destroy()
  return reply
}

test.each(rows)('%s %s lets in whom it should and nobody else', async (...row) => {
  const replies: Partial<Record<Asker, number>> = {}
  for (const asker of askers) replies[asker] = (await ask(asker, row)).statusCode
  expect(replies).toEqual(Object.fromEntries(askers.map((asker, index) => [asker, row[3][index]])))
})

describe('what a team is shown of another', () => {
  test('is neither its runs nor its endpoints, in lists too', async () => {
    const text = async (address: string) => (await ask('foreign', ['GET', address, undefined, []])).body
    expect(await text('/runs')).not.toContain(ids.endpoint)
    expect(JSON.parse(await text('/runs'))).toEqual([])
    expect(await text('/endpoints')).not.toContain('api.example.com')
    expect(await text('/teams')).not.toContain('"One"')
  })

  test('a team that may read a run of a released model may not end it', async () => {
    await house.ctx.sql`update models set released_at = now()
      where id = (select model_id from runs where id = ${Number(ids.run)})`
    expect((await ask('foreign', ['GET', '/runs/{run}', undefined, []])).statusCode).toBe(200)
    for (const action of ['pause', 'resume', 'retry-errors', 'cancel'])
      expect((await ask('foreign', ['POST', `/runs/{run}/${action}`, undefined, []])).statusCode).toBe(403)
    expect((await ask('foreign', ['DELETE', '/runs/{run}', undefined, []])).statusCode).toBe(403)
  })

  test('an endpoint of the operator is no judge and no model for a team', async () => {
    const [operators] = await house.ctx.sql<{ id: string }[]>`select id from endpoints where team_id is null limit 1`
    const run = { endpointId: operators!.id, benchmark: 'chartqa', split: 'sample' }
    expect((await ask('own', ['POST', '/runs', run, []])).statusCode).toBe(404)
    const judged = { endpointId: '{id}', benchmark: 'mathvista', split: 'sample', judgeEndpointId: operators!.id }
    expect((await ask('own', ['POST', '/runs', judged, []])).statusCode).toBe(404)
  })
})

test('every address of endpoints, runs, teams and allowed addresses stands in the table', async () => {
  const { paths } = (await house.app.inject('/api/openapi.json')).json<{ paths: Record<string, object> }>()
  const served = Object.entries(paths).flatMap(([path, methods]) =>
    /^\/api\/v1\/(endpoints|runs|queue|teams|allowed)/.test(path)
      ? Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '{}')}`)
      : [],
  )
  const tried = rows.map(
    ([method, path]) => `${method} /api/v1${path.replace('127.0.0.1/8000', '{}/{}').replaceAll(/\{\w+\}/g, '{}')}`,
  )
  expect(tried.toSorted()).toEqual(served.toSorted())
})
