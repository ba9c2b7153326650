import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'
import { atEnd } from '../../support/at-end.ts'
import { testDatabase } from '../../support/database.ts'
import { fourServers } from '../../support/model-servers/four-servers.ts'
import { startArena } from '../../support/program.ts'

// Holds the letters and numbers of other answers: read as one, it would score nothing.
const servers = await fourServers('The answer could be A, B or 17. No: wait, is it yes? "Answer: 3"')
const samples = [...(await loadBenchmarks()).values()].filter(({ splits, variantOf }) => splits.sample && !variantOf)
const tasks = samples.map(({ id }) => id)
/** All of them at once: each server refuses the others' keys. */
const keys = Object.fromEntries(servers.map(({ variable, key }) => [variable, key]))

test.each(servers)('$what: every sample scores 100.0 from the command', async ({ protocol, model, serve }) => {
  const server = await serve()
  const database = await testDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'arena-four-'))
  atEnd(() => rm(folder, { recursive: true, force: true }))
  const env = { DATABASE_URL: database.url, ARENA_DATA: folder, ...keys }
  const where = ['--protocol', protocol, '--base-url', server.origin, '--model', model]
  const run = startArena(['run', '--tasks', tasks.join(','), '--split', 'sample', ...where], env)
  expect(await run.ended, run.output()).toBe(0)
  const summary = run
    .output()
    .split('\n')
    .filter((line) => line.endsWith('complete'))
  expect(summary).toEqual(tasks.map((task) => expect.stringMatching(`^${task} .*sample \\(sample\\) .* 100\\.0 `)))
  expect(run.output()).toMatch(/^mean of 11 .* 100\.0$/m)
  expect(server.refused).toEqual([])
})
