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
