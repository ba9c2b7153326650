import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executePlan } from '#server/calls/execute-plan.ts'
import type { Context } from '#server/core/context.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { registerEndpoint } from '#server/endpoints/service.ts'
import { NewEndpoint } from '#server/endpoints/schema.ts'
import { readPredictions } from '#server/formats/predictions/read-predictions.ts'
import { createRun } from '#server/runs/create-run.ts'
import { readRun } from '#server/runs/reading/read-run.ts'
import { checkSubmission } from '#server/runs/submissions/check-submission.ts'
import { submitPredictions, submitRun } from '#server/runs/submissions/create-submission.ts'
import { runCustomer } from '#server/runs/run-customer.ts'
import type { Run, RunSummary } from '#server/runs/schema.ts'
import { attachServerScore, readScores } from '#server/runs/submissions/server-scores.ts'
import { arena, type Arena } from '../../support/arena.ts'
import { testDatabase } from '../../support/database.ts'
import { startArena } from '../../support/program.ts'
import { scriptedEndpoint, type Script } from '../../support/scripted-endpoint.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-submission-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}
const json = (name: string, value: unknown) => file(name, JSON.stringify(value))

/** The official test packages, with three questions each, and their one picture. */
beforeAll(async () => {
  const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
    .png()
    .toBuffer()
  file('docvqa/documents/a.png', picture)
  const data = [57_344, 57_345, 57_349].map((questionId) => ({
    questionId,
    question: `What is ${questionId}?`,
    image: 'documents/a.png',
  }))
  json('docvqa/test_v1.0.json', { dataset_name: 'docvqa', data })
  file('vqa/COCO_test2015_000000000001.jpg', picture)
  json('vqa/v2_OpenEnded_mscoco_test-dev2015_questions.json', {
    questions: [10, 11, 12].map((question_id) => ({ question_id, image_id: 1, question: `Is it ${question_id}?` })),
  })
})

async function runOn(ctx: Context, benchmark: string, data: string, script: Script, scoringProfile?: string) {
  const { baseUrl } = await scriptedEndpoint(script)
  ctx.egress.allow(baseUrl)
  const described = NewEndpoint.parse({ model: 'm', remoteModel: 'm', baseUrl, maxRetries: 0 })
  const endpoint = await registerEndpoint(ctx, described, { reuse: [] })
  const task = await getTask(benchmark)
  const settings = scoringProfile ? { scoringProfile } : {}
  const run = await createRun(ctx, { endpointId: endpoint.id, task, dataPath: join(folder, data), ...settings })
  await readRun(ctx, run.id)
  await executePlan(ctx, run.planId, [runCustomer], { signal: new AbortController().signal })
  return run.id
}

/** Answers by the number in the question. */
const answering =
  (answers: Record<string, string>): Script =>
  ({ text }) => {
    const [, number] = /(\d+)\?/.exec(text) ?? []
    const answer = answers[number!]
    return answer === undefined ? { kind: 'status', status: 400 } : { kind: 'answer', text: answer }
  }
const documents = answering({ 57_344: 'Fresno', 57_345: ' 4  July\n1968 ', 57_349: '' })
const entries = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>[]

