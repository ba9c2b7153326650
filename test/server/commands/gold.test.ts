import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { arena } from '../../support/arena.ts'
import { startArena } from '../../support/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-gold-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('arena studies gold adds, imports, lists, changes, retires and deletes items', { timeout: 150_000 }, async () => {
  const { ctx, study, database } = await arena({
    models: [{ name: 'Ada' }, { name: 'Bo' }],
    response: (m, q) => `${m}, ${q}`,
  })
  const env = { DATABASE_URL: database.url, ARENA_DATA: join(folder, 'data') }
  const say = async (verb: string, ...args: string[]) => {
    const program = startArena(['studies', 'gold', verb, study.slug, ...args], env)
    return { code: await program.ended, output: program.output() }
  }
  expect((await say('list')).output).toMatch(/No gold item yet.*\n0 in use; 0 % of each rater's cards/)
  const one = ['q00001', '--first-model', 'Ada', '--second', 'Quite beside it.', '--expected', 'first']
  expect((await say('add', ...one)).output).toMatch(/^Added [0-9a-f-]{36}\.\n$/)
  expect((await say('add', ...one)).output).toMatch(/is here already/)
  expect(await say('add', 'q00002', '--first-model', 'Ada', '--expected', 'first')).toMatchObject({
    code: 2,
    output: expect.stringContaining('Say whose the second answer is with --second-model') as string,
  })
  const file = join(folder, 'items.csv')
  writeFileSync(file, 'key,first_model,second_model,expected\nq00003,ada,bo,tie\nq00004,ada,zed,tie\n')
  expect(await say('import', file)).toMatchObject({
    code: 2,
    output: expect.stringMatching(/items\.csv, row 3: .*no model “zed”.*\n.*One row is bad, so nothing/) as string,
  })
  expect((await say('import', file, '--skip-bad')).output).toMatch(/1 added, 0 known already, 1 bad rows left out/)
  const listed = (await say('list')).output
  expect(listed).toMatch(/q00003 +Ada +Bo +tie +hidden +active +0 +0 +0 +0/)
  expect(listed).toMatch(/gold share of this study is 0 %/)
  const [, item] = /^([0-9a-f-]{36}) +q00001/m.exec(listed)!
  expect((await say('set', item!, '--expected', 'tie')).output).toBe(
    'No rater has judged it yet.\nNothing is changed yet: say --yes to do it.\n',
  )
  expect((await say('set', item!, '--expected', 'tie', '--note', 'Both do', '--yes')).output).toMatch(/Changed/)
  expect((await say('retire', item!)).output).toBe('Retired.\n')
  expect((await say('list', '--show', 'retired')).output).toMatch(/q00001 +Ada +a text +tie +hidden +retired/)
  expect((await say('restore', item!)).code).toBe(0)
  const csv = join(folder, 'out.csv')
  expect((await say('list', '--csv', csv)).code).toBe(0)
  expect(readFileSync(csv, 'utf8')).toMatch(/q00001,ada,,,Quite beside it\.,tie,Both do,/)
  expect((await say('import', csv)).output).toMatch(/0 added, 2 known already/)
  expect((await say('delete', item!)).output).toMatch(/Nothing is deleted yet/)
  expect((await say('delete', item!, '--yes')).output).toMatch(/Deleted/)
  expect(await say('delete', 'that')).toMatchObject({ code: 2 })
  expect(await ctx.sql`select expected from gold_items`).toEqual([{ expected: 'tie' }])
  const set = startArena(['studies', 'set', study.slug, '--gold', '5%', '--yes'], env)
  expect(await set.ended).toBe(0)
  expect(set.output()).toMatch(/5 % of each rater’s cards are gold items from now on/)
  expect(await ctx.sql`select gold_share as share from studies`).toEqual([{ share: 0.05 }])
})
