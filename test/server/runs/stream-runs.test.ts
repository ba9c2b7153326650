import { expect, test } from 'vitest'
import { createRun } from '#server/runs/create-run.ts'
import type { Run } from '#server/runs/schema.ts'
import { cancelRun } from '#server/runs/service.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { arena } from '../../support/arena.ts'

test('a page is sent the run now and when it changes, and let go when it is settled', async () => {
  const { app, ctx, asAdmin, database } = await arena()
  const [endpoint] = await database.sql<{ id: string }[]>`select id from endpoints limit 1`
  await database.sql`update models set released_at = null`
  const { id } = await createRun(ctx, { endpointId: endpoint!.id, task: await getTask('chartqa', 'sample'), limit: 2 })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const address = `${origin}/api/v1/runs/${id}/events`
  expect((await fetch(address)).status).toBe(404)

  const reply = await fetch(address, { headers: { cookie: asAdmin.cookie } })
  expect(reply.headers.get('content-type')).toMatch(/^text\/event-stream/)
  const text = reply.body!.pipeThrough(new TextDecoderStream()).getReader()
  let heard = ''
  const hear = async (pattern: RegExp) => {
    while (!pattern.test(heard)) {
      const { done, value } = await text.read()
      if (done) throw new Error(`the stream ended after ${heard}`)
      heard += value
    }
  }
  await hear(/^retry: 2000\n\nevent: run\ndata: \{.*\}\n\n/s)
  await cancelRun(ctx, id)
  await hear(/"status":"cancelled".*\n\n/)
  expect((await text.read()).done).toBe(true)
  const runs = [...heard.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!) as Run)
  expect(runs.every((run) => run.id === id)).toBe(true)
  expect(new Set(runs.map((run) => JSON.stringify(run))).size).toBe(runs.length)
})
