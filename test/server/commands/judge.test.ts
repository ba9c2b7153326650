import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Run } from '#server/runs/schema.ts'
import { checkInvariants } from '../../support/invariants.ts'
import { chatty } from '../../support/judged-run.ts'
import { startArena } from '../../support/program.ts'
import { scriptedEndpoint, type Script } from '../../support/scripted-endpoint.ts'
import { testDatabase } from '../../support/database.ts'

const problems = 12
const says: Script = ({ text }) => ({ kind: 'answer', text: text.includes('Choices:') ? chatty : '15' })

async function place() {
  const database = await testDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'arena-judge-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const model = await scriptedEndpoint(says)
  const judge = await scriptedEndpoint(() => ({ kind: 'answer', text: 'B', delayMs: 150 }))
  const run = ['run', '--tasks', 'mathvista', '--split', 'sample', '--base-url', model.baseUrl, '--model', 'test-model']
  const judged = [...run, '--judge-base-url', judge.baseUrl, '--judge-model', 'test-model']
  return { sql: database.sql, env: { DATABASE_URL: database.url, ARENA_DATA: folder }, model, judge, run, judged }
}

test('killed while the judge reads and resumed, every example is scored once and the model is not asked again', async () => {
  const { sql, env, model, judge, judged } = await place()
  const killed = startArena([...judged, '--max-concurrency', '2'], env)
  await expect.poll(() => judge.seen.length, { timeout: 60_000 }).toBeGreaterThan(0)
  killed.child.kill('SIGKILL')
  await killed.ended
  await checkInvariants(sql)
  const before = judge.seen.length

  const resumed = startArena(['resume', '1', '--json'], env)
  expect(await resumed.ended).toBe(0)
  await checkInvariants(sql)
  const [scored] = await sql<{ scored: number; read: number }[]>`
    select count(scored_at)::int as scored, count(judge)::int as read from predictions where outcome is not null`
  expect(scored!.scored).toBe(problems)
  expect(model.seen).toHaveLength(problems)
  expect(judge.seen.length).toBeLessThanOrEqual(scored!.read + before)
  const [replies] = await sql`select count(*)::int as replies from replies`
  expect(replies).toEqual({ replies: problems + scored!.read })
}, 120_000)

test('the table names the judge; without one it says that rules alone were used; rescore asks the model nothing', async () => {
  const { env, model, judge, judged, run } = await place()
  const official = startArena(judged, env)
  expect(await official.ended).toBe(0)
  expect(official.output()).toMatch(/sample \(sample\) +official +accuracy/)
  expect(official.output()).toMatch(
    /Run 1: test-model@127\S+ \(test-model, prompt mathvista\/1\) is the judge of \d+ responses that rules could not read\./,
  )
  const asked = judge.seen.length

  const rules = startArena(run, env)
  expect(await rules.ended).toBe(0)
  expect(rules.output()).toMatch(/Run 2: scored by rules alone \(no_judge\)/)

  const rescored = startArena(['rescore', '1', '--profile', 'no_judge', '--json'], env)
  expect(await rescored.ended).toBe(0)
  const [shown] = JSON.parse(rescored.output().slice(rescored.output().indexOf('[\n'))) as Run[]
  expect(shown).toMatchObject({ scoringProfile: 'no_judge', judge: null, formerScorings: [{ profile: 'official' }] })
  expect(model.seen).toHaveLength(2 * problems)
  expect(judge.seen).toHaveLength(asked)
}, 120_000)

test('prompts that a benchmark lacks are replaced by its default ones, and the result says so', async () => {
  const { env, run } = await place()
  const started = startArena([...run, '--prompt-profile', 'lmms_eval', '--limit', '1'], env)
  expect(await started.ended).toBe(0)
  expect(started.output()).toMatch(/mathvista has no prompts of the profile lmms_eval; its default ones were sent/)
})

test.each<[string, string[], RegExp]>([
  ['a judge without a model', ['--judge-base-url', 'http://127.0.0.1:9/v1'], /Say where the judge answers/],
  ['a judge that nobody registered', ['--judge', 'nobody'], /No endpoint is called 'nobody'/],
  [
    "a judge's key that is not set",
    ['--judge-base-url', 'http://127.0.0.1:9', '--judge-model', 'j', '--judge-key-env', 'NO_KEY'],
    /NO_KEY is not set/,
  ],
  ['official without a judge', ['--scoring-profile', 'official'], /needs a judge endpoint.*no_judge/],
  [
    'an unknown scoring profile',
    ['--scoring-profile', 'lenient'],
    /no scoring profile 'lenient'. It has official, no_judge/,
  ],
  [
    'an unknown prompt profile',
    ['--prompt-profile', 'mine'],
    /Allowed choices are default, molmo, vlmevalkit, lmms_eval/,
  ],
])('%s is one sentence and exit code 2, before anything is asked', async (_name, options, sentence) => {
  const { env, run, model } = await place()
  const started = startArena([...run, ...options], env)
  expect(await started.ended).toBe(2)
  expect(started.output()).toMatch(sentence)
  expect(model.seen).toHaveLength(0)
})

test('a judge that no task would ask is refused', async () => {
  const { env, judged } = await place()
  const started = startArena(judged.with(2, 'chartqa'), env)
  expect(await started.ended).toBe(2)
  expect(started.output()).toMatch(/nothing here would ask one/)
})
