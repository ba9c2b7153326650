import { mkdtempSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import type { Board } from '#server/boards/schema.ts'
import { readParquetRows } from '#server/formats/parquet.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { arena, type Arena } from '../../support/arena.ts'
import { giveVotes } from '../../support/give-votes.ts'
import { startArena } from '../../support/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-exports-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const random = new Random(3, 0)
const votes = Array.from({ length: 300 }, (_, n) => {
  const a = random.below(4)
  const b = (a + 1 + random.below(3)) % 4
  const verdict = ['model_a', 'model_b', 'model_a', 'tie', 'both_bad', 'unsure'][random.below(6)]!
  return { a, b, verdict, rater: n % 7, query: random.below(12), castAt: '2026-03-01T12:34:56Z' }
})
const unsure = votes.filter(({ verdict }) => verdict === 'unsure').length

async function voted(): Promise<Arena> {
  const house = await arena({
    models: ['Ann', 'Ben', 'Cas', 'Dot'].map((name) => ({ name })),
    response: (m, q) => `Model ${m} on ${q} says “no”,\nand more.`,
  })
  await giveVotes(house, votes)
  await refreshRatings(house.ctx, house.study.id)
  return house
}

const urlOf = ({ study }: Arena, query: string) => `/api/v1/boards/${study.slug}/export?${query}`

const layouts = [
  ['battles', 'battles.json'],
  ['arena-jsonl', 'arena.jsonl'],
  ['arena-parquet', 'arena.parquet'],
] as const

test.each(layouts)('%s that go out come back through arena rate as the digits of the board', async (format, file) => {
  const house = await voted()
  const reply = await house.asAdmin.get(urlOf(house, `format=${format}`))
  expect(reply.headers['x-unsure-left-out']).toBe(String(unsure))
  const path = join(folder, file)
  await writeFile(path, reply.rawPayload)
  // These raters were given the same more than once, which no study does.
  const rate = startArena(['rate', path, '--repeats', 'all', '--json'])
  expect(await rate.ended, rate.output()).toBe(0)
  const { lists } = JSON.parse(rate.output()) as {
    lists: { rows: { model: string; rating: number; lower: number; upper: number }[] }[]
  }
  const { rows } = (await house.asAdmin.get(`/api/v1/boards/${house.study.slug}`)).json<Board>()
  expect(lists[0]!.rows.map(({ model, rating, lower, upper }) => [model, rating, lower, upper])).toEqual(
    rows.map(({ model, elo, low, high }) => [model.slug, elo, low, high]),
  )
})

test('a battle has the fields that readers of battles know, in their spelling, and no unsure one is among them', async () => {
  const house = await voted()
  const battles = (await house.asAdmin.get(urlOf(house, 'format=battles'))).json<Record<string, unknown>[]>()
  expect(battles).toHaveLength(votes.length - unsure)
  expect(new Set(battles.map(({ winner }) => winner))).toEqual(new Set(['model_a', 'model_b', 'tie', 'tie (bothbad)']))
  expect(battles[0]).toEqual({
    question_id: expect.any(String) as string,
    model_a: expect.stringMatching(/^(ann|ben|cas|dot)$/) as string,
    model_b: expect.stringMatching(/^(ann|ben|cas|dot)$/) as string,
    winner: expect.any(String) as string,
    judge: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    conversation_a: [
      { role: 'user', content: expect.stringMatching(/^Question \d+\?$/) as string },
      { role: 'assistant', content: expect.stringMatching(/^Model \d on \d+ says “no”,\nand more\.$/) as string },
    ],
    conversation_b: expect.any(Array) as unknown[],
    turn: 1,
    anony: true,
    language: 'English',
    tstamp: Date.UTC(2026, 2, 1, 12) / 1000,
    category: expect.any(String) as string,
  })
})

test('a row of the public set has its columns, a rater is a session, and Parquet holds the same as JSON Lines', async () => {
  const house = await voted()
  const lines = (await house.asAdmin.get(urlOf(house, 'format=arena-jsonl'))).body.trim().split('\n')
  const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(rows).toHaveLength(votes.length - unsure)
  expect(new Set(rows.map(({ winner }) => winner))).toEqual(new Set(['model_a', 'model_b', 'tie', 'both_bad']))
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
  const [first] = rows
  expect(Object.keys(first!).slice(0, 14)).toEqual(
    (
      'id model_a model_b winner evaluation_session_id evaluation_order conversation_a conversation_b ' +
      'full_conversation conv_metadata category_tag language is_code timestamp'
    ).split(' '),
  )
  expect(first).toMatchObject({
    evaluation_order: 1,
    conversation_a: [
      { role: 'user', content: [{ type: 'text' }, { type: 'image', image: first!.image_sha256 }] },
      { role: 'assistant', content: [{ type: 'text', text: expect.stringMatching(/^Model \d on/) as string }] },
    ],
    language: 'en',
    timestamp: '2026-03-01T12:00:00Z',
  })
  const path = join(folder, 'same.parquet')
  await writeFile(path, (await house.asAdmin.get(urlOf(house, 'format=arena-parquet'))).rawPayload)
  const packed: Record<string, unknown>[] = []
  for await (const row of readParquetRows(path)) packed.push(row)
  const alike = ({ id: _id, judge: _judge, evaluation_session_id: _session, ...row }: Record<string, unknown>) => row
  expect(packed.map(alike)).toEqual(rows.map(alike))
})

test('preference pairs hold wins only, the better answer chosen; what is left out is counted', async () => {
  const house = await voted()
  await house.ctx
    .sql`update responses set text = 'The same words.' where query_id = (select min(id::text)::uuid from queries)`
  const reply = await house.asAdmin.get(urlOf(house, 'format=dpo'))
  const pairs = reply.body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>)
  const [same] = await house.ctx.sql<{ n: number }[]>`
    select count(*)::int as n from votes where verdict in ('model_a', 'model_b')
      and query_id = (select min(id::text)::uuid from queries)`
  const ties = votes.filter(({ verdict }) => verdict === 'tie' || verdict === 'both_bad').length
  expect(pairs).toHaveLength(votes.length - unsure - ties - same!.n)
  expect(reply.headers).toMatchObject({
    'x-unsure-left-out': String(unsure),
    'x-ties-left-out': String(ties),
    'x-alike-left-out': String(same!.n),
  })
  const names = ['ann', 'ben', 'cas', 'dot']
  for (const { chosen, rejected, chosen_model: won, rejected_model: lost, image_sha256: image } of pairs) {
    expect([chosen!.slice(0, 7), rejected!.slice(0, 7)]).toEqual(
      [won, lost].map((one) => `Model ${names.indexOf(one!)}`),
    )
    expect(image).toMatch(/^[0-9a-f]{64}$/)
  }
  const firstWin = votes.find(({ verdict, query }) => verdict === 'model_a' && query > 0)!
  expect(pairs.filter((pair) => pair.chosen_model === names[firstWin.a]).length).toBeGreaterThan(0)
})

