import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { databaseSize, withDatabase } from './database.ts'
import type { Step, StudyFolder } from './plan.ts'
import { poolSlug } from './pool.ts'
import { arena, startServer } from './programs.ts'

export const studySlug = 'the-paper'

/** Kept by the endpoints in the database, so it must be the same when the bench goes on. */
const mockPort = 47_123

/** Registers the models, opens the study and waits until the server has every answer. */
export const collectAnswers: Step = async (folder) => {
  const { models, pictures } = folder.plan
  const mock = fork(join(import.meta.dirname, 'mock-models.ts'), [String(mockPort)])
  await once(mock, 'message')
  try {
    await makeStudy(folder)
    const server = await startServer(folder, `127.0.0.1:${mockPort}`)
    try {
      const begun = performance.now()
      const before = await countAnswers(folder)
      let ready = before
      while (ready < models * pictures) {
        await pause(1_000)
        ready = await countAnswers(folder)
      }
      const rate = (ready - before) / ((performance.now() - begun) / 1000)
      const lines = [
        `${ready} answers, ${rate.toFixed(0)} a second; the server took ${server.peakMb()} MB at most`,
        ...(await databaseSize(folder, ['responses', 'calls', 'attempts', 'replies'])),
      ]
      return { lines, holds: true }
    } finally {
      await server.stop()
    }
  } finally {
    mock.disconnect()
  }
}

async function makeStudy(folder: StudyFolder): Promise<void> {
  const known = await arena(folder, ['studies', 'list'])
  if (known.output.includes(studySlug)) return
  const { models, votesPerPair } = folder.plan
  const names = Array.from({ length: models }, (_, model) => `mock-${model}`)
  const file = join(folder.path, 'api_endpoint.json')
  const api_base = `http://127.0.0.1:${mockPort}/v1`
  const described = names.map((model_name) => [
    model_name,
    { model_name, api_base, api_type: 'openai', api_key: 'none' },
  ])
  writeFileSync(file, JSON.stringify(Object.fromEntries(described)))
  await arena(folder, ['models', 'import', file])
  await arena(folder, [
    ...['studies', 'create', 'The paper', '--pool', poolSlug, '--quota', String(votesPerPair), '--open'],
    ...['--endpoint', ...names],
  ])
}

function countAnswers(folder: StudyFolder): Promise<number> {
  return withDatabase(folder, async ({ sql }) => {
    const [row] = await sql<{ ready: number }[]>`select count(*)::int as ready from responses where status = 'ready'`
    return row!.ready
  })
}
