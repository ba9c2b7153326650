import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What a process is sent, and what it sends back: the result, a sentence for people, or what went wrong. */
export interface TaskRequest {
  name: string
  args: unknown[]
}
export type TaskReply = { result: unknown } | { refusal: string } | { fault: string }

/** What one task may take, how many processes do them and how many tasks may wait for their turn. */
interface TaskBounds {
  /** Answers a TaskRequest with a TaskReply, one after the other, and ends when it is disconnected. */
  script: URL
  processes: number
  /** Of the processor; on the clock a minute or three times as much, for one that waits for its turn on a busy machine. */
  taskMs: number
  mostMb: number
  mostHeapMb: number
  mostWaiting: number
  /** Said where so many wait already, where a task took more than it may, and where it ended its process. */
  tooMany(): Error
  tooMuch(what: string): Error
  ended(): Error
  /** Said with the sentence of a refusal. */
  refused(sentence: string): Error
}

const idleMs = 30_000

interface Waiting {
  request: TaskRequest
  resolve(result: unknown): void
  reject(error: Error): void
}

/** A process at work or waiting for the next task. */
interface Worker {
  child: ChildProcess
  idle: NodeJS.Timeout | undefined
}

/**
 * Does tasks in a few processes that are kept for them, one task at a time each, so that neither a large nor a hostile one
 * takes this process's memory or time: what takes more than its bounds is ended with its process.
 */
export class TaskProcesses {
  readonly #bounds: TaskBounds
  readonly #waiting: Waiting[] = []
  readonly #free: Worker[] = []
  #running = 0

  constructor(bounds: TaskBounds) {
    this.#bounds = bounds
  }

  /** Throws what the bounds say, and an Error for a fault of the task. */
  run(name: string, args: unknown[]): Promise<unknown> {
    if (this.#waiting.length >= this.#bounds.mostWaiting) throw this.#bounds.tooMany()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request: { name, args }, resolve, reject })
      this.#workOn()
    })
  }

  #workOn() {
    const worker = this.#waiting.length > 0 ? (this.#free.pop() ?? this.#start()) : undefined
    if (!worker) return
    clearTimeout(worker.idle)
    const { request, resolve, reject } = this.#waiting.shift()!
    this.#carryOut(worker, request)
      .then(resolve, reject)
      .finally(() => {
        if (worker.child.connected && !worker.child.killed) this.#rest(worker)
        this.#workOn()
      })
  }

  #start(): Worker | undefined {
    const { processes, script, mostHeapMb } = this.#bounds
    if (this.#running >= processes) return undefined
    const child = fork(script, [], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${mostHeapMb}`],
      // Its own words would stand in the middle of a command's output.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.#running++
    child.once('exit', () => {
      this.#running--
      // One that was ended left its place to the tasks that wait.
      this.#workOn()
    })
    return { child, idle: undefined }
  }

  /** An idle process holds up nothing, ends after a while, and with this one at the latest. */
  #rest(worker: Worker) {
    const { child } = worker
    child.unref()
    child.channel?.unref()
    worker.idle = setTimeout(() => {
      this.#free.splice(this.#free.indexOf(worker), 1)
      child.disconnect()
    }, idleMs).unref()
    this.#free.push(worker)
  }

  async #carryOut({ child }: Worker, request: TaskRequest): Promise<unknown> {
    const { taskMs, mostMb, tooMuch, ended, refused } = this.#bounds
    child.ref()
    child.channel?.ref()
    const { promise, resolve, reject } = Promise.withResolvers<TaskReply>()
    const stop = (what: string) => {
      child.kill('SIGKILL')
      reject(tooMuch(what))
    }
    const gone = () => reject(ended())
    const taken = stopwatch(child)
    const clockMs = Math.max(60_000, 3 * taskMs)
    const timer = setTimeout(() => stop(`${clockMs / 1000} s`), clockMs)
    const watch = setInterval(() => {
      if (taken() > taskMs) stop(`${taskMs / 1000} s`)
      if (residentMb(child) > mostMb) stop(`${mostMb} MB`)
    }, 100)
    child.once('message', resolve).once('exit', gone)
    child.send(request)
    try {
      const reply = await promise
      if ('refusal' in reply) throw refused(reply.refusal)
      if ('fault' in reply) throw new Error(reply.fault)
      return reply.result
    } finally {
      clearTimeout(timer)
      clearInterval(watch)
      child.off('message', resolve).off('exit', gone)
    }
  }
}

/** What a process takes of the processor from now on, in ms; what passes on the clock where the system does not say. */
function stopwatch(child: ChildProcess): () => number {
  const begun = performance.now()
  const before = processorMs(child)
  return () => {
    const now = processorMs(child)
    return before === null || now === null ? performance.now() - begun : now - before
  }
}

/** Linux counts a process's time in hundredths of a second. */
const tickMs = 10

function processorMs({ pid }: ChildProcess): number | null {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ')
    return (Number(afterName[11]) + Number(afterName[12])) * tickMs
  } catch {
    return null
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
