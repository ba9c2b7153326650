import { readFileSync, readlinkSync, realpathSync, rmSync, rmdirSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../problem.ts'
import { processName } from './process-lock.ts'

/** A server that takes connections. `data` is the real path of its data. */
export interface ReadyServer {
  pid: number
  data: string
  socketFolder: string
}

/** How long to wait for a server to be ready: recovery after a crash reads the log of at most a few checkpoints. */
const readyTimeoutMs = 120_000

/**
 * The server of this data, once it is ready; `undefined` when there is none, after tidying what a killed one left.
 * Waits for one that is still starting or stopping.
 */
export async function readServerState(dataPath: string): Promise<ReadyServer | undefined> {
  const deadline = performance.now() + readyTimeoutMs
  while (performance.now() < deadline) {
    const file = readPidFile(dataPath)
    if (!file) return undefined
    if (!isPostmaster(file.pid, file.data)) {
      await removeLeftovers(file)
      return undefined
    }
    if (file.status === 'ready') return { pid: file.pid, data: file.data, socketFolder: file.socketFolder }
    await sleep(10)
  }
  throw new StartError(
    `The PostgreSQL of ${dataPath} has neither started nor stopped for two minutes; its log is beside it.`,
  )
}

/** Asks the server to end its connections and stop, waits until its process is gone, and insists after half a minute. */
export async function stopServer(server: ReadyServer): Promise<void> {
  const file = readPidFile(server.data)
  if (!file || !isPostmaster(file.pid, file.data)) return
  const name = processName(file.pid)
  process.kill(file.pid, 'SIGINT')
  const started = performance.now()
  for (let insisted = false; name !== undefined && processName(file.pid) === name; await sleep(10)) {
    if (insisted || performance.now() - started < 30_000) continue
    process.kill(file.pid, 'SIGQUIT') // ends without a checkpoint; the next start recovers
    insisted = true
  }
  removeShortSocketFolder(file)
}

interface PidFile extends ReadyServer {
  status: string
}

/** `postmaster.pid`, whose lines are pid, data, start, port, socket folder, address, shared memory and status. */
function readPidFile(dataPath: string): PidFile | undefined {
  try {
    const lines = readFileSync(join(dataPath, 'postmaster.pid'), 'utf8').split('\n')
    const data = realpathSync(dataPath)
    return { pid: Number(lines[0]), data, socketFolder: lines[4] ?? '', status: lines[7]?.trim() ?? 'starting' }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Whether this process is the server of this data: it works in the data folder. PostgreSQL itself looks only at the pid,
 * and would take a zombie, or whoever got the pid after a restart of the container, for a living server.
 */
function isPostmaster(pid: number, data: string): boolean {
  if (!(pid > 0) || processName(pid) === undefined) return false
  if (process.platform !== 'linux') return true
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === data
  } catch {
    return commandName(pid) === 'postgres' // another user's process, in a container without the right to look
  }
}

function commandName(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return undefined
  }
}

async function removeLeftovers(file: PidFile): Promise<void> {
  const socket = join(file.socketFolder, '.s.PGSQL.5432')
  if (file.socketFolder && (await answers(socket))) {
    throw new StartError(
      `The data in ${file.data} is in use by a server that this process cannot see, such as another container's: stop that one, or set DATABASE_URL.`,
    )
  }
  rmSync(join(file.data, 'postmaster.pid'), { force: true })
  if (file.socketFolder) rmSync(`${socket}.lock`, { force: true })
  removeShortSocketFolder(file)
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket)
    const finish = (answer: boolean) => {
      connection.destroy()
      resolve(answer)
    }
    connection.once('connect', () => finish(true)).once('error', () => finish(false))
  })
}

/** Where the data's own path is too long for a socket, the socket had a folder made for one start. */
function removeShortSocketFolder(file: PidFile): void {
  if (!file.socketFolder || file.socketFolder === dirname(file.data)) return
  rmSync(join(file.socketFolder, '.s.PGSQL.5432'), { force: true })
  try {
    rmdirSync(file.socketFolder)
  } catch {
    // Gone already, or holds what is not ours.
  }
}
