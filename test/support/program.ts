import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { rootDir } from '#server/core/config.ts'
import { directUrlOf } from './database-server.ts'

/** A command that was started as its user would, with what it has printed so far. */
export interface StartedProgram {
  child: ChildProcess
  output(): string
  /** Waits until the output matches; rejects with the output when the program ends first or the time is up. */
  until(pattern: RegExp, withinMs?: number): Promise<RegExpMatchArray>
  /** Exit code, or 128 + n after signal n as a shell counts. */
  ended: Promise<number>
}

const signalNumbers: Record<string, number> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }

/** Starts a command in the checkout, with these variables on top of a clean environment. */
export function startProgram(command: string, args: string[], env: Record<string, string> = {}): StartedProgram {
  const { PATH = '', HOME = '/', DATABASE_URL } = process.env
  const { DATABASE_URL: url = DATABASE_URL, ...rest } = env
  const direct = directUrlOf(url)
  const database = { ...(url !== undefined && { DATABASE_URL: url }), ...(direct && { DATABASE_DIRECT_URL: direct }) }
  const child = spawn(command, args, {
    cwd: rootDir,
    env: { PATH: `${rootDir}node_modules/.bin:${PATH}`, HOME, ...database, ...rest },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr!.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = once(child, 'close').then(([code, signal]: (number | string | null)[]) =>
    typeof code === 'number' ? code : 128 + (signalNumbers[String(signal)] ?? 0),
  )
  async function until(pattern: RegExp, withinMs = 60_000) {
    const deadline = performance.now() + withinMs
    let over = false
    void ended.then(() => (over = true))
    for (;;) {
      const match = pattern.exec(output)
      if (match) return match
      if (over || performance.now() > deadline)
        throw new Error(`${command} never printed ${String(pattern)}:\n${output}`)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
  return { child, output: () => output, until, ended }
}

/** Starts the `arena` command on the Node that is installed with the project, with the options of its first line. */
export function startArena(args: string[], env: Record<string, string> = {}): StartedProgram {
  const [firstLine = ''] = readFileSync(`${rootDir}server/cli.ts`, 'utf8').split('\n')
  const options = firstLine.split(' ').filter((word) => word.startsWith('--'))
  return startProgram(process.execPath, [...options, 'server/cli.ts', ...args], env)
}

/** Processes (Linux) whose command line or environment names this text: what a program left behind. */
export function processesNaming(text: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => ['cmdline', 'environ'].some((file) => readOrEmpty(`/proc/${pid}/${file}`).includes(text)))
    .filter((pid) => !/^State:\s+Z/m.test(readOrEmpty(`/proc/${pid}/status`)))
    .map((pid) => `${pid} ${readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`)
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

/** Whether something listens there. */
export async function listens(port: number): Promise<boolean> {
  const { connect } = await import('node:net')
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
  })
}
