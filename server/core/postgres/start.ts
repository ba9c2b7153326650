import { execFile, spawn } from 'node:child_process'
import {
  chownSync,
  closeSync,
  existsSync,
  fchownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
} from 'node:fs'
import { readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, statfsSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { canReach, chooseRunner, commandLine, getPrograms, preparePrograms } from './programs.ts'
import type { Launcher, Programs, Runner } from './programs.ts'
import { readServerState } from './state.ts'
import type { ReadyServer } from './state.ts'
import { StartError } from '../problem.ts'

export interface StartOptions {
  /** Holds data, socket, log and lock. */
  folder: string
  /** How root starts PostgreSQL; found out by trying when left out. */
  launcher?: Launcher
  /** Server settings on top of ours, by name. */
  settings?: Record<string, string>
  /** Where data and programs go when the user nobody cannot enter the checkout. */
  reachableFolder?: string
  /** Where clients already look for the socket, when a server is started again. */
  socketFolder?: string | undefined
}

export const superuser = 'arena'
export const port = 5432

/** Not /var/tmp, which many systems empty of what is old. */
const defaultReachableFolder = '/var/lib/vlm-arena'

/** The longest path of a socket that Linux (107 bytes) and macOS (103) both take. */
const longestSocketPath = 103

/** Local, quiet and durable: a commit returns when it is on the disk. The log holds starts, stops and crashes, no statements. */
const ownSettings = {
  listen_addresses: '',
  port: String(port),
  max_connections: '100',
  max_logical_replication_workers: '0',
  unix_socket_permissions: '0700',
  fsync: 'on',
  log_min_messages: 'log',
  log_checkpoints: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

/** Makes the data when there is none and starts its server. To be called under the folder's lock, when no server runs. */
export async function startServer(options: StartOptions): Promise<ReadyServer> {
  const { folder, reachableFolder = defaultReachableFolder } = options
  const link = join(folder, 'data')
  const existing = existingData(link)
  const runner = chooseRunner(options.launcher, existing ?? join(realpathSync(folder), 'data'))
  const programs = preparePrograms(getPrograms(), runner, runner.user === undefined ? folder : reachableFolder)
  if (existing) checkData(existing, programs, runner)
  const data = existing ?? (await createData(link, programs, runner, reachableFolder))
  return launch(data, programs, runner, options)
}

/** The real path of the data; a link leads there when the user nobody had to be given a folder elsewhere. */
function existingData(link: string): string | undefined {
  if (!lstatSync(link, { throwIfNoEntry: false })) return undefined
  if (existsSync(join(link, 'PG_VERSION'))) return realpathSync(link)
  throw new StartError(
    `${link} holds no PostgreSQL data (any more): bring the data back, or remove it to begin with an empty database.`,
  )
}

function checkData(data: string, programs: Programs, runner: Runner): void {
  const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  const ours = programs.version.split('.')[0]
  if (found !== ours) {
    throw new StartError(
      `The data in ${data} was written by PostgreSQL ${found} and this version brings ${ours}: serve it with a PostgreSQL ${found} and set DATABASE_URL, or move it away to begin with an empty database.`,
    )
  }
  if (runner.user === undefined) return
  const home = dirname(data)
  if (!canReach(home, runner.user.uid)) refuseUnreachable(home)
  chownSync(home, runner.user.uid, runner.user.gid)
  giveTo(runner.user, data)
}

function refuseUnreachable(path: string): never {
  throw new StartError(
    `PostgreSQL must not run as root, and no other user can enter ${path}: start as a plain user, allow user namespaces, or set DATABASE_URL.`,
  )
}

/** Runs initdb beside the final place and renames, so that `data` is whole or not there. */
async function createData(link: string, programs: Programs, runner: Runner, reachableFolder: string): Promise<string> {
  const home = homeFor(dirname(link), runner, reachableFolder)
  const unfinished = join(home, 'data.new')
  rmSync(unfinished, { recursive: true, force: true })
  const [command, args, spawnOptions] = commandLine(programs, runner, 'initdb', [
    ...['-D', unfinished, '-U', superuser, '-A', 'trust', '-E', 'UTF8', '--data-checksums', '--no-instructions'],
    ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  ])
  try {
    await promisify(execFile)(command, args, spawnOptions)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    const { stderr, message } = error as Error & { stderr?: string }
    throw startFault(home, stderr || message)
  }
  renameSync(unfinished, join(home, 'data'))
  if (home !== realpathSync(dirname(link))) symlinkSync(join(home, 'data'), link)
  return realpathSync(link)
}

/** The folder that will hold data and socket: ours, or a new one elsewhere when the runner cannot get into ours. */
function homeFor(folder: string, runner: Runner, reachableFolder: string): string {
  const own = realpathSync(folder)
  if (runner.user === undefined) return own
  const { uid, gid } = runner.user
  if (!canReach(own, uid)) {
    mkdirSync(reachableFolder, { recursive: true, mode: 0o755 })
    const home = mkdtempSync(join(realpathSync(reachableFolder), 'postgres-'))
    if (!canReach(home, uid)) refuseUnreachable(home)
    chownSync(home, uid, gid)
    return home
  }
  chownSync(own, uid, gid)
  return own
}

/** Data that root served inside a namespace is root's; another runner must own all of it. */
function giveTo(user: { uid: number; gid: number }, path: string): void {
  const stat = lstatSync(path)
  if (stat.uid !== user.uid) lchownSync(path, user.uid, user.gid)
  if (stat.isDirectory()) for (const name of readdirSync(path)) giveTo(user, join(path, name))
}

async function launch(data: string, programs: Programs, runner: Runner, options: StartOptions): Promise<ReadyServer> {
  const log = join(options.folder, 'postgres.log')
  rotate(log)
  const settings = {
    ...ownSettings,
    unix_socket_directories: socketFolderFor(dirname(data), runner, options.socketFolder),
    ...options.settings,
  }
  const commandToRun = commandLine(programs, runner, 'postgres', [
    ...['-D', data],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ])
  for (let attempt = 1; ; attempt++) {
    const logged = existsSync(log) ? statSync(log).size : 0
    const child = spawnServer(commandToRun, log)
    for (;;) {
      const server = await readServerState(data)
      if (server) return server
      if (child.ended !== undefined) break
      await sleep(10)
    }
    const words = readFileSync(log).subarray(logged).toString() || child.ended
    // The backends of a postmaster that was killed end within moments, and keep its memory until then.
    const passing = /shared memory block .* is still in use|lock file "postmaster.pid" already exists/.test(words)
    // On a busy machine the server may end without a fault of its own, right after another server's shutdown.
    const tries = passing ? 50 : /FATAL|PANIC|error:/.test(words) ? 1 : 5
    if (attempt >= tries) throw startFault(dirname(data), words)
    await sleep(200)
  }
}

function spawnServer([command, args, options]: ReturnType<typeof commandLine>, log: string): { ended?: string } {
  const output = openSync(log, 'a', 0o600) // a file, not a pipe: the server may outlive us
  if ('uid' in options && options.uid !== undefined) fchownSync(output, options.uid, options.gid ?? options.uid)
  // Detached: an interrupt from the keyboard must reach only us, who stop the server when all is written.
  const child = spawn(command, args, { ...options, stdio: ['ignore', output, output], detached: true })
  closeSync(output)
  child.unref()
  const state: { ended?: string } = {}
  child.once('exit', (code, signal) => (state.ended = `it ended with ${signal ?? code}`))
  child.once('error', (error) => (state.ended = error.message))
  return state
}

function rotate(log: string): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0
  if (size > 1_000_000) renameSync(log, `${log}.1`)
}

function socketFolderFor(home: string, runner: Runner, known: string | undefined): string {
  const fits = (folder: string) => Buffer.byteLength(join(folder, `.s.PGSQL.${port}`)) <= longestSocketPath
  if (fits(home)) return home
  const folder = known ?? mkdtempSync(join(fits(join(tmpdir(), 'vlm-arena-123456')) ? tmpdir() : '/tmp', 'vlm-arena-'))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (runner.user) chownSync(folder, runner.user.uid, runner.user.gid)
  return folder
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** One sentence for what initdb or the server said before it ended. */
export function startFault(folder: string, words: string): StartError {
  if (/No space left on device|ENOSPC|EDQUOT/.test(words) || freeBytes(folder) < 1_000_000) {
    return new StartError(
      `The disk that holds ${folder} is full, so PostgreSQL cannot start: free some space, or set DATABASE_URL.`,
    )
  }
  const lines = words.trim().split('\n')
  const telling = lines.find((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1) ?? ''
  return new StartError(
    `PostgreSQL did not start in ${folder} (${telling.trim()}): see postgres.log, or set DATABASE_URL to another server.`,
  )
}