describe('a run on a hidden test set', () => {
  let here: Arena
  let runId: number
  beforeAll(async () => {
    here = await arena()
  })

  test('gives a file of whole-number ids and texts in the order of the data, empty answers among them', async () => {
    runId = await runOn(here.ctx, 'docvqa', 'docvqa', documents)
    const path = join(folder, 'own.json')
    const made = await submitRun(here.ctx, runId, path, { partial: true })
    expect(entries(path)).toEqual([
      { questionId: 57_344, answer: 'Fresno' },
      { questionId: 57_345, answer: '4 July 1968' },
      { questionId: 57_349, answer: '' },
    ])
    expect(made).toMatchObject({ answers: 3, empty: 1 })
    expect(await checkSubmission(path, 'own.json', await getTask('docvqa'), { partial: true })).toEqual(made)
  })

  test('is not written with fewer answers than the split has questions', async () => {
    const path = join(folder, 'short.json')
    await expect(submitRun(here.ctx, runId, path)).rejects.toThrow(
      /short\.json has 3 answers, docvqa test has 5188 questions/,
    )
    expect(existsSync(path)).toBe(false)
  })

  test('holds every answer once and in order, however many pages of the database they fill', async () => {
    const { ctx } = here
    const long = await runOn(ctx, 'docvqa', 'docvqa', documents)
    await ctx.sql`
      with asked as (
        insert into calls (plan_id, position, key, state)
        select plan_id, n, 100000 + n, 'answered' from runs, generate_series(3, 10001) as n where runs.id = ${long}
        returning id, position, key
      ), replied as (
        insert into replies (call_id, body, sha256, response) select id, '', '', position from asked
      )
      insert into predictions (run_id, example_id, position, call_id, question, tags, prompt, outcome)
      select ${long}, key, position, id, '', '[]', '[]', 'withheld' from asked`
    const path = join(folder, 'long.json')
    expect(await submitRun(ctx, long, path, { partial: true })).toMatchObject({ answers: 10_002 })
    const written = entries(path).slice(3)
    expect(written).toEqual(written.map((_, n) => ({ questionId: 100_003 + n, answer: String(n + 3) })))
  })

  test('VQA answers go out as annotators write them, and under the profile molmo as its most frequent line', async () => {
    const script = answering({ 10: 'Yes.', 11: 'The red t-shirt\nA red t-shirt\nA red t-shirt', 12: 'Two' })
    const [official, molmo] = [join(folder, 'official.json'), join(folder, 'molmo.json')]
    await submitRun(here.ctx, await runOn(here.ctx, 'vqa_v2', 'vqa', script), official, { partial: true })
    await submitRun(here.ctx, await runOn(here.ctx, 'vqa_v2', 'vqa', script, 'molmo'), molmo, { partial: true })
    expect(entries(official).map(({ answer }) => answer)).toEqual([
      'yes',
      'the red t-shirt a red t-shirt a red t-shirt',
      '2',
    ])
    expect(entries(molmo).map(({ answer }) => answer)).toEqual(['Yes.', 'A red t-shirt', 'Two'])
  })

  test('is refused with a sentence while examples have no answer, and where the gold is public', async () => {
    const holed = await runOn(here.ctx, 'docvqa', 'docvqa', answering({ 57_344: 'Fresno' }))
    const path = join(folder, 'holed.json')
    await expect(submitRun(here.ctx, holed, path, { partial: true })).rejects.toThrow(
      /Run \d+ is incomplete, with 2 examples that have no answer yet.*npx arena resume \d+/,
    )
    expect(existsSync(path)).toBe(false)
    await here.ctx.sql`update runs set split = 'val' where id = ${holed}`
    await expect(submitRun(here.ctx, holed, path)).rejects.toThrow(/gold answers of docvqa val are public/)
  })

  test('shows the score its server returned, as typed, marked server-scored, with the hash of the file', async () => {
    const before = (await here.asAdmin.get(`/api/v1/runs/${runId}`)).json<Run>()
    expect(before).toMatchObject({ headline: { value: null }, serverScored: null, serverScores: [] })
    const path = join(folder, 'own.json')
    const input = { phase: 'test', date: '2026-03-14', file: path, scoreText: 'ANLS: 0.8812' }
    await attachServerScore(here.ctx, runId, input)
    const run = (await here.asAdmin.get(`/api/v1/runs/${runId}`)).json<Run>()
    const server = 'Robust Reading Competition, challenge 17, task 1'
    expect(run.headline).toEqual({ name: 'ANLS', value: 0.8812, low: null, high: null, n: 3 })
    expect(run.serverScored).toEqual({ server, phase: 'test', date: '2026-03-14' })
    expect(run.serverScores).toMatchObject([
      {
        ...run.serverScored,
        fileName: 'own.json',
        fileSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        fileMatchesRun: true,
        scoreText: 'ANLS: 0.8812',
        scores: [{ name: 'ANLS', value: 0.8812 }],
      },
    ])
    const listed = (await here.asAdmin.get('/api/v1/runs')).json<RunSummary[]>().find(({ id }) => id === runId)
    expect(listed).toMatchObject({ headline: { value: 0.8812 }, serverScored: { phase: 'test' } })
  })

  test('keeps the same score once, even when attached twice at once, and another one beside it, the newest counting', async () => {
    const run = await runOn(here.ctx, 'docvqa', 'docvqa', documents)
    const path = join(folder, 'twice.json')
    await submitRun(here.ctx, run, path, { partial: true })
    const input = { phase: 'test', date: '2026-03-14', file: path, scoreText: 'ANLS 0.8812' }
    const attach = (change: object = {}) => attachServerScore(here.ctx, run, { ...input, ...change })
    const twice = await Promise.all([attach(), attach()])
    expect(twice.map(({ added }) => added).sort()).toEqual([false, true])
    expect(twice[0].score).toEqual(twice[1].score)
    expect(await attach({ scoreText: ' ANLS 0.8812\n' })).toEqual({ score: twice[0].score, added: false })
    expect(await attach({ date: '2026-03-15', scoreText: 'ANLS 0.8813' })).toMatchObject({ added: true })
    const shown = (await here.asAdmin.get(`/api/v1/runs/${run}`)).json<Run>()
    expect(shown.serverScores.map(({ scoreText }) => scoreText)).toEqual(['ANLS 0.8813', 'ANLS 0.8812'])
    expect(shown.headline.value).toBe(0.8813)
  })

  test('is rid of a score that was attached by mistake, once, and the one before it stands again', async () => {
    const run = await runOn(here.ctx, 'docvqa', 'docvqa', documents)
    const path = join(folder, 'mistaken.json')
    await submitRun(here.ctx, run, path, { partial: true })
    const attach = (date: string, scoreText: string) =>
      attachServerScore(here.ctx, run, { phase: 'test', date, file: path, scoreText })
    await attach('2026-03-14', 'ANLS 0.8812')
    const { score } = await attach('2026-03-15', 'ANLS 0.9912')
    const address = `/api/v1/runs/${run}/server-scores/${score.id}`
    const erase = () => here.app.inject({ method: 'DELETE', url: address, headers: { cookie: here.asAdmin.cookie } })
    expect((await erase()).statusCode).toBe(204)
    expect((await erase()).statusCode).toBe(404)
    const shown = (await here.asAdmin.get(`/api/v1/runs/${run}`)).json<Run>()
    expect(shown).toMatchObject({ headline: { value: 0.8812 }, serverScores: [{ date: '2026-03-14' }] })
    const told = await here.ctx.sql`select detail from audit_events where action = 'run.score-detached'`
    expect(told).toMatchObject([{ detail: { scoreText: 'ANLS 0.9912' } }])
  })

  test('keeps the score of another file as evidence, but never as its own', async () => {
    const run = await runOn(here.ctx, 'docvqa', 'docvqa', documents)
    const other = json(
      'other.json',
      [57_344, 57_345, 57_349].map((questionId) => ({ questionId, answer: 'better' })),
    )
    const input = { phase: 'test', date: '2026-03-14', file: other, scoreText: '0.99' }
    await attachServerScore(here.ctx, run, input)
    const shown = (await here.asAdmin.get(`/api/v1/runs/${run}`)).json<Run>()
    expect(shown.serverScores).toMatchObject([{ fileMatchesRun: false, scores: [{ name: 'ANLS', value: 0.99 }] }])
    expect(shown).toMatchObject({ headline: { value: null }, serverScored: null })
    const foreign = json('foreign.json', [{ questionId: 1, answer: 'x' }])
    await expect(attachServerScore(here.ctx, run, { ...input, file: foreign })).rejects.toThrow(
      /3 missing .*1 extra \(1\)/,
    )
  })
})

