import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Run } from '#server/runs/schema.ts'
import { prepareOrPause } from '#server/runs/service.ts'
import { arena } from '../../support/arena.ts'
import { chartqaRow, writeChartqa } from '../../support/chartqa-file.ts'

test('a run whose data cannot be read is paused with the sentence, and a resume reads it anew', async () => {
  const house = await arena()
  const [endpoint] = await house.ctx.sql<{ id: string }[]>`select id from endpoints limit 1`
  const folder = join(house.ctx.config.dataDir, 'datasets/chartqa')
  await writeChartqa(folder, [chartqaRow, { ...chartqaRow, query: 'And then?', human_or_machine: 7 }])
  const reply = await house.asAdmin.post('/api/v1/runs', {
    endpointId: endpoint!.id,
    benchmark: 'chartqa',
    split: 'test',
  })
  const { id } = reply.json<Run>()
  const address = `/api/v1/runs/${id}`

  await prepareOrPause(house.ctx, id)
  const paused = (await house.asAdmin.get(address)).json<Run>()
  expect(paused.status).toBe('paused')
  expect(paused.reason).toMatch(/test-00000-of-00001\.parquet, row 1, human_or_machine: .*expected/)

  house.queued.length = 0
  expect((await house.asAdmin.post(`${address}/resume`, {})).statusCode).toBeLessThan(300)
  expect(house.queued).toContainEqual({ name: 'prepare-run', data: { runId: id } })
  expect((await house.asAdmin.get(address)).json<Run>()).toMatchObject({ status: 'preparing', reason: null })

  await writeChartqa(folder, [chartqaRow])
  await prepareOrPause(house.ctx, id)
  expect((await house.asAdmin.get(address)).json<Run>()).toMatchObject({
    status: 'paused',
    reason: expect.stringContaining('changed since the run was created; start a new run'),
  })
})
