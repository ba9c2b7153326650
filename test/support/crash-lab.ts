import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '#server/core/postgres/database.ts'
import { chartqaRow, writeChartqa } from './chartqa-file.ts'
import { checkInvariants } from './invariants.ts'
import { killEmbeddedPostgres } from './kill-postgres.ts'
import { onLoopback } from './loopback.ts'
import { startArena, type StartedProgram } from './program.ts'

/** A run of so many examples against an endpoint that counts, in a place of its own whose processes may be killed. */
export interface CrashLab {
  /** How often each question was asked. */
  asked: Map<string, number>
  /** Requests that the endpoint held at once, at most. */
  most(): number
  /** Everything that the commands printed. */
  printed(): string
  env: Record<string, string>
  arena(...args: string[]): StartedProgram
  run(): StartedProgram
  /** Kills its PostgreSQL as a crash would. */
  killPostgres(): void
  /** What came of the run; throws where an invariant is broken. */
  outcome(): Promise<{ scored: number; examples: number; status: string; repeats: number }>
  close(): Promise<void>
}

interface CrashLabOptions {
  examples: number
  places: number
  delayMs: number
  /** By default the embedded one of the place. */
  server?: LabServer | undefined
}

/** A PostgreSQL beside the lab. */
export interface LabServer {
  /** As DATABASE_URL. */
  url: string
  kill?(): void
}

export async function crashLab({ examples, places, delayMs, server }: CrashLabOptions): Promise<CrashLab> {
  const folder = mkdtempSync(join(tmpdir(), 'arena-crash-'))
  const rows = Array.from({ length: examples }, (_, index) => ({ ...chartqaRow, query: `How many in ${index}?` }))
  await writeChartqa(join(folder, 'chartqa'), rows)
  const endpoint = await countingEndpoint(delayMs)
  const programs: StartedProgram[] = []
  const env = {
    ARENA_DATA: join(folder, 'data'),
    DATABASE_URL: server?.url ?? '',
    EGRESS_ALLOW: new URL(endpoint.url).host,
  }
  const arena = (...args: string[]) => {
    const program = startArena(args, env)
    programs.push(program)
    return program
  }
  return {
    ...endpoint,
    env,
    arena,
    printed: () => programs.map((program) => program.output()).join('\n'),
    run: () =>
      arena(
        ...['run', '--tasks', 'chartqa', '--data', join(folder, 'chartqa'), '--base-url', endpoint.url],
        ...['--model', 'm', '--max-concurrency', String(places)],
      ),
    killPostgres() {
      if (server) return server.kill!()
      killEmbeddedPostgres(env.ARENA_DATA)
    },
    async outcome() {
      const { sql, close } = await openDatabase({ databaseUrl: server?.url, dataDir: env.ARENA_DATA, poolSize: 1 })
      try {
        await checkInvariants(sql)
        const [row] = await sql<{ scored: number; examples: number; status: string }[]>`
          select (select count(*)::int from predictions where outcome = 'scored' and scored_at is not null) as scored,
            (select count(distinct example_id)::int from predictions) as examples, status from runs where id = 1`
        const repeats = [...endpoint.asked.values()].reduce((sum, times) => sum + times - 1, 0)
        return { ...row!, repeats }
      } finally {
        await close()
      }
    },
    async close() {
      for (const { child } of programs) child.kill('SIGKILL')
      await Promise.all(programs.map(({ ended }) => ended))
      await endpoint.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Says 2 to each question after a while. */
async function countingEndpoint(delayMs: number) {
  const asked = new Map<string, number>()
  let open = 0
  let most = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.method !== 'POST') return void response.end(JSON.stringify({ data: [{ id: 'm' }] }))
      const question = /How many in \d+\?/.exec(Buffer.concat(chunks).toString())?.[0] ?? 'something else'
      asked.set(question, (asked.get(question) ?? 0) + 1)
      most = Math.max(most, ++open)
      response.on('close', () => open--)
      setTimeout(() => response.setHeader('content-type', 'application/json').end(answer), delayMs)
    })
  })
  const { origin, close } = await onLoopback(server)
  return { asked, url: `${origin}/v1`, most: () => most, close }
}

const answer = JSON.stringify({
  model: 'm',
  choices: [{ message: { role: 'assistant', content: '2' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: 1 },
})
