import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '#server/core/postgres/database.ts'
import { StartError } from '#server/core/problem.ts'
import { directUrlOf } from '../../../support/database-server.ts'
import { emptyDatabase } from '../../../support/database.ts'
import { plainPooler } from '../../../support/plain-pooler.ts'

async function place() {
  const url = await emptyDatabase()
  const directUrl = directUrlOf(url) ?? url
  return { directUrl, ...(await plainPooler(directUrl)) }
}

async function open(databaseUrl: string, directUrl?: string, migrate = true) {
  const database = await openDatabase({ databaseUrl, directUrl, dataDir: '', poolSize: 2, migrate })
  onTestFinished(() => database.close())
  return database
}

test('a pooler alone is refused, and the sentence names the variable that is missing', async () => {
  const { url } = await place()
  const opening = open(url)
  await expect(opening).rejects.toBeInstanceOf(StartError)
  await expect(opening).rejects.toThrow(
    /is reached through a pooler: set DATABASE_DIRECT_URL to the address of PostgreSQL/,
  )
})

test('through a pooler statements have no names, notices come, and the database keeps the time limits', async () => {
  const { url, directUrl, names } = await place()
  const { sql, pooled } = await open(url, directUrl)
  expect(pooled).toBe(true)
  const [row] = await sql<{ sum: number }[]>`select ${20}::int + ${22}::int as sum`
  expect(row!.sum).toBe(42)
  const limits =
    await sql`select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock`
  expect(limits).toEqual([{ statement: '1min', lock: '10s' }])
  const said = new Promise<string>((resolve) => void sql.listen('somebody_speaks', resolve))
  await expect
    .poll(async () => {
      await sql`select pg_notify('somebody_speaks', 'something')`
      return Promise.race([said, new Promise((resolve) => setTimeout(resolve, 50, null))])
    })
    .toBe('something')
  expect([...names]).toEqual([''])
})

test('where no pooler stands between, the second address changes nothing', async () => {
  const { directUrl } = await place()
  const { pooled, sql } = await open(directUrl, directUrl)
  expect(pooled).toBe(false)
  const [row] = await sql<{ limit: string }[]>`select current_setting('statement_timeout') as limit`
  expect(row!.limit).toBe('1min')
})

test('two addresses of two databases are refused', async () => {
  const { url } = await place()
  const other = await place()
  await expect(open(url, other.directUrl)).rejects.toThrow(/DATABASE_URL and DATABASE_DIRECT_URL lead to two databases/)
})

test('a pooler in the place of the database itself is refused', async () => {
  const { url } = await place()
  await expect(open(url, url)).rejects.toThrow(/is reached through a pooler: set DATABASE_DIRECT_URL/)
})

test('a second address that nobody answers is named as such', async () => {
  const { url } = await place()
  await expect(open(url, 'postgres://arena@127.0.0.1:1/arena')).rejects.toThrow(
    /no server listens there.*DATABASE_DIRECT_URL/,
  )
})
