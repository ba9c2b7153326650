import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { arena } from '../../support/arena.ts'
import { startArena } from '../../support/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-studies-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('arena studies makes a draft, deletes it, and closes and reopens a study', { timeout: 150_000 }, async () => {
  const { ctx, study, database } = await arena({ models: [{ name: 'Ada' }, { name: 'Bo' }] })
  const env = { DATABASE_URL: database.url, ARENA_DATA: folder }
  const say = async (...args: string[]) => {
    const program = startArena(args, env)
    return { code: await program.ended, output: program.output() }
  }
  const create = ['studies', 'create', 'Wave 1', '--pool', 'pool', '--quota', '5', '--endpoint', 'ada@test']
  const made = await say(...create, 'bo@test')
  expect(made.output).toMatch(/draft: npx arena studies open wave-1/)
  expect(await say(...create, 'nobody')).toMatchObject({ code: 2 })
  expect(await say(...create, '--open')).toMatchObject({ code: 2 })
  expect((await say('studies', 'list')).output).toMatch(/wave-1 +draft +2 +12 +0/)
  expect((await say('studies', 'set', 'wave-1', '--quota', '9')).output).toMatch(/Nothing is changed yet/)
  expect((await say('studies', 'set', 'wave-1', '--quota', '9', '--yes')).output).toMatch(/Changed/)
  expect(await ctx.sql`select quota_per_pair as quota from studies where slug = 'wave-1'`).toEqual([{ quota: 9 }])
  expect((await say('studies', 'copy', 'wave-1', 'Wave 2')).output).toMatch(/draft: npx arena studies open wave-2/)
  expect((await say('studies', 'remove-model', 'wave-2', 'bo')).output).toMatch(/bo is no longer in wave-2/)
  expect((await say('studies', 'open', 'wave-2')).output).toMatch(/at least two/)
  expect((await say('studies', 'add-model', 'wave-2', 'bo@test')).output).toMatch(/is in wave-2/)
  for (const draft of ['wave-1', 'wave-2']) expect(await say('studies', 'delete', draft)).toMatchObject({ code: 0 })
  const origin = ['--origin', 'https://arena.example']
  const invited = await say('invite', 'raters', study.slug, '--people', '3', '--cohort', 'campus', ...origin)
  expect(invited.output).toMatch(/^https:\/\/arena\.example\/join\/[\w-]{22}\n$/)
  const links = await say('invite', 'list', study.slug, '--study')
  const [, link] = /^([0-9a-f-]{36}) +0 of 3 +open/m.exec(links.output)!
  expect(await say('invite', 'revoke', study.slug, link!, '--study')).toEqual({ code: 0, output: 'Taken back.\n' })
  expect((await say('invite', 'list', study.slug, '--study')).output).toMatch(/0 of 3 +revoked/)
  expect((await say('invite', 'raters', study.slug, '--people', '0')).code).toBe(2)
  const shown = (await say('studies', 'show', study.slug)).output
  expect(shown).toMatch(/bo +bo@test +released +12 +0 +0/)
  expect(shown).toMatch(
    /0 of 1 pair is full, 1 under half\.\n450 votes are missing, and none came in the last 6 hours\./,
  )
  expect((await say('studies', 'close', study.slug)).code).toBe(2)
  expect((await say('studies', 'close', study.slug, '--yes')).code).toBe(0)
  expect(await ctx.sql`select slug, status from studies`).toEqual([{ slug: study.slug, status: 'closed' }])
  expect((await say('invite', 'raters', study.slug, ...origin)).output).toMatch(/is closed\. Open it again first/)
  expect((await say('studies', 'archive', study.slug)).output).toMatch(/is archived: its board stays/)
  expect((await say('studies', 'list')).output).toMatch(/archived +2/)
  expect((await say('studies', 'reopen', study.slug)).output).toMatch(/take it back first/)
  expect((await say('studies', 'restore', study.slug)).code).toBe(0)
  expect((await say('studies', 'delete', study.slug, '--with-votes')).output).toMatch(
    /0 votes.*Nothing is deleted yet/s,
  )
  expect((await say('studies', 'delete', study.slug, '--with-votes', '--name', 'Other')).code).toBe(2)
  expect((await say('studies', 'reopen', study.slug)).code).toBe(0)
  expect((await say('models', 'withdraw', 'Ada')).output).toMatch(/Ada is withdrawn/)
  expect(await ctx.sql`select status from studies`).toEqual([{ status: 'open' }])
  await say('studies', 'close', study.slug, '--yes')
  expect((await say('studies', 'delete', study.slug, '--with-votes', '--name', study.name)).code).toBe(0)
  expect(await ctx.sql`select 1 from studies`).toEqual([])
})
