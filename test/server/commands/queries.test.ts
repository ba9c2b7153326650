import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { arena } from '../../support/arena.ts'
import { pngOf } from '../../support/png.ts'
import { startArena } from '../../support/program.ts'

const drawn = { create: { width: 4, height: 4, channels: 3, background: '#123' } } as const
const folder = mkdtempSync(join(tmpdir(), 'arena-queries-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test(
  'arena queries import names bad rows, imports the rest with --skip-bad, and lists the pool',
  { timeout: 60_000 },
  async () => {
    const { database } = await arena()
    const env = { DATABASE_URL: database.url, ARENA_DATA: join(folder, 'data') }
    const say = async (...args: string[]) => {
      const program = startArena(args, env)
      return { code: await program.ended, output: program.output() }
    }
    await writeFile(join(folder, 'a.png'), pngOf(50_000, 50_000))
    await writeFile(join(folder, 'a.txt'), 'How tall?')
    const load = ['queries', 'import', folder, '--pool', 'towers', '--name', 'Tall towers']
    const refused = await say(...load)
    expect(refused.code).toBe(2)
    expect(refused.output).toMatch(/a\.png, row 1: the picture measures 50000 × 50000 px/)
    expect(refused.output).toMatch(/One row is bad, so nothing was imported/)
    expect(await say(...load, '--skip-bad')).toMatchObject({ code: 0 })
    expect((await say('queries', 'pools')).output).toMatch(/towers +Tall towers +0 +0/)
    expect((await say('queries', 'import', folder, '--pool', 'No Good')).output).toMatch(/is no address of a pool/)
  },
)

test('an import that is interrupted adds nothing and says how to go on', { timeout: 60_000 }, async () => {
  const { ctx, database } = await arena()
  const set = mkdtempSync(join(folder, 'long-'))
  await writeFile(join(set, 'a.png'), await sharp(drawn).png().toBuffer())
  const lines = Array.from({ length: 50_000 }, (_, id) => JSON.stringify({ id, question: '?', image: 'a.png' }))
  await writeFile(join(set, 'rows.jsonl'), lines.join('\n'))
  const env = { DATABASE_URL: database.url, ARENA_DATA: join(folder, 'data') }
  const program = startArena(['queries', 'import', set, '--pool', 'long', '--skip-bad'], env)
  await program.until(/1000 rows read/)
  program.child.kill('SIGINT')
  expect(await program.ended).toBe(130)
  expect(program.output()).toMatch(/Interrupted\. No query was added/)
  expect(await ctx.sql`select slug from pools where slug = 'long'`).toEqual([])
})
