import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parquetImage, writeParquet } from '#server/formats/parquet.ts'
import type { Run } from '#server/runs/schema.ts'
import { prepareOrPause } from '#server/runs/service.ts'
import { arena, type Arena } from '../../support/arena.ts'
import { pngOf } from '../../support/png.ts'

const row = { image: { bytes: pngOf(10, 10), path: 'a.png' }, query: 'How many?', label: ['2'], human_or_machine: 0 }

/** Puts ChartQA's test split where a pull would have put it. */
async function putData({ ctx }: Arena, rows: Record<string, unknown>[]) {
  const folder = join(ctx.config.dataDir, 'datasets/chartqa')
  mkdirSync(folder, { recursive: true })
  const columns = {
    image: parquetImage,
    query: 'string',
    label: { list: 'string' },
    human_or_machine: 'int32',
  } as never
  await writeParquet(join(folder, 'test-00000-of-00001.parquet'), columns, rows)
}

test('a run whose data cannot be read is paused with the sentence, and a resume reads it anew', async () => {
  const house = await arena()
  const [endpoint] = await house.ctx.sql<{ id: string }[]>`select id from endpoints limit 1`
  await putData(house, [row, { ...row, query: 'And then?', human_or_machine: 7 }])
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

  await putData(house, [row])
  await prepareOrPause(house.ctx, id)
  expect((await house.asAdmin.get(address)).json<Run>()).toMatchObject({
    status: 'paused',
    reason: expect.stringContaining('changed since the run was created; start a new run'),
  })
})
