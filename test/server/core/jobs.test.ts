import type { ConstructorOptions } from 'pg-boss'
import pino from 'pino'
import { expect, test } from 'vitest'
import { createJobs } from '#server/core/jobs.ts'
import { until } from '../../support/arena.ts'
import { testDatabase } from '../../support/database.ts'

test('a queued job is done, and one with the same key that waits is done once', async () => {
  const { bossConnection } = await testDatabase()
  const jobs = createJobs(bossConnection, pino({ level: 'silent' }))
  const done: unknown[] = []
  jobs.define('note', async (data) => void done.push(data))
  for (const key of ['a', 'a', 'b']) await jobs.enqueue('note', { key }, { key })
  await jobs.enqueue('note', { key: 'later' }, { afterSeconds: 3600 })
  await jobs.work()
  await until(() => done.length === 2)
  await jobs.stop()
  expect(done).toEqual(expect.arrayContaining([{ key: 'a' }, { key: 'b' }]))
})

test('a queue whose database was away at first works with the next job', async () => {
  const { bossConnection } = await testDatabase()
  const connection: ConstructorOptions = { host: '127.0.0.1', port: 1, user: 'nobody', database: 'none' }
  const jobs = createJobs(connection, pino({ level: 'silent' }))
  const done: unknown[] = []
  jobs.define('note', async (data) => void done.push(data))
  await expect(jobs.enqueue('note', { key: 'a' })).rejects.toThrow('ECONNREFUSED')
  await jobs.stop()
  Object.assign(connection, bossConnection)
  await jobs.enqueue('note', { key: 'b' })
  await jobs.work()
  await until(() => done.length === 1)
  await jobs.stop()
  expect(done).toEqual([{ key: 'b' }])
})

test('a job that nobody waited for is queued before the end', async () => {
  const { bossConnection } = await testDatabase()
  const jobs = createJobs(bossConnection, pino({ level: 'silent' }))
  const queueing = jobs.enqueue('note', { key: 'a' })
  await jobs.stop()
  await expect(queueing).resolves.toBeUndefined()
})
