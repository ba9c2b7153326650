import { mkdirSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { rootDir } from '#server/core/config.ts'
import { collectAnswers } from './study/answers.ts'
import { publishBoard } from './study/board.ts'
import { rateAll } from './study/crowd.ts'
import { importPool, writePool } from './study/pool.ts'
import { planOf, StudyFolder, type Step } from './study/plan.ts'
import { voteInClosedLoop } from './study/closed-loop.ts'

const steps: Record<string, Step> = {
  pictures: writePool,
  import: importPool,
  answers: collectAnswers,
  votes: rateAll,
  board: publishBoard,
  'closed loop': voteInClosedLoop,
}

/**
 * The paper's preference study on one machine, by the commands and the API that its people use: 15,000 pictures imported,
 * 27 mock models asked, 870 raters voting until 351 pairs have 926 votes each, the board published and replayed from its
 * archive. `--scale 0.1` does a tenth of the pictures, raters and votes a pair; `--think SECONDS` (5) is a rater's mean
 * pause; `--folder PATH` keeps what was done, and the same command goes on with the step that was not finished;
 * `--fresh` begins anew. With DATABASE_URL the study is made on that server. Exit code 1 when a target is missed.
 */
export async function run(options: string[]): Promise<number> {
  const { values } = parseArgs({
    args: options,
    options: {
      scale: { type: 'string', default: '1' },
      think: { type: 'string', default: '5' },
      folder: { type: 'string', default: resolve(rootDir, 'test/.artifacts/study') },
      fresh: { type: 'boolean', default: false },
    },
  })
  if (values.fresh) rmSync(values.folder, { recursive: true, force: true })
  mkdirSync(values.folder, { recursive: true })
  const folder = new StudyFolder(values.folder, planOf(Number(values.scale), Number(values.think) * 1000))
  let holds = true
  for (const [name, step] of Object.entries(steps)) {
    const result = folder.done(name) ?? (await timed(folder, name, step))
    console.log(`${result.holds ? '✓' : '✗'} ${name}, ${result.seconds.toFixed(1)} s`)
    for (const line of result.lines) console.log(`    ${line}`)
    holds &&= result.holds
  }
  return holds ? 0 : 1
}

async function timed(folder: StudyFolder, name: string, step: Step) {
  const begun = performance.now()
  const { lines, holds } = await step(folder)
  return folder.finish(name, { seconds: (performance.now() - begun) / 1000, lines, holds })
}
