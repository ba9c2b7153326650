import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { PgBoss } from 'pg-boss'
import { expect, inject, onTestFinished, test } from 'vitest'
import { auditEvents } from '#drizzle/schema/accounts.ts'
import { probeServer, readDatabaseUrl, versionFault } from '#server/core/postgres/database-url.ts'
import { openDatabase } from '#server/core/postgres/database.ts'
import { InputError, StartError } from '#server/core/problem.ts'
import { emptyDatabase, testDatabase } from '../../../support/database.ts'
import { withDatabase } from '../../../support/database-server.ts'

const open = (databaseUrl: string) => openDatabase({ databaseUrl, dataDir: '', poolSize: 2 })

/** A server on loopback that answers the first bytes of every client with `answer` and hangs up; null: keeps silent. */
async function serverThatSays(answer: Buffer | null): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    if (answer) socket.once('data', () => socket.end(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `postgres://somebody:hush@127.0.0.1:${(server.address() as AddressInfo).port}/arena`
}

/** PostgreSQL's ErrorResponse: severity, SQLSTATE and message, each under its letter and ended by a zero. */
function refusal(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}

async function faultOf(url: string): Promise<Error> {
  try {
    await (await open(url)).close()
  } catch (error) {
    return error as Error
  }
  throw new Error('it opened')
}

test.each([
  'localhost/arena',
  'mysql://somebody:hush@localhost/arena',
  'postgres://somebody:hush#1@localhost/arena',
  'postgres://somebody:hush@localhost:port/arena',
  '',
])('%j as DATABASE_URL is refused with an example and without being repeated', (url) => {
  const read = () => readDatabaseUrl(url)
  expect(read).toThrow(InputError)
  expect(read).toThrow(/^DATABASE_URL does not read as postgres:\/\/user:password@host:5432\/database/)
  expect(read).not.toThrow(/hush/)
})

test('a socket is addressed as libpq and as node-postgres write it', () => {
  const address = { host: '/run/postgresql', port: 5432, user: 'me', database: 'arena' }
  expect(readDatabaseUrl('postgres://me@/arena?host=/run/postgresql').address).toEqual(address)
  expect(readDatabaseUrl('postgres://me@%2Frun%2Fpostgresql/arena').address).toEqual(address)
})

test.each([
  ['28P01', 'password authentication failed for user "somebody"', /refuses the user or password/],
  ['28000', 'no pg_hba.conf entry', /refuses the user or password/],
  ['53300', 'sorry, too many clients already', /no connection left/],
  ['53100', 'could not extend file', /no space left on its disk/],
  ['57P03', 'the database system is starting up', /still starting or already stopping/],
  ['08P01', 'unsupported startup parameter', /cannot be used \(unsupported startup parameter\)/],
])('a server that refuses with %s is explained in one sentence', async (code, message, sentence) => {
  const fault = await faultOf(await serverThatSays(refusal(code, message)))
  expect(fault).toBeInstanceOf(StartError)
  expect(fault.message).toMatch(sentence)
  expect(fault.message).toMatch(/^PostgreSQL at 127\.0\.0\.1:\d+\/arena /)
  expect(fault.message).not.toContain('hush')
})

test('a web server is told from a PostgreSQL', async () => {
  const url = await serverThatSays(Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'))
  expect((await faultOf(url)).message).toMatch(/check that the host and port in DATABASE_URL are those of a PostgreSQL/)
})

test('a server that says nothing is given up', async () => {
  const { socket } = readDatabaseUrl(await serverThatSays(null))
  await expect(probeServer(socket, 50)).rejects.toMatchObject({ code: 'CONNECT_TIMEOUT' })
})

test('a port where nobody listens is named', async () => {
  const fault = await faultOf('postgres://somebody:hush@127.0.0.1:1/arena')
  expect(fault).toBeInstanceOf(StartError)
  expect(fault.message).toMatch(/^PostgreSQL at 127\.0\.0\.1:1\/arena does not answer, no server listens there/)
})

test('a host that nobody knows is named', async () => {
  const fault = await faultOf('postgres://somebody:hush@no-such-host.invalid/arena')
  expect(fault.message).toMatch(/^PostgreSQL at no-such-host\.invalid:5432\/arena has a host name that nobody knows/)
})

test('a database that does not exist is named', async () => {
  const fault = await faultOf(withDatabase(inject('databaseServer').url, 'arena_missing'))
  expect(fault).toBeInstanceOf(StartError)
  expect(fault.message).toMatch(/\/arena_missing has no database of that name/)
})

test('a server older than 15, and one that is no PostgreSQL, are refused by name', () => {
  expect(versionFault({ words: 'PostgreSQL 14.11 on x86_64', number: 140_011 })).toMatch(
    /^is version 14: .* 15 or newer/,
  )
  expect(versionFault({ words: 'CockroachDB CCL v24.1', number: 130_000 })).toMatch(/^is CockroachDB: /)
  expect(versionFault({ words: 'PostgreSQL 15.6 (Debian)', number: 150_006 })).toBeUndefined()
})

test('five that open an empty database at once migrate it once', async () => {
  const url = await emptyDatabase()
  const crowd = await Promise.all([open(url), open(url), open(url), open(url), open(url)])
  const rows = await crowd[0].sql<{ hash: string }[]>`select hash from drizzle.__drizzle_migrations`
  expect(rows.length).toBeGreaterThan(0)
  expect(new Set(rows.map(({ hash }) => hash)).size).toBe(rows.length)
  await Promise.all(crowd.map(({ close }) => close()))
})

test('a database that was empty knows the types that its migrations made, also in lists', async () => {
  const { sql, close } = await openDatabase({ databaseUrl: await emptyDatabase(), dataDir: '' })
  onTestFinished(close)
  const [row] = await sql`select 'open' = any(${['draft', 'open']}::study_status[]) as found`
  expect(row).toEqual({ found: true })
})

test('a database that a newer version has changed is not touched', async () => {
  const { sql, url } = await testDatabase()
  await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('of tomorrow', 9999999999999)`
  const fault = await faultOf(url)
  expect(fault).toBeInstanceOf(StartError)
  expect(fault.message).toMatch(/written by a newer version/)
})

test('what is stored is there when the database is opened again', async () => {
  const first = await testDatabase()
  await first.db.insert(auditEvents).values({ action: 'kept', subject: 'x' })
  const second = await open(first.url)
  expect(await second.db.select({ action: auditEvents.action }).from(auditEvents)).toEqual([{ action: 'kept' }])
  await second.close()
})

test('sessions are named, in UTC and with timeouts', async () => {
  const { sql } = await testDatabase()
  const [session] = await sql`
    select current_setting('application_name') as name, current_setting('TimeZone') as zone,
      current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
      current_setting('idle_in_transaction_session_timeout') as idle`
  expect(session).toEqual({ name: 'vlm-arena', zone: 'UTC', statement: '1min', lock: '10s', idle: '1min' })
})

test('the job queue reaches the same database by its own driver', async () => {
  const { bossConnection, sql } = await testDatabase()
  const boss = new PgBoss({ ...bossConnection, max: 2 })
  boss.on('error', () => {})
  await boss.start()
  await boss.createQueue('greet')
  await boss.send('greet', { name: 'x' })
  expect(await sql`select data from pgboss.job`).toEqual([{ data: { name: 'x' } }])
  await boss.stop({ graceful: false })
})

test('closing twice is closing once', async () => {
  const { url } = await testDatabase()
  const { close } = await open(url)
  await Promise.all([close(), close()])
  await expect(close()).resolves.toBeUndefined()
})
