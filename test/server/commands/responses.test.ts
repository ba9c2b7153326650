import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { arena } from '../../support/arena.ts'
import { startArena } from '../../support/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-responses-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('answers are imported, counted, asked for again and removed by command', { timeout: 90_000 }, async () => {
  const { ctx, database, study } = await arena({ models: [{ name: 'Ann' }], queries: 2 })
  const responses = async (...args: string[]) => {
    const program = startArena(['responses', ...args], { DATABASE_URL: database.url, ARENA_DATA: ctx.config.dataDir })
    return { code: await program.ended, output: program.output() }
  }
  const path = join(folder, 'orca.csv')
  await writeFile(path, 'key,response\nq00000,Two boats.\nq0\u001b[2J,Nowhere.\n')
  const load = ['import', path, '--study', study.slug, '--model', 'Orca 7B']
  const refused = await responses(...load)
  expect(refused.code).toBe(2)
  expect(refused.output).toContain('orca.csv, row 3: the pool has no query with the key q0 [2J')
  expect(refused.output).toContain('One row is bad, so nothing was imported.')
  expect((await responses(...load, '--skip-bad')).output).toContain(
    'Orca 7B: 1 added, 0 known already, 1 bad rows left out\n',
  )
  await ctx.sql`update responses set status = 'error', text = null where id = (
    select r.id from responses r join models m on m.id = r.model_id where m.slug = 'ann' limit 1)`
  const { output } = await responses('coverage', '--study', study.slug)
  expect(output).toMatch(/^model +state +ready +held +errors +empty +missing/)
  expect(output).toMatch(/\nann +finished +1 +0 +1 +0 +0/)
  expect(output).toMatch(/\norca-7b +imported +1 +0 +0 +0 +1/)
  const asked = await responses('collect', '--study', study.slug)
  expect(asked).toMatchObject({ code: 0 })
  expect(asked.output).toMatch(/^Asking ann for what is missing; 0 errors are tried once more\./)
  expect((await responses('collect', '--study', study.slug, '--model', 'Orca 7B')).output).toMatch(/has no endpoint/)
  expect((await responses('remove', '--study', study.slug, '--model', 'Orca 7B')).output).toMatch(/Say --yes/)
  expect(await responses('remove', '--study', study.slug, '--model', 'Orca 7B', '--yes')).toEqual({
    code: 0,
    output: `orca-7b and its answers are out of ${study.slug}.\n`,
  })
})
