import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const Report = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), url: z.string(), models: z.array(z.string()) }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
])

const stopWithinMs = 3_000

/** The running child: `url` is the base address, ending in `/v1`; `exited` settles when it has gone, for whatever reason. */
interface StartedBaselines {
  url: string
  models: string[]
  pid: number
  exited: Promise<void>
  stop(): Promise<void>
}

/**
 * Starts the built-in models in a process of their own, so that reading pictures never holds up the caller. The child
 * ends when this process ends. Rejects with its message when it cannot start, for example because the port is taken.
 */
export async function startBaselines(options: { port?: number; cacheDir: string }): Promise<StartedBaselines> {
  const entry = fileURLToPath(new URL('process.ts', import.meta.url))
  const { port = 0, cacheDir } = options
  const child = fork(entry, [JSON.stringify({ port, cacheDir })], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))

  const report = await new Promise<z.infer<typeof Report>>((resolve, reject) => {
    child.once('error', reject)
    child.once('message', (message) => resolve(Report.parse(message)))
    child.once('exit', (code) => reject(new Error(`The built-in models did not start (exit ${code ?? 'by signal'})`)))
  })
  if (report.kind === 'failed') throw new Error(`The built-in models did not start: ${report.message}`)

  // A caller that has nothing else to do may end; the child then follows.
  child.unref()
  child.channel?.unref()

  async function stop() {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.ref()
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
    await gone
    clearTimeout(timer)
  }

  return { url: report.url, models: report.models, pid: child.pid!, exited, stop }
}
