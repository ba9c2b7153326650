import { expect, test } from 'vitest'
import type { GoldImported, GoldItem, GoldList, QueryAnswers } from '#server/battles/gold/schema.ts'
import { readCsvRows } from '#server/formats/csv.ts'
import { Readable } from 'node:stream'
import { arena, type Arena } from '../../../support/arena.ts'
import { keyOf, madeUpItem } from '../../../support/gold.ts'

const models = ['Ann', 'Ben', 'Cy'].map((name) => ({ name }))
const response = (m: number, q: number) => `Answer ${m} to question ${q}.`

async function house(options: Parameters<typeof arena>[0] = {}) {
  const made = await arena({ models, response, ...options })
  return { ...made, url: `/api/v1/studies/${made.study.slug}/gold` }
}

const send = ({ app, asAdmin }: Arena, method: 'PATCH' | 'DELETE', url: string, payload?: object) =>
  app.inject({ method, url, headers: { cookie: asAdmin.cookie }, ...(payload && { payload }) })

test('an item is made of answers of the study or of a text, listed, changed, retired, taken up again and deleted', async () => {
  const made = await house()
  const { asAdmin, ctx, url } = made
  const answers = (await asAdmin.get(`${url}-answers?query=${keyOf(3)}`)).json<QueryAnswers>()
  expect(answers.answers.map(({ model, text }) => [model.slug, text])).toEqual([
    ['ann', 'Answer 0 to question 3.'],
    ['ben', 'Answer 1 to question 3.'],
    ['cy', 'Answer 2 to question 3.'],
  ])
  const both = {
    query: keyOf(3),
    first: { model: 'ann' },
    second: { model: 'Cy' },
    expected: 'both_bad',
    note: 'Both miscount.',
  }
  const one = (await asAdmin.post(url, both)).json<GoldItem>()
  expect(one).toMatchObject({
    expected: 'both_bad',
    note: 'Both miscount.',
    state: 'active',
    given: 0,
    right: 0,
    wrong: 0,
  })
  expect(one.second).toEqual({ model: { slug: 'cy', name: 'Cy' }, text: 'Answer 2 to question 3.' })
  const two = (await asAdmin.post(url, madeUpItem(4))).json<GoldItem>()
  expect(two.second).toEqual({ model: null, text: 'Something beside question 4.' })

  const list = (await asAdmin.get(url)).json<GoldList>()
  expect(list).toMatchObject({
    total: 2,
    active: 2,
    share: 0,
    remarks: [expect.stringContaining('gold share of this study is 0 %')],
  })
  expect(list.items.map(({ id }) => id)).toEqual([two.id, one.id])

  const changed = await send(made, 'PATCH', `${url}/${two.id}`, { expected: 'tie', note: 'Both do.' })
  expect(changed.json()).toMatchObject({ expected: 'tie', note: 'Both do.', state: 'active' })
  expect((await send(made, 'PATCH', `${url}/${two.id}`, { retired: true })).json()).toMatchObject({ state: 'retired' })
  expect((await asAdmin.get(`${url}?show=retired`)).json<GoldList>()).toMatchObject({ total: 1, active: 1 })
  expect((await send(made, 'PATCH', `${url}/${two.id}`, { retired: false })).json()).toMatchObject({ state: 'active' })

  expect((await send(made, 'DELETE', `${url}/${two.id}`)).statusCode).toBe(204)
  expect((await send(made, 'DELETE', `${url}/${two.id}`)).statusCode).toBe(404)
  expect(await ctx.sql`select 1 from responses where model_id is null`, 'the text goes with it').toEqual([])
  await send(made, 'DELETE', `${url}/${one.id}`)
  expect(await ctx.sql`select count(*)::int as n from responses`, 'answers of models stay').toEqual([{ n: 36 }])
  const audited = await ctx.sql`select action from audit_events where action like 'gold.%' order by at`
  expect(audited.map(({ action }) => action as string)).toEqual([
    ...['gold.added', 'gold.added', 'gold.changed', 'gold.changed', 'gold.changed', 'gold.deleted', 'gold.deleted'],
  ])
})

