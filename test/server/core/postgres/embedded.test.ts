import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openDatabase } from '#server/core/postgres/database.ts'
import { getPrograms } from '#server/core/postgres/programs.ts'
import { startFault } from '#server/core/postgres/start.ts'
import { openEmbeddedPostgres } from '#server/core/postgres/embedded.ts'
import { StartError } from '#server/core/problem.ts'

const visitor = fileURLToPath(new URL('../../../support/database-visitor.ts', import.meta.url))
const asRoot = process.getuid?.() === 0
const namespaces = spawnSync('unshare', ['-rm', 'true']).status === 0

vi.setConfig({ testTimeout: 180_000 }) // initdb waits for the disk, which a loaded machine shares

let dataDir: string

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'arena-embedded-'))
})

afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

/** Every process whose command line names the folder; PostgreSQL's own show it in the first one's. */
function serversOf(folder: string): string[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n')
  return rows.filter((row) => row.includes('postgres') && row.includes(` -D ${folder}`))
}

const pidOfServer = (folder: string) =>
  Number(readFileSync(join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0])

const openHere = () => openDatabase({ databaseUrl: undefined, dataDir, poolSize: 2 })

/** A visitor that has the database open, to be killed. */
async function holder() {
  const child = spawn(process.execPath, [visitor, 'hold', dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return {
    kill: async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

const holds = async (sql: postgres.Sql) =>
  (await sql<{ n: number }[]>`select count(*)::int as n from audit_events where action = 'hold'`)[0]?.n

test('three processes open an empty folder at once, come and go 25 times each, and the last one out stops the server', async () => {
  const visit = () => promisify(execFile)(process.execPath, [visitor, 'visit', dataDir, '25'])
  await Promise.all([visit(), visit(), visit()])
  expect(serversOf(dataDir)).toEqual([])
  const { sql, close } = await openHere()
  expect((await sql<{ n: number }[]>`select count(*)::int as n from audit_events`)[0]?.n).toBe(75)
  await close()
})

test('a process that is killed leaves a server that the next one shares, and stops', async () => {
  const killed = await holder()
  const pid = pidOfServer(dataDir)
  await killed.kill()
  const { sql, close } = await openHere()
  expect(pidOfServer(dataDir)).toBe(pid)
  expect(await holds(sql)).toBe(1)
  await close()
  expect(serversOf(dataDir)).toEqual([])
})

test('after the server and its user are killed, what was acknowledged is there', async () => {
  const killed = await holder()
  process.kill(pidOfServer(dataDir), 'SIGKILL')
  await killed.kill()
  const { sql, close } = await openHere()
  expect(await holds(sql)).toBe(2)
  await close()
})

test('a server that dies while it is in use is started again under the same address', async () => {
  const { sql, close } = await openHere()
  const pid = pidOfServer(dataDir)
  process.kill(pid, 'SIGKILL')
  // A backend of the dead server may answer once more, so the new server comes first.
  await expect.poll(() => pidOfServer(dataDir), { timeout: 20_000 }).not.toBe(pid)
  await expect.poll(() => holds(sql).catch(() => 'away'), { timeout: 20_000 }).toBe(2)
  await close()
  expect(serversOf(dataDir)).toEqual([])
})

test('one who closes does not stop the server of another in the same process', async () => {
  const [first, second] = [await openHere(), await openHere()]
  await first.close()
  await first.close()
  expect(await holds(second.sql)).toBe(2)
  await second.close()
  expect(existsSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'))).toBe(false)
})

test('a pid file whose process is another by now does not keep the server from starting', async () => {
  const data = join(dataDir, 'postgres', 'data')
  writeFileSync(
    join(data, 'postmaster.pid'),
    `${process.pid}\n${data}\n0\n5432\n${join(dataDir, 'postgres')}\n\n\nready\n`,
  )
  const { sql, close } = await openHere()
  expect(await holds(sql)).toBe(2)
  await close()
})

test('commits reach the disk and pages carry checksums', async () => {
  const { sql, close } = await openHere()
  const settings = await sql<{ name: string; setting: string }[]>`
    select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'data_checksums', 'listen_addresses')`
  expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
    fsync: 'on',
    synchronous_commit: 'on',
    data_checksums: 'on',
    listen_addresses: '',
  })
  await close()
})

test('data of another major version is left alone, and the sentence names both versions and a way out', async () => {
  const version = join(dataDir, 'postgres', 'data', 'PG_VERSION')
  const written = readFileSync(version, 'utf8')
  writeFileSync(version, '17\n')
  await expect(openHere()).rejects.toThrow(/written by PostgreSQL 17 and this version brings 18.*DATABASE_URL/)
  writeFileSync(version, written)
})

test('a log past one megabyte makes room for a new one', async () => {
  const log = join(dataDir, 'postgres', 'postgres.log')
  writeFileSync(log, 'x'.repeat(1_100_000))
  await (await openHere()).close()
  expect(statSync(`${log}.1`).size).toBe(1_100_000)
  expect(statSync(log).size).toBeLessThan(100_000)
})

test('a folder whose path is too long for a socket is served through a short one, removed at the end', async () => {
  const folder = join(dataDir, 'long-'.repeat(24))
  const server = await openEmbeddedPostgres({ folder })
  const sql = postgres({ host: server.host, port: server.port, user: server.user, database: server.database, max: 1 })
  expect(server.host.length).toBeLessThan(90)
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
  await sql.end()
  await server.close()
  expect(existsSync(server.host)).toBe(false)
})

test('where a file stands in the folder’s place, the sentence names ARENA_DATA and DATABASE_URL', async () => {
  const folder = join(dataDir, 'a-file')
  writeFileSync(folder, '')
  const opening = openEmbeddedPostgres({ folder })
  await expect(opening).rejects.toBeInstanceOf(StartError)
  await expect(opening).rejects.toThrow(/ARENA_DATA.*DATABASE_URL/)
})

test('a platform without a package is told of DATABASE_URL', () => {
  expect(() => getPrograms('win32-x64')).toThrow(/no PostgreSQL for win32-x64.*DATABASE_URL/)
})

test('what PostgreSQL says of a full disk becomes one sentence', () => {
  const words = 'FATAL:  could not write lock file "postmaster.pid": No space left on device\nHINT: …'
  expect(startFault('/data', words).message).toBe(
    'The disk that holds /data is full, so PostgreSQL cannot start: free some space, or set DATABASE_URL.',
  )
})

if (namespaces) {
  test('on a disk of 16 MB the first start stops with the sentence of a full disk', async () => {
    const folder = join(dataDir, 'small-disk')
    mkdirSync(folder)
    const script = 'mount -t tmpfs -o size=16m tmpfs "$1" && "$2" "$3" visit "$1" 1'
    const args = ['-rm', 'sh', '-c', script, 'sh', folder, process.execPath, visitor]
    await expect(promisify(execFile)('unshare', args)).rejects.toThrow(/The disk that holds .* is full.*DATABASE_URL/)
  })
}

if (asRoot) {
  describe('root, where user namespaces are refused or do not help', () => {
    const openAsOther = (folder: string, reachableFolder: string) =>
      openEmbeddedPostgres({ folder, reachableFolder, launcher: 'other-user' })

    test('serves a folder that others may enter in place, as the user nobody', async () => {
      const open = mkdtempSync(join(tmpdir(), 'arena-open-'))
      chmodSync(open, 0o755)
      const folder = join(open, 'postgres')
      const server = await openAsOther(folder, join(open, 'reachable'))
      expect(server.where).toBe(`embedded PostgreSQL in ${folder}`)
      expect(statSync(join(folder, 'data')).uid).toBe(65534)
      await server.close()
      const again = await openEmbeddedPostgres({ folder }) // namespaces allowed by now: the owner stays
      await again.close()
      rmSync(open, { recursive: true })
    })

    test('serves a folder of mode 700 from a folder that others may enter, and says both paths', async () => {
      const reachable = mkdtempSync(join(tmpdir(), 'arena-reachable-'))
      chmodSync(reachable, 0o755)
      const folder = join(dataDir, 'closed')
      const server = await openAsOther(folder, reachable)
      expect(server.where).toContain(folder)
      expect(server.where).toContain(reachable)
      const sql = postgres({ host: server.host, port: server.port, user: server.user, database: server.database })
      await sql`create table kept (n int)`
      await sql.end()
      await server.close()
      const again = await openAsOther(folder, reachable)
      const sqlAgain = postgres({ host: again.host, port: again.port, user: again.user, database: again.database })
      expect(await sqlAgain`select * from kept`).toEqual([])
      await sqlAgain.end()
      await again.close()
      rmSync(reachable, { recursive: true })
    })

    test('serves the home of another user, which only that user may enter, as that user', async () => {
      const home = mkdtempSync(join(tmpdir(), 'arena-home-'))
      chownSync(home, 65534, 65534)
      const server = await openEmbeddedPostgres({ folder: join(home, 'checkout', 'postgres') })
      expect(statSync(join(home, 'checkout', 'postgres', 'data')).uid).toBe(65534)
      await server.close()
      rmSync(home, { recursive: true })
    })

    test('stops with one sentence when no folder can be entered by others', async () => {
      const opening = openAsOther(join(dataDir, 'closed-too'), join(dataDir, 'reachable'))
      await expect(opening).rejects.toBeInstanceOf(StartError)
      await expect(opening).rejects.toThrow(/DATABASE_URL/)
    })
  })
}

test('nothing of these tests still runs', async () => {
  await sleep(100)
  expect(serversOf(dataDir)).toEqual([])
})