describe('a file that somebody made', () => {
  test('is not read when it is larger than any submission', async () => {
    const path = file('vast.json', '')
    truncateSync(path, 512 * 1024 ** 2 + 1)
    await expect(checkSubmission(path, 'vast.json', await getTask('docvqa'))).rejects.toThrow(
      'vast.json is larger than 512 MB: no submission is.',
    )
  })

  const good = [1, 2, 3].map((questionId) => ({ questionId, answer: 'x' }))
  const check = async (name: string, content: string, options = {}) =>
    checkSubmission(file(name, content), name, await getTask('docvqa'), options)

  test.each([
    ['no array', '{"1": "x"}', /holds no array at its outermost level/],
    ['no JSON', '[{"questionId": 1, "answer": "x"}', /is not JSON in UTF-8/],
    ['something after the array', `${JSON.stringify(good)}]`, /is not JSON in UTF-8/],
    ['an entry that is no object', '["x"]', /item 0: not an object with questionId and answer/],
    ['an id under another key', '[{"question_id": 1, "answer": "x"}]', /item 0: questionId is missing/],
    [
      'an id that is a text',
      '[{"questionId": "1", "answer": "x"}]',
      /questionId is "1"; the server wants a whole number/,
    ],
    ['an id with a fraction', '[{"questionId": 1.5, "answer": "x"}]', /questionId is 1\.5/],
    ['no answer', '[{"questionId": 1}]', /answer is missing; the server wants one text/],
    ['a list of answers', '[{"questionId": 1, "answer": ["x"]}]', /answer is \["x"\]/],
    ['a number for an answer', '[{"questionId": 1, "answer": 4}]', /answer is 4/],
    ['an id twice', JSON.stringify([...good, good[0]]), /1 given more than once \(1\)/],
    ['too few answers', JSON.stringify(good), /has 3 answers, docvqa test has 5188 questions/],
  ])('is refused for %s', async (reason, content, sentence) => {
    await expect(check(`${reason}.json`, content)).rejects.toThrow(sentence)
  })

  test('is compared with the questions, id by id', async () => {
    const ids = new Set(['1', '2', '4'])
    await expect(check('ids.json', JSON.stringify(good), { ids })).rejects.toThrow(
      'ids.json is no submission for docvqa test: 1 missing (4); 1 extra (3).',
    )
  })

  test('with all 3,288 answers of InfographicVQA is written from predictions made elsewhere, without a picture at hand', async () => {
    const data = Array.from({ length: 3288 }, (_, k) => ({
      questionId: k + 1,
      question: 'Q?',
      image_local_name: `${k}.jpg`,
    }))
    json('info/infographicsVQA_test_v1.0.json', { data })
    const made = json(
      'info.json',
      data.map(({ questionId }) => ({ questionId, answer: ` ${questionId} ` })).toReversed(),
    )
    const ctx = { config: { dataDir: folder } } as never
    const [task, path] = [await getTask('infographicvqa'), join(folder, 'info-submission.json')]
    const options = { data: join(folder, 'info') }
    const checked = await submitPredictions(ctx, task, await readPredictions(made), path, options)
    expect(checked).toMatchObject({ answers: 3288, empty: 0 })
    expect(entries(path)[0]).toEqual({ questionId: 1, answer: '1' })
    const holed = json(
      'info-holed.json',
      data.slice(1).map(({ questionId }) => ({ questionId, answer: '' })),
    )
    await expect(submitPredictions(ctx, task, await readPredictions(holed), path, options)).rejects.toThrow(
      /1 missing \(1\)/,
    )
    expect(entries(path)).toHaveLength(3288)
  })

  test('is no matter where gold answers are public', async () => {
    const path = json('chart.json', [])
    await expect(checkSubmission(path, 'chart.json', await getTask('chartqa'))).rejects.toThrow(
      /gold answers of chartqa test are public/,
    )
  })
})

