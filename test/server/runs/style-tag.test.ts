import { expect, test } from 'vitest'
import { executePlan } from '#server/calls/execute-plan.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { createRun, type RunSettings } from '#server/runs/create-run.ts'
import { readRun } from '#server/runs/reading/read-run.ts'
import { getRun } from '#server/runs/read-runs.ts'
import { runCustomer } from '#server/runs/run-customer.ts'
import { callsLab } from '../../support/calls-lab.ts'
import { scriptedEndpoint } from '../../support/scripted-endpoint.ts'

/** Runs two examples of a sample over an endpoint; gives the texts it was sent, those that were kept, and the run. */
async function askTwo(benchmark: string, sendsStyleTag: boolean, settings: Partial<RunSettings> = {}) {
  const lab = await callsLab()
  const server = await scriptedEndpoint()
  const endpointId = await lab.endpoint(server.baseUrl, { sendsStyleTag })
  const task = await getTask(benchmark, 'sample')
  const { id, planId } = await createRun(lab.ctx, { endpointId, task, limit: 2, ...settings })
  await readRun(lab.ctx, id)
  await executePlan(lab.ctx, planId, [runCustomer], { signal: new AbortController().signal, firstBackoffMs: 5 })
  const kept = await lab.ctx.sql<{ prompt: { text?: string }[]; question: string }[]>`
    select prompt, question from predictions where run_id = ${id} order by position`
  const texts = kept.map(({ prompt }) => prompt.map(({ text = '' }) => text).join(''))
  const questions = kept.map(({ question }) => question)
  return { sent: server.seen.map(({ text }) => text), texts, questions, run: await getRun(lab.ctx, id) }
}

test('an endpoint that asks for the style tag gets it before the question, once, and the run keeps and says so', async () => {
  const { sent, texts, questions, run } = await askTwo('chartqa', true)
  const wanted = questions.map(
    (question) => `chart_qa: ${question}\nAnswer the question using a single word or phrase.`,
  )
  expect(sent.toSorted()).toEqual(wanted.toSorted())
  expect(texts).toEqual(wanted)
  expect(run.endpointSettings).toMatchObject({ sendsStyleTag: true })
  const molmo = await askTwo('chartqa', true, { promptProfile: 'molmo' })
  expect(molmo.sent.toSorted()).toEqual(questions.map((question) => `chart_qa: ${question}`).toSorted())
})

test('an endpoint that does not ask for it gets none', async () => {
  const { sent, questions, run } = await askTwo('chartqa', false)
  const wanted = questions.map((question) => `${question}\nAnswer the question using a single word or phrase.`)
  expect(sent.toSorted()).toEqual(wanted.toSorted())
  expect(run.endpointSettings).toMatchObject({ sendsStyleTag: false })
})

test.each([
  ['ai2d', /^ai2_diagram(_no_letter)?: /],
  ['chartqa', /^chart_qa: /],
  ['vqa_v2', /^vqa2: /],
  ['docvqa', /^doc_qa: /],
  ['infographicvqa', /^info_qa: /],
  ['textvqa', /^text_vqa: /],
  ['realworldqa', /^(vqa2|a_okvqa_mc): /],
  ['mmmu', /^(vqa2|a_okvqa_mc): /],
  ['mathvista', /^(vqa2|a_okvqa_mc): /],
])('with the prompts of Molmo alone, %s is asked under its style tag, once', async (benchmark, tag) => {
  const scoringProfile = benchmark === 'mathvista' ? 'no_judge' : undefined
  const { sent } = await askTwo(benchmark, false, { promptProfile: 'molmo', scoringProfile })
  expect(sent).toHaveLength(2)
  for (const text of sent) {
    expect(text).toMatch(tag)
    expect(text.replace(tag, '')).not.toMatch(tag)
  }
})

test.each(['countbenchqa', 'pixmo_count'])(
  'as the paper asks it, %s has its tag only where an endpoint asks for it',
  async (benchmark) => {
    const plain = await askTwo(benchmark, false, { promptProfile: 'molmo' })
    const tagged = await askTwo(benchmark, true, { promptProfile: 'molmo' })
    expect(plain.sent.every((text) => !text.startsWith('point_count'))).toBe(true)
    expect(tagged.sent.toSorted()).toEqual(plain.sent.map((text) => `point_count: ${text}`).toSorted())
  },
)
