import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openEmbeddedPostgres } from '#server/core/postgres/embedded.ts'
import { crashLab, type CrashLab, type LabServer } from '../support/crash-lab.ts'
import { debianPostgres } from '../support/debian-postgres.ts'
import { isKilled } from '../support/kill-postgres.ts'
import type { StartedProgram } from '../support/program.ts'

const places = 8
const stackTrace = /\n\s+at |"stack"/

/**
 * Kills a run of many examples at random moments, the PostgreSQL of another, and in turn the three processes that work on
 * a third: every example must be scored exactly once, no more calls repeated than were under way, and no stack trace
 * printed. `--postgres debian` does it on a server of Debian's packages instead of the embedded one. Exit code 1 when
 * that does not hold.
 */
export async function run(options: string[]): Promise<number> {
  const { values } = parseArgs({
    args: options,
    options: {
      examples: { type: 'string', default: '2000' },
      kills: { type: 'string', default: '50' },
      'postgres-kills': { type: 'string', default: '12' },
      'worker-kills': { type: 'string', default: '12' },
      postgres: { type: 'string', default: 'embedded' },
    },
  })
  const examples = Number(values.examples)
  const kinds: [kills: string, kill: Kill, sharesServer: boolean][] = [
    [values.kills, killRuns, false],
    [values['postgres-kills'], killServers, false],
    [values['worker-kills'], killWorkers, true],
  ]
  let holds = true
  for (const [kills, kill, sharesServer] of kinds) {
    const server =
      values.postgres === 'debian' ? await debianPostgres() : sharesServer ? await embeddedServer() : undefined
    try {
      holds = (await measured(examples, Number(kills), kill, server)) && holds
    } finally {
      await server?.close()
    }
  }
  return holds ? 0 : 1
}

/** A PostgreSQL that several commands share, and that outlives each of them. */
async function embeddedServer() {
  const folder = mkdtempSync(join(tmpdir(), 'arena-crash-postgres-'))
  const { host, user, database, close } = await openEmbeddedPostgres({ folder })
  return {
    url: `postgres://${user}@/${database}?host=${encodeURIComponent(host)}`,
    async close() {
      await close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

type Kill = (lab: CrashLab, examples: number, kills: number) => Promise<{ what: string; mayRepeat: number }>

async function measured(examples: number, kills: number, kill: Kill, server?: LabServer): Promise<boolean> {
  const lab = await crashLab({ examples, places, delayMs: 100, server })
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
    if (isKilled(lab.killPostgres)) done++
    else await pause(100)
  }
  await program.ended
  return { what: `${done} SIGKILLs of its PostgreSQL`, mayRepeat: done * places }
}

/** One process reads the questions and asks, two others take part; each is replaced when it was killed. */
const killWorkers: Kill = async (lab, examples, kills) => {
  const programs = [lab.run(), lab.arena('worker'), lab.arena('worker')]
  let done = 0
  while (done < kills && total(lab) < examples) {
    const turn = done % programs.length
    await someMore(lab, programs[turn]!, Math.ceil(examples / (kills + 2)))
    const { child, ended } = programs[turn]!
    child.kill('SIGKILL')
    await ended
    done++
    programs[turn] = turn === 0 ? lab.arena('resume', '1') : lab.arena('worker')
  }
  await programs[0]!.ended
  return { what: `${done} SIGKILLs of three processes that share a run, in turn`, mayRepeat: done * places }
}