test.each([
  [
    '[{"test-dev": {"yes/no": 92.1, "number": 71.35, "other": 74.9, "overall": 79.12}}]',
    [0.7912, 0.921, 0.7135, 0.749],
  ],
  ['Overall Accuracy is: 79.12', [0.7912]],
  ['79.12%', [0.7912]],
  ['0.7912', [0.7912]],
  ['overall 79.12, yes/no 92.1, number 71.35, other 74.9', [0.7912, 0.921, 0.7135, 0.749]],
  ['yes/no 92.1 number 71.35', []],
  ['submitted 14 March, rank 3', []],
  ['pending', []],
])('of “%s” the numbers are read by their names, the headline first', (text, values) => {
  const read = readScores(text, ['overall', 'yes/no', 'number', 'other'])
  expect(read.map(({ value }) => Number(value.toFixed(6)))).toEqual(values)
})

test('from the command line: run, create, check and attach-score', { timeout: 120_000 }, async () => {
  const { url } = await testDatabase()
  const { baseUrl } = await scriptedEndpoint(documents)
  const call = async (...args: string[]) => {
    const program = startArena(args, { DATABASE_URL: url, ARENA_DATA: join(folder, 'data') })
    return { code: await program.ended, output: program.output() }
  }
  const data = ['--data', join(folder, 'docvqa')]
  const ran = await call('run', '--tasks', 'docvqa', ...data, '--base-url', baseUrl, '--model', 'm')
  expect(ran.output).toMatch(/withheld +cut +empty +cost\n/)
  expect(ran.output).toMatch(/ANLS +– +– +0 +0 +0 +0 +3 +0 +1 *\n/)
  expect(ran.output).toContain('npx arena submission create 1 --output FILE')
  const path = join(folder, 'cli.json')
  const created = await call('submission', 'create', '1', '--output', path, '--partial')
  expect(created).toMatchObject({
    code: 0,
    output: expect.stringMatching(/3 answers for docvqa test, 1 of them empty\nSHA-256/) as string,
  })
  const checked = await call('submission', 'check', path, '--benchmark', 'docvqa', '--partial', ...data)
  expect(checked).toEqual({ code: 0, output: created.output })
  const score = ['--phase', 'test', '--date', '2026-03-14', '--file', path, '--score', '0.8812']
  const attached = await call('submission', 'attach-score', '1', ...score)
  expect(attached.output).toMatch(/^Run 1 is server-scored by Robust Reading .*, test, 2026-03-14: ANLS 88\.12\n/)
  const again = await call('submission', 'attach-score', '1', ...score)
  expect(again).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^Run 1 has this score already, nothing/) as string,
  })
  const wrong = await call('submission', 'attach-score', '1', ...score.with(3, '14.3.2026'))
  expect(wrong).toMatchObject({ code: 2, output: expect.stringMatching(/'14\.3\.2026' is no date/) as string })
})
