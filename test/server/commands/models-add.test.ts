import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { atEnd } from '../../support/at-end.ts'
import { testDatabase } from '../../support/database.ts'
import { serveAnthropic } from '../../support/model-servers/anthropic-messages.ts'
import { serveGemini } from '../../support/model-servers/gemini-generate.ts'
import { answerToCheck } from '../../support/model-servers/see-picture.ts'
import type { ModelServer } from '../../support/model-servers/serve-model.ts'
import { startArena } from '../../support/program.ts'

const key = 'test-key-of-the-makers-0001'
const says: ModelServer['says'] = async (asked) => ({ answer: (await answerToCheck(asked)) ?? '', thinking: 'Hm.' })

test.each([
  ['anthropic', 'claude-sonnet-4-5', 'ANTHROPIC', serveAnthropic],
  ['gemini', 'gemini-2.5-pro', 'GEMINI', serveGemini],
])('an endpoint of %s needs a name and a key, and thinks when it is told to', async (protocol, model, maker, serve) => {
  const server = await serve({ key, model }, says)
  const database = await testDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'arena-add-'))
  atEnd(() => rm(folder, { recursive: true, force: true }))
  const env = { DATABASE_URL: database.url, ARENA_DATA: folder, [`${maker}_BASE_URL`]: server.origin, THE_KEY: key }
  const what = ['--protocol', protocol, '--model', model, '--key-env', 'THE_KEY', '--reasoning-effort', 'low']
  const added = startArena(['models', 'add', ...what], env)
  expect(await added.ended, added.output()).toBe(0)
  expect(added.output()).toContain('Every probe passed')
  expect(added.output()).not.toContain(key)
  expect(JSON.stringify(server.asked.map(({ body }) => body))).toMatch(/"thinking(Config)?":/)
})
