import { readFileSync } from 'node:fs'
import { startArena, startProgram, type StartedProgram } from '../../support/program.ts'
import type { StudyFolder } from './plan.ts'

interface Ended {
  output: string
  seconds: number
  peakMb: number
}

/** Runs a command of the study to its end. Throws with its output where it fails. */
export async function arena({ env }: StudyFolder, args: string[]): Promise<Ended> {
  const begun = performance.now()
  const program = startArena(args, env)
  const memory = watchMemory(program)
  const code = await program.ended
  if (code !== 0) throw new Error(`arena ${args.join(' ')} ended with ${code}:\n${program.output()}`)
  return { output: program.output(), seconds: (performance.now() - begun) / 1000, peakMb: memory.peakMb() }
}

export interface StudyServer {
  api: string
  /** Of its Node process, in MB: at most, and now. */
  peakMb(): number
  nowMb(): number
  stop(): Promise<void>
}

/** Starts the server of the study as its operator does. `allow`: a host and port of this machine that it may call. */
export async function startServer({ env }: StudyFolder, allow?: string): Promise<StudyServer> {
  const program = startProgram(process.execPath, ['server/cli.ts', 'serve'], {
    ...env,
    PORT: '0',
    ...(allow === undefined ? {} : { EGRESS_ALLOW: allow }),
  })
  const memory = watchMemory(program)
  const [, origin] = await program.until(/(http:\/\/127\.0\.0\.1:\d+)/, 120_000)
  return {
    api: `${origin}/api/v1`,
    ...memory,
    async stop() {
      program.child.kill('SIGTERM')
      await program.ended
    },
  }
}

function watchMemory({ child, ended }: StartedProgram) {
  let [now, peak] = [0, 0]
  const look = () => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      now = Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024)
      peak = Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024)
    } catch {
      // It has ended.
    }
  }
  const timer = setInterval(look, 250)
  void ended.finally(() => clearInterval(timer))
  return { peakMb: () => peak, nowMb: () => now }
}
