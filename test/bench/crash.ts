import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { crashLab, type CrashLab } from '../support/crash-lab.ts'
import type { StartedProgram } from '../support/program.ts'

const places = 8
const stackTrace = /\n\s+at |"stack"/

/**
 * Kills a run of many examples at random moments, and the PostgreSQL of another: every example must be scored exactly
 * once, no more calls repeated than were under way, and no stack trace printed. Exit code 1 when that does not hold.
 */
export async function run(options: string[]): Promise<number> {
  const { values } = parseArgs({
    args: options,
    options: {
      examples: { type: 'string', default: '2000' },
      kills: { type: 'string', default: '50' },
      'postgres-kills': { type: 'string', default: '12' },
    },
  })
  const examples = Number(values.examples)
  const killed = await measured(examples, Number(values.kills), killRuns)
  const away = await measured(examples, Number(values['postgres-kills']), killServers)
  return killed && away ? 0 : 1
}

type Kill = (lab: CrashLab, examples: number, kills: number) => Promise<{ what: string; mayRepeat: number }>

async function measured(examples: number, kills: number, kill: Kill): Promise<boolean> {
  const lab = await crashLab({ examples, places, delayMs: 100 })
  try {
    const { what, mayRepeat } = await kill(lab, examples, kills)
    const { scored, repeats, status } = await lab.outcome()
    const traces = stackTrace.test(lab.printed())
    const holds =
      scored === examples && status === 'complete' && repeats <= mayRepeat && lab.most() <= places && !traces
    const lines = [
      `scored once ${scored} of ${examples}, ${status}`,
      `calls repeated ${repeats}, at most ${mayRepeat}`,
      `${lab.most()} at once, at most ${places}`,
      traces ? 'a stack trace was printed' : 'no stack trace',
    ]
    console.log(`${holds ? '✓' : '✗'} ${what}: ${lines.join('; ')}`)
    return holds
  } finally {
    await lab.close()
  }
}

/** Waits for some calls more, or for the end. */
async function someMore(lab: CrashLab, { child }: StartedProgram, calls: number) {
  const enough = total(lab) + calls
  while (total(lab) < enough && child.exitCode === null) await pause(5)
  await pause(Math.random() * 150)
}

const total = ({ asked }: CrashLab) => [...asked.values()].reduce((sum, times) => sum + times, 0)

const killRuns: Kill = async (lab, examples, kills) => {
  let program = lab.run()
  let done = 0
  while (done < kills) {
    await someMore(lab, program, Math.ceil((Math.random() * 2 * examples) / (kills + 2)))
    if (program.child.exitCode !== null) break
    program.child.kill('SIGKILL')
    await program.ended
    done++
    program = lab.arena('resume', '1')
  }
  await program.ended
  return { what: `${done} SIGKILLs of the run`, mayRepeat: done * places }
}

const killServers: Kill = async (lab, examples, kills) => {
  const program = lab.run()
  let done = 0
  while (done < kills && program.child.exitCode === null) {
    await someMore(lab, program, Math.ceil(examples / (kills + 2)))
    try {
      lab.killPostgres()
      done++
    } catch {
      await pause(100) // it is just being started again
    }
  }
  await program.ended
  return { what: `${done} SIGKILLs of its PostgreSQL`, mayRepeat: done * places }
}
