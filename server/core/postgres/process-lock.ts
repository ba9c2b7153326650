import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readlink, rm, symlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../problem.ts'

/**
 * Names a running process once and for all, as `pid-start`: a later process that gets the same pid has another name.
 * `undefined` when there is none, and for a zombie, which will never act again.
 */
export function processName(pid: number): string | undefined {
  const start = process.platform === 'linux' ? startOnLinux(pid) : startFromPs(pid)
  return start === undefined ? undefined : `${pid}-${start}`
}

/** Clock ticks from the machine's start to the process's, from proc(5): field 22, counted behind the name in brackets. */
function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

function startFromPs(pid: number): string | undefined {
  try {
    const row = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return row === '' || row.startsWith('Z') ? undefined : String(Date.parse(row.replace(/^\S+\s+/, '')))
  } catch {
    return undefined
  }
}

/** Whether the process that `processName` once called so still runs. */
export function isRunning(name: string): boolean {
  return processName(Number.parseInt(name, 10)) === name
}

/**
 * Does `action` while no other process, and no other caller in this one, does anything under the same lock.
 * The lock is a symbolic link at `path` whose target names the holder; that of a dead process is taken away.
 * Throws a StartError when a living process keeps it longer than `waitMs`.
 */
export async function withLock<T>(path: string, action: () => Promise<T>, waitMs = 180_000): Promise<T> {
  const holder = `${processName(process.pid)}-${randomBytes(4).toString('hex')}`
  const deadline = performance.now() + waitMs
  while (!(await tryLink(holder, path))) {
    const other = await readTarget(path)
    if (other === undefined) continue
    if (!isRunning(processOf(other))) await removeDead(path, other, waitMs)
    else if (performance.now() > deadline) {
      const pid = Number.parseInt(other, 10)
      throw new StartError(`Process ${pid} has held ${path} for too long: end it, then start again.`)
    } else await sleep(5 + 20 * Math.random())
  }
  try {
    return await action()
  } finally {
    await rm(path, { force: true })
  }
}

/**
 * Removing is a lock of its own, named after the dead holder: of all who saw it dead only one removes it, looking
 * again first, so none removes the link of a process that came in between. A remover that dies leaves a dead lock, too.
 */
async function removeDead(path: string, dead: string, waitMs: number): Promise<void> {
  await withLock(
    `${path}.${dead}`,
    async () => {
      if ((await readTarget(path)) === dead) await rm(path, { force: true })
    },
    waitMs,
  )
}

async function tryLink(target: string, path: string): Promise<boolean> {
  try {
    await symlink(target, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function readTarget(path: string): Promise<string | undefined> {
  try {
    return await readlink(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const processOf = (holder: string) => holder.slice(0, holder.lastIndexOf('-'))
