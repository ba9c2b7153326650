import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '#server/core/postgres/database.ts'
import { openEmbeddedPostgres } from '#server/core/postgres/embedded.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * The server of this run as a DATABASE_URL, the same without the pooler that may stand before it, and the name of the
     * migrated database that tests copy.
     */
    databaseServer: { url: string; direct: string; template: string }
    /** A folder of this run in the system's temporary folder; gone at the end unless a test failed. */
    testData: string
  }
}

/** Names the databases that failed tests left for a look, one per line. */
export const keptList = 'kept-databases'

/**
 * Opens one PostgreSQL for the whole run, DATABASE_URL's or an embedded one in a temporary folder, and migrates one
 * template there. Vitest calls it before the first test file and what it returns after the last.
 */
export default async function setUp(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), 'arena-test-'))
  const { DATABASE_URL, DATABASE_DIRECT_URL } = process.env
  const server = DATABASE_URL ? given(DATABASE_URL, DATABASE_DIRECT_URL) : await embedded(join(folder, 'postgres'))
  const template = `arena_test_${randomBytes(4).toString('hex')}`
  const tearDown = async () => {
    const kept = readKept(folder)
    await onServer(server.direct, `drop database if exists ${template}`)
    await server.close()
    if (kept.length > 0) console.log(`Databases of failed tests are kept on ${server.where}: ${kept.join(', ')}`)
    else rmSync(folder, { recursive: true, force: true })
  }
  try {
    await makeTemplate(server.direct, template)
  } catch (error) {
    await tearDown()
    throw error
  }
  project.provide('databaseServer', { url: server.url, direct: server.direct, template })
  project.provide('testData', folder)
  return tearDown
}

async function makeTemplate(url: string, template: string): Promise<void> {
  await onServer(url, `create database ${template}`)
  const migrated = await openDatabase({ databaseUrl: withDatabase(url, template), dataDir: '', poolSize: 1 })
  await migrated.close()
}

function readKept(folder: string): string[] {
  const list = join(folder, keptList)
  return existsSync(list) ? readFileSync(list, 'utf8').trim().split('\n') : []
}

function given(url: string, direct = url) {
  return { url, direct, where: 'the server of DATABASE_URL', close: async () => {} }
}

/** Durability is for data that is wanted tomorrow. */
const hasty = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' }

async function embedded(folder: string) {
  const { host, user, database, where, close } = await openEmbeddedPostgres({ folder, settings: hasty })
  const url = `postgres://${user}@/${database}?host=${encodeURIComponent(host)}`
  return { url, direct: url, where, close }
}

/** Runs one statement on the server that `url` names, outside any transaction. */
export async function onServer(url: string, statement: string): Promise<void> {
  const open = await openDatabase({ databaseUrl: url, dataDir: '', poolSize: 1, migrate: false })
  try {
    await open.sql.unsafe(statement)
  } finally {
    await open.close()
  }
}

/** The same server and login with another database. */
export function withDatabase(url: string, database: string): string {
  const [address = '', query] = url.split('?')
  const base = address.replace(/^([a-z]+:\/\/[^/]*).*$/, '$1')
  return `${base}/${database}${query ? `?${query}` : ''}`
}

/** The address without a pooler of a database on the server of this run; none where there is no pooler. */
export function directUrlOf(url: string | undefined): string | undefined {
  const { DATABASE_URL, DATABASE_DIRECT_URL } = process.env
  if (!url || !DATABASE_URL || !DATABASE_DIRECT_URL) return undefined
  const name = /^[a-z]+:\/\/[^/]*\/([^?]*)/.exec(url)?.[1]
  return name && url === withDatabase(DATABASE_URL, name) ? withDatabase(DATABASE_DIRECT_URL, name) : undefined
}
