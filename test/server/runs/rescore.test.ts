import { expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { getTask, loadBenchmarks } from '#server/datasets/catalogue.ts'
import { type StoredRun, getStoredRun } from '#server/runs/stored-run.ts'
import { getRun } from '#server/runs/read-runs.ts'
import { rescoreStored } from '#server/runs/reopen-run.ts'
import { forgetScores } from '#server/runs/scoring/rescore-run.ts'
import { arena } from '../../support/arena.ts'
import { chatty, judgedLab } from '../../support/judged-run.ts'
import type { Script } from '../../support/scripted-endpoint.ts'

const says: Script = ({ text }) => ({ kind: 'answer', text: text.includes('Choices:') ? chatty : 'It is 15.' })
/** Every other thought has a place of its own, the others stand between tags. */
const thinks: Script = ({ number }) =>
  number % 2 === 0
    ? { kind: 'answer', text: '<think>It might be 7.</think>The answer is 15.' }
    : { kind: 'status', status: 200, body: besides('It might be 7.', 'The answer is 15.') }
const besides = (reasoning_content: string, content: string) =>
  JSON.stringify({ choices: [{ message: { content, reasoning_content }, finish_reason: 'stop' }] })
const judges: Script = () => ({ kind: 'answer', text: '15' })

async function rescore(ctx: Context, run: StoredRun, wanted: { profile?: string; judgeEndpointId?: string } = {}) {
  await forgetScores(ctx, await getStoredRun(ctx, run.id), wanted)
  await rescoreStored(ctx, await getStoredRun(ctx, run.id))
  return getStoredRun(ctx, run.id)
}

test('R24: scored again under the same profile, every outcome is the same to the byte and nobody is asked', async () => {
  const { ctx, create, carryOut, predictions, model, judge } = await judgedLab({ says, judges })
  const run = await carryOut(await create())
  const before = JSON.stringify(await predictions(run))
  const asked = [model.seen.length, judge.seen.length]
  const again = await rescore(ctx, run)
  expect(JSON.stringify(await predictions(run))).toBe(before)
  expect([model.seen.length, judge.seen.length]).toEqual(asked)
  expect(again).toMatchObject({ status: 'complete', metrics: run.metrics, fingerprint: run.fingerprint })
})

test('stored replies are read anew: thoughts that were left in the answer, or beside it, are separated', async () => {
  const { ctx, create, carryOut, model } = await judgedLab({ says: thinks, judges })
  const run = await carryOut(await create({ judgeEndpointId: undefined }))
  const replies = () => ctx.sql`select string_agg(sha256, ' ' order by call_id) as bodies,
    count(*) filter (where thinking = 'It might be 7.' and response = 'The answer is 15.')::int as apart from replies`
  const [read] = await replies()
  expect(read!['apart']).toBe(12)
  // As they were stored before thoughts were known.
  await ctx.sql`update replies set thinking = null,
    response = coalesce(body::jsonb #>> '{choices,0,message,content}', '')`
  await ctx.sql`update predictions set thought = false`
  const again = await rescore(ctx, run)
  expect(await replies()).toEqual([read])
  expect(await getRun(ctx, run.id)).toMatchObject({ metrics: run.metrics, counts: { thought: 12 } })
  expect(again.status).toBe('complete')
  expect(model.seen).toHaveLength(12)

  await ctx.sql`update endpoints set thinking_tags = '[]'`
  await rescore(ctx, run)
  expect(await getRun(ctx, run.id)).toMatchObject({ counts: { thought: 6 } })
})

test('another profile changes scores and fingerprint, the former ones are noted, and the way back asks the judge nothing', async () => {
  const { ctx, create, carryOut, predictions, model, judge } = await judgedLab({ says, judges })
  const run = await carryOut(await create())
  const before = JSON.stringify(await predictions(run))
  const asked = judge.seen.length

  const byRule = await rescore(ctx, run, { profile: 'no_judge' })
  expect(byRule.status).toBe('complete')
  expect(byRule.fingerprint).not.toBe(run.fingerprint)
  expect((await predictions(run)).every(({ judge }) => judge === null)).toBe(true)
  expect(JSON.stringify(await predictions(run))).not.toBe(before)
  const shown = await getRun(ctx, run.id)
  expect(shown).toMatchObject({ scoringProfile: 'no_judge', judge: null })
  expect(shown.formerScorings).toMatchObject([
    { profile: 'official', judge: { name: 'judge' }, headline: { value: run.metrics![0]!.value } },
  ])

  expect((await rescore(ctx, run, { profile: 'official' })).fingerprint).toBe(run.fingerprint)
  expect(JSON.stringify(await predictions(run))).toBe(before)
  expect([model.seen.length, judge.seen.length]).toEqual([12, asked])
})

test('a run without a judge is scored officially once one is named, who is asked what rules cannot read; the model is not', async () => {
  const { ctx, create, carryOut, predictions, model, judge } = await judgedLab({ says, judges })
  const run = await carryOut(await create({ judgeEndpointId: undefined }))
  expect(run).toMatchObject({ scoringProfile: 'no_judge', judge: null, status: 'complete' })
  await expect(rescore(ctx, run, { profile: 'official' })).rejects.toThrow(/needs a judge/)
  expect(await getStoredRun(ctx, run.id)).toMatchObject({ status: 'complete', metrics: run.metrics })

  const waiting = await rescore(ctx, run, { profile: 'official', judgeEndpointId: judge.id })
  expect(waiting.status).toBe('running')
  const judged = await carryOut(waiting)
  expect(judged).toMatchObject({ status: 'complete', scoringProfile: 'official' })
  expect(model.seen).toHaveLength(12)
  expect(judge.seen.length).toBe((await predictions(run)).filter(({ judge }) => judge !== null).length)
})

test('another judge reads everything anew, and the replies of the first one stay', async () => {
  const { ctx, create, carryOut, predictions, judge, endpoint } = await judgedLab({ says, judges })
  const run = await carryOut(await create())
  const asked = judge.seen.length
  const other = await endpoint(judge.baseUrl, { remoteModel: 'other', name: 'other' })
  const again = await carryOut(await rescore(ctx, run, { judgeEndpointId: other }))
  expect(judge.seen).toHaveLength(2 * asked)
  const named = (await predictions(again)).flatMap(({ judge }) => judge?.name ?? [])
  expect([...new Set(named)]).toEqual(['other'])
  const [kept] = await ctx.sql`select count(*)::int as replies from replies`
  expect(kept).toEqual({ replies: 12 + 2 * asked })
})

test('a newer version of the scorer scores a run whose questions it asks as before; one that asks differently is refused', async () => {
  const { ctx, create, carryOut } = await judgedLab({ says, judges })
  const run = await carryOut(await create())
  const benchmarks = await loadBenchmarks()
  const { benchmark } = await getTask('mathvista')
  try {
    benchmarks.set('mathvista', { ...benchmark, version: 2 })
    expect(await rescore(ctx, run)).toMatchObject({ benchmarkVersion: 2, status: 'complete', metrics: run.metrics })
    benchmarks.set('mathvista', { ...benchmark, version: 3, prompts: { default: ({ question }) => [`${question} `] } })
    await expect(rescore(ctx, run)).rejects.toThrow(/now version 3 and asks differently from version 2/)
  } finally {
    benchmarks.set('mathvista', benchmark)
  }
})

test('a run that still asks, an unknown profile and a judge for nothing are refused, and its scores stay', async () => {
  const { ctx, create, carryOut, judge } = await judgedLab({ says, judges })
  const run = await create()
  await expect(rescore(ctx, run)).rejects.toThrow(/Run \d+ is running/)
  const done = await carryOut(run)
  await expect(rescore(ctx, run, { profile: 'offical' })).rejects.toThrow(/no scoring profile 'offical'.*official/)
  await expect(rescore(ctx, run, { profile: 'no_judge', judgeEndpointId: judge.id })).rejects.toThrow(
    /would ask no judge/,
  )
  expect(await getStoredRun(ctx, run.id)).toEqual(done)
})

test('over the API researchers may score again and teams may not; what cannot be done is a problem in one sentence', async () => {
  const { asAdmin, asRater } = await arena()
  expect((await asRater.post('/api/v1/runs/1/rescore', {})).statusCode).toBe(403)
  expect((await asAdmin.post('/api/v1/runs/1/rescore', {})).json()).toMatchObject({ type: '/problems/not-found' })
  const unknown = await asAdmin.post('/api/v1/runs', {
    endpointId: '00000000-0000-4000-8000-000000000000',
    benchmark: 'mathvista',
  })
  expect(unknown.statusCode).toBe(404)
})
