import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'

const versions = '/usr/lib/postgresql'

/** A PostgreSQL of Debian's packages with a cluster of its own, which may be killed and comes back by itself. */
interface DebianPostgres {
  /** As DATABASE_URL. */
  url: string
  /** As a crash would. Throws while it is being started again. */
  kill(): void
  close(): Promise<void>
}

/** Makes a cluster in a temporary folder and starts its server; root runs it as the package's user. Throws where there is none. */
export async function debianPostgres(): Promise<DebianPostgres> {
  const version = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0] : undefined
  if (!version) throw new Error(`There is no PostgreSQL under ${versions}: apt-get install postgresql`)
  const program = (name: string) => join(versions, version, 'bin', name)
  const folder = mkdtempSync(join(tmpdir(), 'arena-debian-postgres-'))
  const user = process.getuid?.() === 0 ? packageUser() : undefined
  if (user) chownSync(folder, user.uid, user.gid)
  chmodSync(folder, 0o755)
  const data = join(folder, 'data')
  const options = { ...user, cwd: folder, stdio: 'ignore' } as const
  execFileSync(program('initdb'), ['-D', data, '-U', 'arena', '-A', 'trust', '-E', 'UTF8'], options)
  let server: ChildProcess | undefined
  let closing = false
  /** What was killed leaves processes that keep its memory for a moment: until they are gone no other starts. */
  const keepUp = async () => {
    while (!closing) {
      const started = spawn(program('postgres'), ['-D', data, '-k', folder, '-c', 'listen_addresses='], options)
      server = started
      await once(started, 'exit')
      server = undefined
      await pause(200)
    }
  }
  const up = keepUp()
  await untilAnswers(folder)
  return {
    url: `postgres://arena@/postgres?host=${encodeURIComponent(folder)}`,
    kill() {
      if (!server?.kill('SIGKILL')) throw new Error('PostgreSQL is being started again')
    },
    async close() {
      closing = true
      server?.kill('SIGINT')
      await up
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function packageUser(): { uid: number; gid: number } {
  const idOf = (option: string) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

async function untilAnswers(host: string) {
  for (let tries = 0; ; tries++) {
    const sql = postgres({ host, user: 'arena', database: 'postgres', max: 1 })
    try {
      await sql`select 1`
      return
    } catch (error) {
      if (tries === 100) throw error
      await pause(200)
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
}
