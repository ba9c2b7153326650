import { beforeAll, expect, test } from 'vitest'
import { getTask } from '#server/datasets/catalogue.ts'
import { createRun } from '#server/runs/create-run.ts'
import { listPredictions } from '#server/runs/read-predictions.ts'
import { getRun } from '#server/runs/read-runs.ts'
import { NewRun } from '#server/runs/schema.ts'
import { requestRun } from '#server/runs/service.ts'
import { arena, type Arena } from '../../support/arena.ts'
import { watch } from '../../support/watched-sql.ts'
import { writeRun } from '../../support/write-run.ts'

let house: Arena
let endpointId: string
const others = 12

beforeAll(async () => {
  house = await arena()
  const [endpoint] = await house.ctx.sql<{ id: string; baseUrl: string }[]>`
    select id, base_url as "baseUrl" from endpoints limit 1`
  endpointId = endpoint!.id
  house.ctx.egress.allow(endpoint!.baseUrl)
  for (let k = 0; k < others; k++) {
    await writeRun(house, { model: k % 4, benchmark: 'chartqa', split: 'test', value: 0.5 })
  }
})

test('whoever asks for a run is told of it without the others being read', async () => {
  const { ctx, statements } = watch(house.ctx)
  const run = await requestRun(ctx, NewRun.parse({ benchmark: 'chartqa', split: 'sample', endpointId }))
  expect(run).toMatchObject({ benchmark: { id: 'chartqa' }, split: 'sample', status: 'preparing' })
  expect(statements.length).toBeGreaterThan(0)
  expect(statements.filter(({ rows }) => rows >= others)).toEqual([])
})

test('a page of predictions asks three things: may it be seen, how many are there, which are on it', async () => {
  const task = await getTask('chartqa', 'sample')
  const { id } = await createRun(house.ctx, { endpointId, task })
  const { ctx, statements } = watch(house.ctx)
  expect(await listPredictions(ctx, id, { filter: 'all', after: -1, limit: 50 })).toMatchObject({ total: 0 })
  expect(statements).toHaveLength(3)
})

test('visitors see the predictions of released models only', async () => {
  const { ctx, modelIds } = house
  await ctx.sql`update models set released_at = null where id = ${modelIds[0]!}`
  const runOf = async (model: number) => {
    const [run] = await ctx.sql<{ id: number }[]>`select id from runs where model_id = ${modelIds[model]!} limit 1`
    return run!.id
  }
  const visitor = { ...ctx, actor: { kind: 'anonymous' as const } }
  const page = { filter: 'all' as const, after: -1, limit: 50 }
  await expect(listPredictions(visitor, await runOf(0), page)).rejects.toMatchObject({ status: 404 })
  expect(await listPredictions(visitor, await runOf(1), page)).toMatchObject({ total: 0 })
  expect(await listPredictions(ctx, await runOf(0), page)).toMatchObject({ total: 0 })
})

test('a run that spent more tokens than 2^31 is shown with their sum', async () => {
  const { ctx } = house
  const runId = await writeRun(house, { model: 2, benchmark: 'chartqa', split: 'test', value: 0.5 })
  await ctx.sql`
    with spent as (
      insert into calls (plan_id, position, key)
      select plan_id, n, 'spent-' || n from runs, generate_series(1, 2) as n where runs.id = ${runId} returning id
    )
    insert into attempts (call_id, number, started_at, latency_ms, tokens_in, tokens_out)
    select id, 1, now(), 5, 2000000000, 1500000000 from spent`
  expect(await getRun(ctx, runId)).toMatchObject({ tokensIn: 4_000_000_000, tokensOut: 3_000_000_000 })
})
