import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { arena } from '../../support/arena.ts'
import { startArena } from '../../support/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-rate-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('arena rate --study rates the votes of the database, without those withdrawn or unsure', async () => {
  const { asRater, study, database } = await arena({ models: [{ name: 'Ada' }, { name: 'Bo' }] })
  const { cards } = await asRater.lease(5)
  const verdicts = ['model_a', 'model_b', 'tie', 'unsure', 'both_bad'] as const
  for (const [index, card] of cards.entries()) await asRater.cast(card, verdicts[index]!)
  await database.sql`update votes set withdrawn_at = now() where verdict = 'both_bad'`

  const env = { DATABASE_URL: database.url, ARENA_DATA: folder }
  const rated = startArena(['rate', '--study', study.slug, '--json'], env)
  expect(await rated.ended).toBe(0)
  const board = JSON.parse(rated.output()) as { unsure: number; votes: number }
  expect(board).toMatchObject({ votes: 3, unsure: 1 })

  const unknown = startArena(['rate', '--study', 'nowhere'], env)
  expect(await unknown.ended).toBe(2)
  expect(unknown.output()).toMatch(/no study 'nowhere'/)
})

test('a file and a study, or neither, are refused in one sentence', async () => {
  const neither = startArena(['rate'])
  expect(await neither.ended).toBe(2)
  expect(neither.output()).toMatch(/Name one source of votes/)
})