test('what cannot be used is refused in a sentence, and the same item twice', async () => {
  const { asAdmin, asRater, ctx, url } = await house()
  const refused = async (change: object) => {
    const reply = await asAdmin.post(url, { ...madeUpItem(0), ...change })
    return [reply.statusCode, reply.json<{ detail?: string }>().detail]
  }
  expect(await refused({ query: 'nowhere' })).toEqual([400, 'The study’s pool has no query with the key “nowhere”.'])
  expect(await refused({ first: { model: 'Zed' } })).toEqual([
    400,
    expect.stringContaining('no model “Zed” of this study'),
  ])
  expect(await refused({ second: { text: '  ' } })).toEqual([
    400,
    'The second answer cannot be shown: the answer is empty.',
  ])
  expect(await refused({ second: { text: 'I am Ben, an AI assistant.' } })).toEqual([
    400,
    expect.stringContaining('“Ben”'),
  ])
  expect(await refused({ second: { text: 'Answer 0 to question 0.' } })).toEqual([
    400,
    expect.stringContaining('the same'),
  ])
  expect((await refused({ second: { text: 'x'.repeat(20_001) } }))[0]).toBe(400)
  expect((await refused({ expected: 'left' }))[0]).toBe(400)
  expect(await ctx.sql`select 1 from gold_items`).toEqual([])
  expect((await refused({}))[0]).toBe(201)
  expect((await refused({}))[0]).toBe(409)
  const { first, second, ...rest } = madeUpItem(0)
  const turned = await asAdmin.post(url, { ...rest, first: second, second: first })
  expect(turned.json()).toMatchObject({
    status: 409,
    type: '/problems/gold-known',
    detail: 'Change its verdict instead',
  })
  expect((await asRater.get(url)).statusCode).toBe(403)
  expect((await asRater.post(url, madeUpItem(1))).statusCode).toBe(403)
})

test('a file adds items, names its bad rows, and doubles nothing when it comes again', async () => {
  const { asAdmin, ctx, url } = await house()
  const text = [
    'key,first_model,first,second_model,second,expected,note',
    `${keyOf(0)},ann,,,Nothing of the kind.,A,plain`,
    `${keyOf(1)},ann,,ben,,tie (bothbad),`,
    `${keyOf(2)},ann,Also this,ben,,first,`,
    `nowhere,ann,,ben,,first,`,
    `${keyOf(3)},ann,,ben,,maybe,`,
    `${keyOf(4)},ann`,
  ].join('\n')
  const give = async (file: string, text: string, skipBad = false) =>
    (await asAdmin.post(`${url}/import`, { file, text, skipBad })).json<GoldImported>()
  const refused = await give('gold.csv', text)
  expect(refused).toMatchObject({ added: 0, known: 0 })
  expect(refused.bad.map(({ row }) => row)).toEqual([4, 5, 6, 7])
  expect(refused.bad.map(({ reason }) => reason)).toEqual([
    'It has a model and a text for the first answer: leave one of them empty.',
    'The study’s pool has no query with the key “nowhere”.',
    '“maybe” is no verdict: write first, second, tie or both_bad.',
    'the row has not as many cells as the heading',
  ])
  expect(await ctx.sql`select 1 from gold_items`).toEqual([])
  expect(await ctx.sql`select 1 from responses where model_id is null`).toEqual([])
  expect(await give('gold.csv', text, true)).toMatchObject({ added: 2, known: 0 })
  expect(await give('gold.csv', text, true)).toMatchObject({ added: 0, known: 2 })
  const turned = JSON.stringify({ key: keyOf(1), first_model: 'Ben', second_model: 'Ann', expected: 'first' })
  expect((await give('gold.jsonl', turned)).bad[0]!.reason).toMatch(/a gold item already, with another verdict/)
  // As preference data have it: which is right follows from the columns.
  const pair = JSON.stringify([{ id: keyOf(5), chosen: 'What is meant.', rejected: 'Something else.' }])
  expect(await give('pairs.json', pair)).toMatchObject({ added: 1, bad: [] })
  const sheet = await asAdmin.post(`${url}/import`, { file: 'gold.xlsx', text: 'PK' })
  expect(sheet.json()).toMatchObject({ status: 400, detail: expect.stringContaining('must end in .csv') as string })
  const cut = await give('cut.csv', text.slice(0, 110), true)
  expect(cut.bad).toHaveLength(1)

  // What goes out comes in again.
  const csv = (await asAdmin.get(`${url}.csv`)).body
  expect(await give('again.csv', csv)).toMatchObject({ added: 0, known: 3, bad: [] })
  const rows = await Array.fromAsync(readCsvRows(Readable.from([csv]), 'gold.csv'))
  expect(rows.map(({ row }) => row.expected).sort()).toEqual(['both_bad', 'first', 'first'])
})

test('an item whose answer is held, query is held or model is withdrawn waits, and says why', async () => {
  const { asAdmin, ctx, url } = await house({ study: { goldShare: 0.5 } })
  await asAdmin.post(url, madeUpItem(0))
  const why = async () => (await asAdmin.get(url)).json<GoldList>().items[0]!
  await ctx.sql`update models set withdrawn_at = now() where slug = 'ann'`
  expect(await why()).toMatchObject({ state: 'waiting', why: 'Ann is withdrawn' })
  await ctx.sql`update responses set status = 'held' where model_id is null`
  expect(await why()).toMatchObject({ state: 'waiting', why: 'its second answer is held' })
  await ctx.sql`update queries set held_at = now() where key = ${keyOf(0)}`
  expect(await why()).toMatchObject({ state: 'waiting', why: 'its query is held' })
})
