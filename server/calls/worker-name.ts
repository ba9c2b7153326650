import { randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * A name for one who claims calls: `place/pid/start/random`. The place is the host with its space of process ids, so
 * that two containers of one name are told apart; the start tells a process from a later one with the same id.
 */
export function newWorkerName(): string {
  return [thisPlace(), process.pid, startOf(process.pid) ?? '', randomUUID().slice(0, 8)].join('/')
}

/** Of these names, those whose process ran in this place and is gone. One of another place is never among them. */
export function deadWorkers(names: string[]): string[] {
  return names.filter((name) => {
    const [where, pid, start] = name.split('/')
    return where === thisPlace() && !runs(Number(pid), start ?? '')
  })
}

function runs(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Not ours to signal, but there.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const now = startOf(pid)
  return now === null || now === start
}

let ownPlace: string | undefined

/** Where this process runs: processes of one place see each other, and the same files. */
export function thisPlace(): string {
  return (ownPlace ??= [hostname(), readOr(() => readlinkSync('/proc/self/ns/pid').replace(/\D/g, ''))]
    .filter(Boolean)
    .join(':')
    .replaceAll('/', '-'))
}

/** When a process began, in clock ticks since the machine started; null where /proc does not say, '' for a dead one that lingers. */
function startOf(pid: number): string | null {
  const stat = readOr(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  if (!stat) return null
  // The second field is the program's name in parentheses and may hold anything.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? '' : rest[18]!
}

function readOr(read: () => string): string | null {
  try {
    return read()
  } catch {
    return null
  }
}
