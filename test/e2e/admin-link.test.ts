import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emptyDatabase } from '../support/database.ts'
import { startArena, type StartedProgram } from '../support/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-admin-link-'))
let env: Record<string, string>

beforeAll(async () => {
  env = { DATABASE_URL: await emptyDatabase(), ARENA_DATA: folder, ARENA_SAMPLES: 'off' }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function ended(started: StartedProgram): Promise<string> {
  expect(await started.ended, started.output()).toBe(0)
  return started.output()
}

test('the link leads to the server of these data, whatever port it has; without one it says so', async () => {
  const server = startArena(['serve'], { ...env, PORT: '0', ARENA_WORKER: 'off' })
  const [, origin] = await server.until(/(http:\/\/127\.0\.0\.1:\d+)\/join\//)
  expect(await ended(startArena(['admin-link'], env))).toMatch(new RegExp(`^${origin}/join/[\\w-]{22}\\n$`))
  const elsewhere = ['admin-link', '--origin', 'https://arena.example']
  expect(await ended(startArena(elsewhere, env))).toMatch(/^https:\/\/arena\.example\/join\/[\w-]{22}\n$/)

  server.child.kill('SIGKILL')
  await server.ended
  const alone = await ended(startArena(['admin-link'], { ...env, PORT: '8123' }))
  expect(alone).toContain(
    'No server of these data is running here. The link works once one listens on http://127.0.0.1:8123.',
  )
  expect(alone).toMatch(/^http:\/\/127\.0\.0\.1:8123\/join\/[\w-]{22}$/m)
}, 120_000)
