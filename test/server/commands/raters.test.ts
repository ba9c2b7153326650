import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { arena } from '../../support/arena.ts'
import { giveVotes } from '../../support/give-votes.ts'
import { startArena } from '../../support/program.ts'
import { recount } from '../../support/vote-checker.ts'

test('raters are listed, excluded, included again and paid by command', async () => {
  const house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 3 })
  const { ctx, database, study } = house
  await giveVotes(
    house,
    Array.from({ length: 120 }, (_, n) => {
      const careless = n % 3 === 2
      const verdict = careless || n % 2 ? 'model_a' : 'model_b'
      return {
        a: (n >> 1) % 2,
        b: 1 - ((n >> 1) % 2),
        verdict,
        rater: n % 3,
        query: n % 3,
        dwellMs: careless ? 900 : 20_000,
      }
    }),
  )
  const raters = async (...args: string[]) => {
    const program = startArena(['raters', ...args], { DATABASE_URL: database.url, ARENA_DATA: ctx.config.dataDir })
    return { code: await program.ended, output: program.output() }
  }
  const of = ['--study', study.slug]
  const list = await raters('list', ...of)
  const [number] = /^ *(\d+) +\w+, proposed +40 +40 +0\.9/m.exec(list.output)!.slice(1)
  expect(list.output).toContain(`Rater ${number}: Took less than`)
  expect(list.output).toMatch(/1 proposed, 0 excluded\./)

  const why = ['--reason', 'speed', '--note', 'under a second']
  const asked = await raters('exclude', number!, ...of, ...why)
  expect(asked).toMatchObject({ code: 2 })
  expect(asked.output).toMatch(/^40 votes of 1 rater would count no more; 80 votes stay\.\n/)
  expect(asked.output).toContain('Careful: 33 % of all votes are then left out')
  expect(asked.output).toContain('arena: Nothing was changed. Say --yes to exclude them.')
  expect(await ctx.sql`select 1 from rater_exclusions`).toEqual([])

  expect((await raters('exclude', number!, ...of, ...why, '--yes')).output).toMatch(
    /\n1 excluded\. Undo it: npx arena raters include/,
  )
  expect((await raters('list', ...of, '--show', 'excluded')).output).toMatch(/excluded +40 +0 /)
  expect(await recount(ctx)).toMatchObject({ differences: [] })
  const file = join(await mkdtemp(join(tmpdir(), 'arena-pay-')), 'pay.csv')
  expect((await raters('pay', ...of, '--csv', file)).output).toBe(`Written to ${file}\n`)
  expect(await readFile(file, 'utf8')).toMatch(/^rater,id,cohort,votes,counted_votes,minutes,excluded\r\n/)
  expect(
    (await readFile(file, 'utf8')).split('\r\n').filter((line) => line.endsWith(',test,40,0,0.6,yes')),
  ).toHaveLength(1)
  expect((await raters('include', number!, ...of)).output).toMatch(
    /^40 votes of 1 rater would count again; .*\n1 included again\.\n$/s,
  )
  expect((await raters('include', '99', ...of)).output).toBe(
    `arena: There is no rater 99 in ${study.slug}: npx arena raters list --study ${study.slug}\n`,
  )
})

test('personal links are made for a list of people and for a rater who lost theirs, listed and taken back by command', async () => {
  const house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 3 })
  const { ctx, database, study } = house
  const environment = { DATABASE_URL: database.url, ARENA_DATA: ctx.config.dataDir }
  const run = async (...args: string[]) => {
    const program = startArena(args, environment)
    return { code: await program.ended, output: program.output() }
  }
  const folder = await mkdtemp(join(tmpdir(), 'links-'))
  await writeFile(join(folder, 'people.txt'), '\uFEFFAna Ruiz\r\n\r\n=Ben\r\n')
  await writeFile(join(folder, 'bad.txt'), `Ana\n${'x'.repeat(121)}\n`)
  const bad = await run('invite', 'personal', study.slug, '--names', join(folder, 'bad.txt'))
  expect(bad).toMatchObject({ code: 2, output: expect.stringContaining('bad.txt, line 2') as string })
  const file = join(folder, 'links.csv')
  await run('invite', 'personal', study.slug, '--names', join(folder, 'people.txt'), '--csv', file)
  const written = await readFile(file, 'utf8')
  expect(written).toMatch(/Ana Ruiz,http:\/\/\S+\/join\/[\w-]{22}/)
  expect(written).not.toMatch(/^=/m)

  const list = await run('raters', 'links', '--study', study.slug)
  expect(list.output).toMatch(/personal +Ana Ruiz +unused/)
  const id = /^ *([0-9a-f-]{36}) +personal +Ana/m.exec(list.output)![1]!
  expect((await run('invite', 'revoke', study.slug, id, '--study')).output).toContain('Taken back.')
  expect((await run('raters', 'links', '--study', study.slug, '--show', 'revoked')).output).toContain('Ana Ruiz')
  expect((await run('invite', 'anew', study.slug, 'x')).output).toContain("'x' is no link's id")
  expect((await run('invite', 'anew', study.slug, id)).output).toMatch(/\/join\/[\w-]{22}/)
  expect((await run('invite', 'anew', study.slug, id)).output).toContain('Take it back first')
  expect((await run('raters', 'link', '1', '--study', study.slug)).output).toMatch(/\/join\/[\w-]{22}/)
})

test('a panel is made, listed, changed, stopped, renewed and deleted, and its lists are written, by command', async () => {
  const house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 3 })
  const { ctx, database, study, anonymous } = house
  const environment = { DATABASE_URL: database.url, ARENA_DATA: ctx.config.dataDir }
  const panels = async (...args: string[]) => {
    const program = startArena(['panels', ...args], environment)
    return { code: await program.ended, output: program.output() }
  }
  const wrong = await panels('create', study.slug, '--completion-url', 'ftp://x')
  expect(wrong).toMatchObject({
    code: 2,
    output: expect.stringContaining('--completion-url: an https address') as string,
  })
  const made = await panels('create', study.slug, '--completion-code', 'C1', '--places', '3')
  const code = /\/panel\/([\w-]{22})\?PROLIFIC_PID=/.exec(made.output)![1]!
  await anonymous.post(`/api/v1/panels/${code}`, { parameters: { PROLIFIC_PID: 'p1' }, consent: true })
  const list = await panels('list', study.slug)
  const id = /^([0-9a-f-]{36}) +Panel +prolific +open +3 +0 +1/m.exec(list.output)![1]!
  expect((await panels('return', study.slug, id, 'p1')).output).toContain('1 returned.')
  expect((await panels('restore', study.slug, id, 'p1')).output).toContain('1 taken back.')
  expect((await panels('places', study.slug, id)).output).toContain('p1,,active,')
  expect((await panels('stop', study.slug, id)).output).toContain('stopped')
  expect((await panels('delete', study.slug, id)).output).toContain('Stop it instead')
})