test('the data card and the methods section have their numbers filled in and name no withheld model', async () => {
  const house = await voted()
  await house.ctx.sql`update models set released_at = null where slug = 'ben'`
  const card = await house.asAdmin.get(urlOf(house, 'format=data-card'))
  expect(card.headers['content-type']).toBe('text/markdown; charset=utf-8')
  expect(card.headers['content-disposition']).toContain('-data-card.md')
  expect(card.body).toContain(`${votes.length - unsure} votes by 7 raters on 12 queries`)
  expect(card.body).toContain('The votes were cast on 2026-03-01 (UTC).')
  expect(card.body).toContain(`Not counted in the ratings: ${unsure} the rater could not judge.`)
  expect(card.body).toMatch(
    /On \d+ pairs of answers judged by two raters or more, \d+\.\d % of \d+ pairs of votes agree/,
  )
  expect(card.body).toContain('- Withheld model 1')
  expect(card.body).not.toMatch(/Ben/)
  const methods = (await house.asAdmin.get(urlOf(house, 'format=methods'))).body
  expect(methods).toContain('We compared 4 models in “Test study”.')
  expect(methods).toContain(`7 raters cast the ${votes.length - unsure} votes that count, on 12 queries.`)
  expect(methods).toMatch(/4 of 4 models have a rating, their bounds ±\d+ to ±\d+ points/)
  expect(card.body + methods).not.toMatch(/undefined|NaN|null/)
})

