import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compareRuns } from '#server/comparisons/compare-runs.ts'
import { readConfig } from '#server/core/config.ts'
import type { Context } from '#server/core/context.ts'
import { openProgram } from '#server/core/program.ts'
import { makeStudy } from '../support/make-study.ts'
import { startProgram } from '../support/program.ts'
import { writeRun } from '../support/write-run.ts'

/** VQA v2 val: questions, and the pictures they are on. */
const examples = 214_354
const pictures = 40_504
const rounds = 5
const targets = { compareMs: 2_000, pageMs: 300 }

/**
 * Two runs of VQA v2 val's size that lie in the database: how long their comparison takes, and the page's first byte. Exit
 * code 1 when the median of the comparison passes 2 s or that of the page 300 ms.
 */
export async function run(): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'arena-bench-'))
  try {
    const program = await openProgram(readConfig({ ARENA_DATA: dataDir, LOG_LEVEL: 'silent' }))
    let compared: number
    let runs: [number, number]
    try {
      const { context: ctx } = program
      const { modelIds } = await makeStudy(ctx, { queries: 1 })
      const written = { benchmark: 'vqa_v2', split: 'val', value: 0.7 }
      const write = (model: number) => writeRun({ ctx, modelIds }, { model, ...written })
      runs = [await write(0), await write(1)]
      for (const run of runs) await fill(ctx, run)
      await ctx.sql`analyze predictions`
      compared = await medianMs(() => compareRuns(ctx, { a: runs[0], b: runs[1] }))
      print(`two runs of ${examples} examples compared`, compared, targets.compareMs)
    } finally {
      await program.close()
    }
    const page = await pageMs(dataDir, `/runs/compare?runs=${runs.join(',')}`)
    print('page of the comparison, first byte', page, targets.pageMs)
    return compared <= targets.compareMs && page <= targets.pageMs ? 0 : 1
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Predictions as scoring leaves them, with marks and tags as VQA v2 has them. */
async function fill({ sql }: Context, run: number): Promise<void> {
  await sql`
    with asked as (
      insert into calls (plan_id, position, key, state)
      select r.plan_id, k, 'q' || k, 'answered' from runs r, generate_series(0, ${examples - 1}::int) k where r.id = ${run}
      returning id, position
    )
    insert into predictions (run_id, example_id, position, call_id, question, tags, gold, prompt, outcome, answer, score)
    select ${run}, 'q' || position, position, id, 'What is to the left of the tall building?',
      jsonb_build_array('answer type: ' || (array['yes/no', 'number', 'other'])[1 + position % 3],
        'question type: ' || 'kind ' || position % 65),
      '["yes", "yes", "yes", "no", "yes", "yes", "yes", "yes", "yes", "yes"]',
      jsonb_build_array(jsonb_build_object('imageSha256', encode(sha256((position % ${pictures}::int)::text::bytea), 'hex')),
        jsonb_build_object('text', 'What is to the left of the tall building? Answer in a word or a phrase. ' || position)),
      'scored', 'tree', (array[0, 0.3, 0.6, 0.9, 1, 1, 1])[1 + floor(random() * 7)::int]
    from asked`
}

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const begun = performance.now()
    await work()
    times.push(performance.now() - begun)
  }
  return times.slice(1).sort((one, other) => one - other)[rounds >> 1]!
}

function pageMs(dataDir: string, path: string): Promise<number> {
  const server = startProgram('npm', ['start'], { ARENA_DATA: dataDir, PORT: '0', ARENA_SAMPLES: 'off' })
  const measure = async () => {
    const [, origin] = await server.until(/(http:\/\/127\.0\.0\.1:\d+)/, 300_000)
    return medianMs(async () => {
      const reply = await fetch(`${origin}${path}`)
      if (!reply.ok) throw new Error(`${path} answers ${reply.status}`)
      await reply.body!.getReader().read()
    })
  }
  return measure().finally(async () => {
    server.child.kill('SIGTERM')
    await server.ended
  })
}

function print(what: string, ms: number, target: number): void {
  console.log(`  ${what.padEnd(48)} ${ms.toFixed(0).padStart(6)} ms   target ≤ ${target} ms`)
}
