import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, inject, onTestFinished, TestRunner } from 'vitest'
import { openDatabase } from '#server/core/postgres/database.ts'
import type { OpenDatabase } from '#server/core/postgres/database.ts'
import { directUrlOf, keptList, onServer, withDatabase } from './database-server.ts'

/** An open database, and its address for another process of the test. */
export interface TestDatabase extends OpenDatabase {
  url: string
}

type Finish = (failed: boolean) => Promise<void>

const openForTheFile: Finish[] = []

// Registered while the file is collected, so that it runs after every other hook, and for databases of `beforeAll` too.
// eslint-disable-next-line no-empty-pattern -- Vitest reads the pattern, and wants one
afterAll(async ({}, suite) => {
  for (const finish of openForTheFile) await finish(hasFailed(suite))
})

/**
 * A migrated, empty database of its own (about 0.1 s), for one test when called inside it, else for the whole file.
 * Afterwards it is closed and dropped, or kept for a look when a test failed; the run's last lines say where.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const url = await createDatabase(inject('databaseServer').template)
  const directUrl = directUrlOf(url)
  const open = await openDatabase({ databaseUrl: url, directUrl, dataDir: inject('testData'), migrate: false })
  atTheEnd(() => open.close())
  return { ...open, url }
}

/** The address of a database without any tables, for tests of migrations; dropped or kept like the others. */
export const emptyDatabase = () => createDatabase('template0')

async function createDatabase(template: string): Promise<string> {
  const server = inject('databaseServer')
  const name = `${server.template}_${randomBytes(4).toString('hex')}`
  await onServer(server.direct, `create database ${name} template ${template}`)
  atTheEnd(async (failed) => {
    if (failed) appendFileSync(join(inject('testData'), keptList), `${name}\n`)
    else await onServer(server.direct, `drop database if exists ${name} with (force)`)
  })
  return withDatabase(server.url, name)
}

/** Last registered, first done, as Vitest does with what a test registers. */
function atTheEnd(finish: Finish): void {
  if (TestRunner.getCurrentTest()) onTestFinished(({ task }) => finish(task.result?.state === 'fail'))
  else openForTheFile.unshift(finish)
}

/** What of Vitest's tree of groups and tests matters here. */
interface Task {
  result?: { state: string }
  tasks?: Task[]
}

function hasFailed(task: Task): boolean {
  return task.result?.state === 'fail' || (task.tasks ?? []).some(hasFailed)
}
