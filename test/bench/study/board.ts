import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { studySlug } from './answers.ts'
import { withDatabase } from './database.ts'
import type { Step, StudyFolder } from './plan.ts'
import { arena, startServer } from './programs.ts'

/** Closes the study, waits for the board over all votes, packs it and has it computed again where there is no database. */
export const publishBoard: Step = async (folder) => {
  const server = await startServer(folder)
  try {
    const begun = performance.now()
    await arena(folder, ['studies', 'close', studySlug, '--yes'])
    while (!(await isRated(folder))) await pause(200)
    const rated = (performance.now() - begun) / 1000
    const zip = join(folder.path, 'board.zip')
    const json = join(folder.path, 'board.json')
    for (const file of [zip, json]) rmSync(file, { force: true })
    const packed = await arena(folder, ['snapshot', 'create', studySlug, '--output', zip, '--unreleased'])
    await arena(folder, ['export', studySlug, '--format', 'json', '--unreleased', '--output', json])
    const elsewhere = Object.assign(Object.create(folder) as StudyFolder, {
      env: { ARENA_DATA: join(folder.path, 'elsewhere'), DATABASE_URL: '' },
    })
    const replayed = await arena(elsewhere, ['snapshot', 'replay', zip])
    const same = /The same: \d+ values compared/.exec(replayed.output)
    return {
      lines: [
        `closed and rated over all votes after ${rated.toFixed(1)} s`,
        `packed in ${packed.seconds.toFixed(1)} s; replayed elsewhere in ${replayed.seconds.toFixed(1)} s: ${same?.[0] ?? replayed.output}`,
        againstTruth(json, folder.plan.models),
      ],
      holds: same !== null,
    }
  } finally {
    await server.stop()
  }
}

function isRated(folder: StudyFolder): Promise<boolean> {
  return withDatabase(folder, async ({ sql }) => {
    const [row] = await sql<{ rated: boolean }[]>`
      select coalesce((select max(last_vote_id) from snapshots), 0) >= (select max(id) from votes) as rated`
    return row!.rated
  })
}

/** How many models the board has within its bounds of the strength by which they were voted for. */
function againstTruth(file: string, models: number): string {
  const { rows } = JSON.parse(readFileSync(file, 'utf8')) as {
    rows: { model: { name: string }; elo: number | null; low: number | null; high: number | null }[]
  }
  const told = rows.map(({ model, elo, low, high }) => {
    return { truth: -10 * Number(/\d+$/.exec(model.name)![0]), elo: elo!, low: low!, high: high! }
  })
  // Ratings have no origin of their own: both are taken from their mean.
  const mean = (of: (one: (typeof told)[number]) => number) => told.reduce((sum, one) => sum + of(one), 0) / told.length
  const shift = mean(({ elo }) => elo) - mean(({ truth }) => truth)
  const within = told.filter(({ truth, low, high }) => truth + shift >= low && truth + shift <= high).length
  return `the truth lies within the bounds of ${within} of ${models} models`
}
