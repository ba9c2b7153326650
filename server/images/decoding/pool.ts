import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { busy, InputError } from '../../core/problem.ts'
import type { TaskName, TaskReply, TaskRequest, Tasks } from './tasks.ts'

/** What one picture may take, and how many may wait for their turn. */
const taskMs = 20_000
const mostMb = 768
const mostWaiting = 1_000
const idleMs = 30_000
const processes = Math.max(1, Math.min(2, availableParallelism() - 1))

interface Waiting {
  request: TaskRequest
  resolve(result: unknown): void
  reject(error: Error): void
}

/** A process that decodes, at work or waiting for the next picture. */
interface Decoder {
  child: ChildProcess
  idle: NodeJS.Timeout | undefined
}

const waiting: Waiting[] = []
const free: Decoder[] = []
let running = 0

/**
 * Does something to a picture in one of a few processes that are kept for it, one picture at a time each, so that neither
 * a large nor a hostile one takes this process's memory or time: 20 s and 768 MB for each, then its process is ended.
 * Throws what the task throws, an InputError for a picture that takes more, and busy when a thousand wait already.
 */
export function decoded<Name extends TaskName>(
  name: Name,
  ...args: Parameters<Tasks[Name]>
): Promise<Awaited<ReturnType<Tasks[Name]>>> {
  if (waiting.length >= mostWaiting) throw busy('Too many pictures are waiting to be read')
  return new Promise((resolve, reject) => {
    const taken = resolve as (result: unknown) => void
    waiting.push({ request: { name, args }, resolve: taken, reject })
    workOn()
  })
}

function workOn() {
  const decoder = waiting.length > 0 ? (free.pop() ?? start()) : undefined
  if (!decoder) return
  clearTimeout(decoder.idle)
  const { request, resolve, reject } = waiting.shift()!
  carryOut(decoder, request)
    .then(resolve, reject)
    .finally(() => {
      if (decoder.child.connected && !decoder.child.killed) rest(decoder)
      workOn()
    })
}

function start(): Decoder | undefined {
  if (running >= processes) return undefined
  const child = fork(new URL('./process.ts', import.meta.url), [], {
    serialization: 'advanced',
    execArgv: ['--max-old-space-size=256'],
    // Its own words would stand in the middle of a command's output.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  running++
  child.once('exit', () => running--)
  return { child, idle: undefined }
}

/** An idle process holds up nothing, ends after a while, and with this one at the latest. */
function rest(decoder: Decoder) {
  const { child } = decoder
  child.unref()
  child.channel?.unref()
  decoder.idle = setTimeout(() => {
    free.splice(free.indexOf(decoder), 1)
    child.disconnect()
  }, idleMs).unref()
  free.push(decoder)
}

async function carryOut({ child }: Decoder, request: TaskRequest): Promise<unknown> {
  child.ref()
  child.channel?.ref()
  const { promise, resolve, reject } = Promise.withResolvers<TaskReply>()
  const tooMuch = (what: string) => {
    child.kill('SIGKILL')
    reject(new InputError(`The picture takes more than ${what} to decode; save it smaller`))
  }
  const gone = () =>
    reject(new InputError('The picture ended the process that decoded it; save it again as PNG or JPEG'))
  const timer = setTimeout(() => tooMuch(`${taskMs / 1000} s`), taskMs)
  const watch = setInterval(() => residentMb(child) > mostMb && tooMuch(`${mostMb} MB`), 100)
  child.once('message', resolve).once('exit', gone)
  child.send(request)
  try {
    const reply = await promise
    if ('refusal' in reply) throw new InputError(reply.refusal)
    if ('fault' in reply) throw new Error(reply.fault)
    return reply.result
  } finally {
    clearTimeout(timer)
    clearInterval(watch)
    child.off('message', resolve).off('exit', gone)
  }
}

/** Memory of a process in MB; 0 where the system does not say. */
function residentMb({ pid }: ChildProcess): number {
  try {
    return (Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * 4096) / 1024 ** 2
  } catch {
    return 0
  }
}
