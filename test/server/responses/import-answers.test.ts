import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parquetImage, writeParquet } from '#server/formats/parquet.ts'
import { removeAnswers } from '#server/responses/answers.ts'
import { readAnswerCoverage } from '#server/responses/collection-progress.ts'
import { importAnswers } from '#server/responses/imports/import-answers.ts'
import { AnswersOf } from '#server/responses/imports/schema.ts'
import { createStudy, openStudy } from '#server/studies/service.ts'
import { removeStudy } from '#server/raters/remove-study.ts'
import { NewStudy } from '#server/studies/schema.ts'
import { arena, type Arena } from '../../support/arena.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-answers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
async function fileOf(text: string, ending = 'jsonl'): Promise<string> {
  const path = join(folder, `answers-${files++}.${ending}`)
  await writeFile(path, text)
  return path
}

const lines = (rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n')
const of = (name = 'Orca 7B', more: object = {}) => AnswersOf.parse({ name, ...more })
const key = (q: number) => `q${String(q).padStart(5, '0')}`

function take({ ctx, study }: Pick<Arena, 'ctx' | 'study'>, path: string, skipBad = false, whose = of()) {
  return importAnswers(ctx, path, { study: study.slug, of: whose, skipBad })
}

async function answersOf({ ctx }: Arena, model = 'orca-7b') {
  return ctx.sql<{ key: string; text: string; status: string; reason: string | null }[]>`
    select q.key, r.text, r.status, r.held_reason as reason from responses r join queries q on q.id = r.query_id
    join models m on m.id = r.model_id where m.slug = ${model} order by q.key`
}

test('answers made elsewhere make their model a member, by key or by question, and come twice without doubling', async () => {
  const house = await arena({ queries: 4 })
  const path = await fileOf(
    lines([
      { key: key(0), response: 'Two boats.' },
      { question: ' Question 1? ', response: 'A harbour.\r\nAt night.' },
      { id: key(2), question: 'Question 2?', answer: '   ' },
    ]),
  )
  expect(await take(house, path)).toEqual({ added: 3, held: 1, known: 0, others: 0, bad: [] })
  expect(await answersOf(house)).toEqual([
    { key: key(0), text: 'Two boats.', status: 'ready', reason: null },
    { key: key(1), text: 'A harbour.\r\nAt night.', status: 'ready', reason: null },
    { key: key(2), text: '   ', status: 'held', reason: 'the answer is empty' },
  ])
  expect(await take(house, path)).toEqual({ added: 0, held: 0, known: 3, others: 0, bad: [] })
  const own = (await readAnswerCoverage(house.ctx, house.study.slug)).find(({ model }) => model.slug === 'orca-7b')
  expect(own).toEqual({
    model: { slug: 'orca-7b', name: 'Orca 7B', baseline: false },
    endpoint: null,
    ...{ total: 4, ready: 2, held: 0, errors: 0, empty: 1, missing: 1 },
    state: 'imported',
    reason: null,
  })
})

test('raters are shown imported answers beside collected ones, and wait for none that is missing', async () => {
  const house = await arena({ models: [{ name: 'Ann' }], queries: 2 })
  await take(house, await fileOf(lines([{ key: key(0), response: 'Imported words.' }])))
  const { cards } = await house.asRater.lease(2)
  expect(cards).toHaveLength(1)
  expect(
    [cards[0]!.answerA, cards[0]!.answerB].some((answer) => JSON.stringify(answer).includes('Imported words')),
  ).toBe(true)
  await house.asRater.cast(cards[0]!, 'tie')
  expect(await house.asRater.lease(1)).toMatchObject({ cards: [], done: true, waiting: null })
})

test('an imported answer is held like a collected one: it names a model, its own among them, or is only a thought', async () => {
  const house = await arena({ models: [{ name: 'Ann-Vision' }], queries: 4 })
  const rows = [
    { key: key(0), response: 'As Orca 7B, I see two boats.' },
    { key: key(1), response: 'Ann-Vision thinks it is three.' },
    { key: key(2), response: '<think>Two or three?</think>Three boats.' },
    { key: key(3), response: '<think>Two or' },
  ]
  expect(await take(house, await fileOf(lines(rows)))).toMatchObject({ added: 4, held: 3 })
  expect((await answersOf(house)).map(({ text, status, reason }) => [text, status, reason])).toEqual([
    ['As Orca 7B, I see two boats.', 'held', 'names “Orca 7B” as its author'],
    ['Ann-Vision thinks it is three.', 'held', 'names “Ann-Vision” as its author'],
    ['Three boats.', 'ready', null],
    ['', 'held', 'the answer is empty'],
  ])
})

test('bad rows are named with file, row and reason; the rest comes only when they are to be skipped', async () => {
  const house = await arena({ queries: 3 })
  await house.ctx.sql`update queries set question = 'Question 1?' where key = ${key(2)}`
  const path = await fileOf(
    [
      '{"key":"q00000","response":"Good."}',
      '{"key":"none","response":"Whose?"}',
      'not json',
      '{"key":"q00001"}',
      '{"question":"Question 1?","response":"Which of the two?"}',
      '{"question":"What?","response":"Nobody asked."}',
      '{"key":"q00001","question":"Question 9?","response":"Another question."}',
      '{"key":"q00000","response":"Another answer."}',
      '{"response":"Lost."}',
    ].join('\n'),
  )
  const name = path.split('/').at(-1)
  const { bad, ...counts } = await take(house, path)
  expect(counts).toEqual({ added: 0, held: 0, known: 0, others: 0 })
  expect(bad).toEqual([
    {
      file: name,
      row: 2,
      reason: 'the pool has no query with the key none; without keys, rows are matched by question',
    },
    { file: name, row: 3, reason: 'not a whole JSON object' },
    { file: name, row: 4, reason: 'there is no answer; its column is called response, empty where nothing was said' },
    { file: name, row: 5, reason: 'several queries ask “Question 1?”: name one by its key' },
    { file: name, row: 6, reason: 'no query of the pool asks “What?”' },
    { file: name, row: 7, reason: 'the query q00001 asks something else: “Question 1?”' },
    { file: name, row: 8, reason: 'q00000 has another answer of this model already, which stays' },
    { file: name, row: 9, reason: 'it names no query: it needs the column key, or the question' },
  ])
  expect(await house.ctx.sql`select 1 from models where slug = 'orca-7b'`).toEqual([])
  expect(await take(house, path, true)).toMatchObject({ added: 1, bad: { length: 8 } })
  const other = await fileOf(lines([{ key: key(0), response: 'Better.' }]))
  expect((await take(house, other)).bad[0]!.reason).toMatch(/which stays$/)
  expect((await answersOf(house)).map(({ text }) => text)).toEqual(['Good.'])
})

test("Molmo's predictions, VisionArena's conversations and battles, CSV and Parquet are read as they are", async () => {
  const house = await arena({ queries: 6 })
  await take(house, await fileOf('key,response\nq00000,"Cups, four"\n', 'csv'))
  const molmo = [{ prompt: ' User: Question 1? Assistant:', prediction: ' Five.', image_url: 'x', example_id: null }]
  await take(house, await fileOf(JSON.stringify(molmo), 'json'))
  const said = (question: string, answer: string) => [
    [{ role: 'user', content: question }],
    [{ role: 'assistant', content: answer }],
    [{ role: 'user', content: 'And now?' }],
    [{ role: 'assistant', content: 'Later.' }],
  ]
  const talk = { list: { list: { struct: { role: 'string', content: 'string' } } } } as const
  const chat = join(folder, 'chat.parquet')
  await writeParquet(chat, { model: 'string', conversation: talk, images: { list: parquetImage } }, [
    {
      model: 'orca-7b',
      conversation: said('Question 2?', 'Six.'),
      images: [{ bytes: new Uint8Array(9), path: 'a.png' }],
    },
    { model: 'whale', conversation: said('Question 2?', 'Seven.'), images: [] },
  ])
  expect(await take(house, chat)).toMatchObject({ added: 1, others: 1 })
  const battle = {
    ...{ model_a: 'whale', model_b: 'sea/orca-7b', winner: 'tie' },
    conversation_a: said('Question 3?', 'Eight.'),
    conversation_b: [
      { role: 'user', content: [{ type: 'text', text: 'Question 3?' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Nine.' }] },
    ],
  }
  expect(await take(house, await fileOf(lines([battle])))).toMatchObject({ added: 1 })
  expect((await answersOf(house)).map(({ text }) => text)).toEqual(['Cups, four', ' Five.', 'Six.', 'Nine.'])
  await expect(take(house, await fileOf(lines([battle])), false, of('Seal'))).rejects.toMatchObject({
    message: 'No row is of Seal: the rows name whale, sea/orca-7b. Say which of them is meant.',
  })
  expect(await take(house, await fileOf(lines([battle])), false, of('Seal', { namedInFile: 'whale' }))).toMatchObject({
    added: 1,
  })
})

test('a model that is asked through an endpoint takes no files, a closed study none at all', async () => {
  const house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 1 })
  const path = await fileOf(lines([{ key: key(0), response: 'Words.' }]))
  await expect(take(house, path, false, of('Ann'))).rejects.toMatchObject({ type: '/problems/model-asked' })
  await house.ctx.sql`update studies set status = 'closed'`
  await expect(take({ ...house }, path)).rejects.toMatchObject({ type: '/problems/study-over' })
})

test('a study can be made of imported answers alone, opened with two models, and deleted while it is a draft', async () => {
  const house = await arena({ queries: 1 })
  const { ctx } = house
  const make = async () => createStudy(ctx, NewStudy.parse({ name: 'Files', pool: 'pool', endpoints: [], open: false }))
  const study = await make()
  const path = await fileOf(lines([{ key: key(0), response: 'Words.' }]))
  await take({ ctx, study }, path)
  await expect(openStudy(ctx, study.slug)).rejects.toMatchObject({ type: '/problems/study-needs-models' })
  await take({ ctx, study }, path, false, of('Seal'))
  await removeAnswers(ctx, study.slug, 'seal')
  await expect(openStudy(ctx, study.slug)).rejects.toMatchObject({ type: '/problems/study-needs-models' })
  await take({ ctx, study }, path, false, of('Seal'))
  await openStudy(ctx, study.slug)
  expect(house.queued.filter(({ name }) => name !== 'render-answers')).toEqual([])
  const other = await make()
  await take({ ctx, study: other }, path)
  await removeStudy(ctx, other.slug)
  expect(await ctx.sql`select 1 from collections where study_id = ${other.id}`).toEqual([])
})

test('answers that raters were shown stay', async () => {
  const house = await arena({ models: [{ name: 'Ann' }], queries: 1 })
  const { ctx, study } = house
  await expect(removeAnswers(ctx, study.slug, 'ann')).rejects.toMatchObject({ type: '/problems/model-asked' })
  await expect(removeAnswers(ctx, study.slug, 'none')).rejects.toMatchObject({ status: 404 })
  await take(house, await fileOf(lines([{ key: key(0), response: 'Words.' }])))
  await house.asRater.lease(1)
  await expect(removeAnswers(ctx, study.slug, 'orca-7b')).rejects.toMatchObject({ type: '/problems/answers-shown' })
  expect(await answersOf(house)).toHaveLength(1)
})