test('votes go out as JSON Lines and as parquet with the same rows', async () => {
  const house = await voted()
  const lines = (await house.asAdmin.get(urlOf(house, 'format=votes-jsonl'))).body.trim().split('\n')
  const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(rows).toHaveLength(votes.length)
  expect(rows.filter(({ winner }) => winner === 'unsure')).toHaveLength(unsure)
  const path = join(folder, 'votes.parquet')
  await writeFile(path, (await house.asAdmin.get(urlOf(house, 'format=votes-parquet'))).rawPayload)
  const packed: Record<string, unknown>[] = []
  for await (const row of readParquetRows(path)) packed.push(row)
  const withoutRater = ({ rater: _rater, ...row }: Record<string, unknown>) => row
  expect(packed.map(withoutRater)).toEqual(rows.map(withoutRater))
  expect(rows[0]).toMatchObject({ cast_hour: '2026-03-01T12:00:00Z', language: 'en', purpose: 'regular', late: false })
})

test('the leaderboard goes out as JSON and CSV to anybody, votes and battles to researchers until the study closes', async () => {
  const house = await voted()
  const board = (await house.anonymous.get(urlOf(house, 'format=json'))).json<Board>()
  expect(board).toEqual((await house.anonymous.get(`/api/v1/boards/${house.study.slug}`)).json())
  const csv = await house.anonymous.get(urlOf(house, 'format=csv&category=charts'))
  expect(csv.headers['content-disposition']).toBe(`attachment; filename="${house.study.slug}-charts.csv"`)
  const forSome = [
    'votes-jsonl',
    'votes-parquet',
    'battles',
    'arena-jsonl',
    'arena-parquet',
    'dpo',
    'data-card',
    'methods',
  ]
  for (const format of forSome) {
    const refused = await house.anonymous.get(urlOf(house, `format=${format}`))
    expect(refused.json()).toMatchObject({ type: '/problems/battles-closed' })
  }
  await house.ctx.sql`update studies set status = 'closed'`
  for (const format of forSome)
    expect((await house.anonymous.get(urlOf(house, `format=${format}`))).statusCode).toBe(200)
})

test('arena export writes a file, names no unreleased model unless asked, and leaves nothing half-written', async () => {
  const house = await voted()
  await house.ctx.sql`update models set released_at = null where slug = 'ben'`
  const env = { DATABASE_URL: house.database.url, ARENA_DATA: folder }
  const run = async (format: string, ...more: string[]) => {
    const output = join(folder, `${format}${more.length}`)
    const program = startArena(['export', house.study.slug, '--format', format, '--output', output, ...more], env)
    expect(await program.ended, program.output()).toBe(0)
    return readFile(output, 'utf8')
  }
  expect(await run('csv')).not.toMatch(/ben/i)
  expect(await run('csv', '--unreleased')).toMatch(/Ben/)
  expect(await run('votes-jsonl')).not.toMatch(/ben/)
  const twice = [
    await run('votes-jsonl', '--salt', 'one and the same'),
    await run('votes-jsonl', '--category', 'charts', '--salt', 'one and the same'),
  ]
  expect(twice[0]!.split('\n')).toEqual(expect.arrayContaining(twice[1]!.trim().split('\n')))
  const nowhere = startArena(['export', 'none', '--format', 'csv', '--output', join(folder, 'none.csv')], env)
  expect(await nowhere.ended).toBe(2)
  await expect(readFile(join(folder, 'none.csv.partial'))).rejects.toThrow(/ENOENT/)
}, 120_000)
