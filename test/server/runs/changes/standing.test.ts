import { expect, test } from 'vitest'
import { getBenchmarkScores } from '#server/boards/read-scores.ts'
import { executePlan } from '#server/calls/execute-plan.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { NewEndpoint } from '#server/endpoints/schema.ts'
import { registerEndpoint } from '#server/endpoints/service.ts'
import { findUses } from '#server/runs/changes/endpoint-uses.ts'
import { deleteRun } from '#server/runs/changes/delete-run.ts'
import { finaliseRun, restoreRun, withdrawRun } from '#server/runs/changes/standing.ts'
import { createRun } from '#server/runs/create-run.ts'
import { getRun } from '#server/runs/read-runs.ts'
import { readRun } from '#server/runs/reading/read-run.ts'
import { runCustomer } from '#server/runs/run-customer.ts'
import { cancelRun, pauseRun, resumeRun } from '#server/runs/service.ts'
import { getStoredRun } from '#server/runs/stored-run.ts'
import { callsLab } from '../../../support/calls-lab.ts'
import { newPerson } from '../../../support/people.ts'
import { scriptedEndpoint } from '../../../support/scripted-endpoint.ts'

/** A run of chartqa's sample over an endpoint that never answers its first question, as far as it came. */
async function lab() {
  const { ctx } = await callsLab()
  const faults = { left: 1_000, question: '' }
  const { baseUrl } = await scriptedEndpoint(({ text }) => {
    faults.question ||= text
    return text === faults.question && faults.left-- > 0
      ? { kind: 'status', status: 500 }
      : { kind: 'answer', text: '2' }
  })
  const described = NewEndpoint.parse({ model: 'M', remoteModel: 'm', baseUrl, maxRetries: 0 })
  const { id: endpointId } = await registerEndpoint(ctx, described)
  const { id } = await createRun(ctx, { endpointId, task: await getTask('chartqa', 'sample') })
  await readRun(ctx, id)
  const carryOut = async () => {
    const { planId } = await getStoredRun(ctx, id)
    await executePlan(ctx, planId, [runCustomer], { signal: new AbortController().signal, firstBackoffMs: 5 })
  }
  const onBoard = async () => (await getBenchmarkScores(ctx, 'chartqa')).scores.map(({ runId }) => runId)
  const rows = async () => {
    const [row] = await ctx.sql`
      select (select count(*)::int from runs) as runs, (select count(*)::int from predictions) as predictions,
        (select count(*)::int from calls) as calls, (select count(*)::int from attempts) as attempts,
        (select count(*)::int from replies) as replies`
    return row
  }
  return { ctx, id, endpointId, faults, carryOut, onBoard, rows }
}

test('an incomplete run stands on no board until somebody accepts it, and the question can still be asked again', async () => {
  const { ctx, id, faults, carryOut, onBoard } = await lab()
  await carryOut()
  expect(await getRun(ctx, id)).toMatchObject({ status: 'incomplete', counts: { error: 1 } })
  expect(await onBoard()).toEqual([])
  await finaliseRun(ctx, id)
  expect(await getRun(ctx, id)).toMatchObject({ status: 'finalised' })
  expect(await onBoard()).toEqual([id])
  await expect(finaliseRun(ctx, id)).rejects.toThrow('it is finalised, and only an incomplete run is accepted as it is')
  faults.left = 0
  await resumeRun(ctx, id)
  await carryOut()
  expect(await getRun(ctx, id)).toMatchObject({ status: 'complete', counts: { error: 0 } })
  expect(await ctx.sql`select action, subject from audit_events where subject = ${`run:${id}`}`).toEqual([
    { action: 'run.finalised', subject: `run:${id}` },
  ])
})

test('a run is taken off the boards for a reason that it gives, and put back', async () => {
  const { ctx, id, faults, carryOut, onBoard } = await lab()
  faults.left = 0
  await carryOut()
  expect(await onBoard()).toEqual([id])
  await withdrawRun(ctx, id, { reason: 'The key belonged to another model.' })
  expect(await onBoard()).toEqual([])
  expect((await getRun(ctx, id)).withdrawn).toMatchObject({ reason: 'The key belonged to another model.' })
  await expect(withdrawRun(ctx, id, { reason: 'Again' })).rejects.toThrow('off the boards already')
  await restoreRun(ctx, id)
  expect(await onBoard()).toEqual([id])
  expect((await getRun(ctx, id)).withdrawn).toBeNull()
  await expect(restoreRun(ctx, id)).rejects.toThrow('never taken off')
})

test('a run that is over is deleted with all that belongs to it; what it cost still counts', async () => {
  const { ctx, id, endpointId, faults, carryOut, rows } = await lab()
  faults.left = 0
  await expect(deleteRun(ctx, id)).rejects.toThrow('it is not over; cancel it first')
  await carryOut()
  await ctx.sql`update plans set spent = 1.5`
  await ctx.sql`update calls set state = 'active', claimed_until = now() + interval '1 minute' where position = 0`
  await expect(deleteRun(ctx, id)).rejects.toThrow('still under way')
  await ctx.sql`update calls set state = 'answered' where position = 0`
  await deleteRun(ctx, id)
  expect(await rows()).toEqual({ runs: 0, predictions: 0, calls: 0, attempts: 0, replies: 0 })
  expect(await ctx.sql`select spent, calls from plans`).toEqual([{ spent: 1.5, calls: 0 }])
  expect(await findUses(ctx, endpointId)).toEqual({ going: [], kept: 0 })
  await expect(getRun(ctx, id)).rejects.toThrow(`There is no run ${id}`)
})

test('a team deletes what it cancelled, and not a score', async () => {
  const { ctx, id, faults, carryOut, rows } = await lab()
  faults.left = 0
  await carryOut()
  const team = await newPerson(ctx, 'team')
  await ctx.sql`update endpoints set team_id = (select id from teams)`
  await expect(deleteRun(team, id)).rejects.toThrow(`Run ${id} is complete: only the operator deletes it`)
  await ctx.sql`update runs set status = 'running'`
  await ctx.sql`update plans set state = 'running'`
  await pauseRun(team, id)
  await expect(deleteRun(team, id)).rejects.toThrow('cancel it first')
  await cancelRun(team, id)
  const stranger = await newPerson(ctx, 'team')
  await expect(deleteRun(stranger, id)).rejects.toThrow()
  await deleteRun(team, id)
  expect(await rows()).toMatchObject({ runs: 0, calls: 0 })
})

test('a run from which another took replies stays until that one is gone: its replies are evidence there', async () => {
  const { ctx, id, endpointId, faults, carryOut } = await lab()
  faults.left = 0
  await carryOut()
  const again = await createRun(ctx, { endpointId, task: await getTask('chartqa', 'sample'), reuse: true })
  await readRun(ctx, again.id)
  await executePlan(ctx, again.planId, [runCustomer], { signal: new AbortController().signal })
  expect(await getRun(ctx, again.id)).toMatchObject({ status: 'complete', reused: 24 })
  await expect(deleteRun(ctx, id)).rejects.toThrow(`run ${again.id} took replies of it; delete that one first`)
  await deleteRun(ctx, again.id)
  await deleteRun(ctx, id)
})
