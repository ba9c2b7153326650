import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Kills the embedded server of a data folder as a crash would. Throws while it is being started again. */
export function killEmbeddedPostgres(dataDir: string): void {
  const [pid] = readFileSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')
  process.kill(Number(pid), 'SIGKILL')
}

/** False: it is just being started again. */
export function isKilled(kill: () => void): boolean {
  try {
    kill()
    return true
  } catch {
    return false
  }
}
