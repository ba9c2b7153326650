import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { arena } from '../../support/arena.ts'
import { startArena } from '../../support/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-overlaps-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('arena studies overlaps lists planned battles, cancels and restores them', async () => {
  const { study, database, asRater } = await arena({
    models: [{ name: 'Ann' }, { name: 'Ben' }],
    queries: 5,
    study: { quotaPerPair: 9, overlapShare: 1, overlapRaters: 3 },
  })
  const env = { DATABASE_URL: database.url, ARENA_DATA: join(folder, 'data') }
  const say = async (verb: string, ...args: string[]) => {
    const program = startArena(['studies', 'overlaps', verb, study.slug, ...args], env)
    return { code: await program.ended, output: program.output() }
  }
  expect((await say('list')).output).toBe('No battle is planned for several raters.\n')
  const [card] = (await asRater.lease()).cards
  await asRater.cast(card!, 'tie')
  const listed = (await say('list')).output
  const [, battle] = /^([0-9a-f-]{36}) +q0000\d +Ann : Ben +1 of 3 +0 +waiting/m.exec(listed)!
  expect((await say('cancel', battle!)).output).toMatch(/1 of 3 +0 +cancelled/)
  expect((await say('list', '--show', 'waiting')).output).toBe('None.\n')
  expect((await say('restore', battle!)).output).toMatch(/1 of 3 +0 +waiting/)
  expect((await say('cancel', '--all')).output).toBe('Cancelled: 1. Votes on them stay and count.\n')
  expect(await say('cancel')).toMatchObject({ code: 2, output: expect.stringContaining('or say --all') as string })
  expect(await say('cancel', 'that')).toMatchObject({ code: 2, output: expect.stringContaining('is no id') as string })
  expect(await say('list', '--page', '0')).toMatchObject({ code: 2 })
}, 150_000)
