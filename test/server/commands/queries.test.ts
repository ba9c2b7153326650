import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { arena } from '../../support/arena.ts'
import { hubServer } from '../../support/hub-server.ts'
import { pngOf } from '../../support/png.ts'
import { startArena } from '../../support/program.ts'

const drawn = { create: { width: 4, height: 4, channels: 3, background: '#123' } } as const
const folder = mkdtempSync(join(tmpdir(), 'arena-queries-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test(
  'arena queries import names bad rows and imports the rest with --skip-bad, and arena pools lists the pool',
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
    expect((await say('pools', 'list')).output).toMatch(/towers +Tall towers +0 +0/)
    expect((await say('queries', 'import', folder, '--pool', 'No Good')).output).toMatch(/is no address of a pool/)
  },
)

test('what a file holds cannot steer the terminal', { timeout: 60_000 }, async () => {
  const { database } = await arena()
  const env = { DATABASE_URL: database.url, ARENA_DATA: join(folder, 'quiet') }
  const set = mkdtempSync(join(folder, 'steering-'))
  await sharp(drawn).png().toFile(join(set, 'here.png'))
  await writeFile(
    join(set, 'queries.csv'),
    'id,image,question\na\u001b[2J,here.png,How\u001b[31m many?\nb,gone\u001b[2J.png,Where?\n',
  )
  const say = async (...args: string[]) => {
    const program = startArena(['queries', ...args], env)
    await program.ended
    return program.output()
  }
  const output = [await say('import', set, '--pool', 'steered', '--skip-bad'), await say('list', 'steered')].join('\n')
  expect(output).toContain('there is no picture gone [2J.png here')
  expect(output).toContain('How [31m many?')
  expect(output).not.toContain('\u001b')
})

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

test('queries and pools have their whole life at the terminal', { timeout: 90_000 }, async () => {
  const { database } = await arena()
  const env = { DATABASE_URL: database.url, ARENA_DATA: join(folder, 'data') }
  const say = async (...args: string[]) => {
    const program = startArena(args, env)
    return `${await program.ended} ${program.output()}`
  }
  const set = mkdtempSync(join(folder, 'life-'))
  await writeFile(join(set, 'a.png'), await sharp(drawn).png().toBuffer())
  const row = (id: string, category: string) =>
    JSON.stringify({ id, category, question: `What is ${id}?`, image: 'a.png' })
  await writeFile(
    join(set, 'rows.jsonl'),
    [row('one', 'charts'), row('two', 'charts'), row('three', 'general')].join('\n'),
  )
  expect(await say('pools', 'create', 'life', '--name', 'Of life')).toMatch(/^0 Made/)
  expect(await say('queries', 'import', set, '--pool', 'life')).toMatch(/^0 .*3 added/s)
  expect(await say('queries', 'hold', 'life', 'one', '--reason', 'blurred')).toMatch(/^0 1 query changed/)
  expect(await say('queries', 'list', 'life', '--where', 'category=charts', '--state', 'held')).toMatch(
    /^0 one +held +charts +en +What is one\?\n$/,
  )
  expect(await say('queries', 'release', 'life', '--all')).toMatch(/^0 1 query changed/)
  expect(await say('queries', 'set', 'life', '--category', 'counting')).toMatch(/^2 .*Say which queries/)
  expect(await say('queries', 'set', 'life', 'two', '--category', 'poems')).toMatch(/^2 .*category: /)
  expect(await say('queries', 'set', 'life', '--where', 'category=charts', '--language', 'German')).toMatch(
    /^0 2 queries/,
  )
  expect(await say('queries', 'list', 'life', '--counts')).toMatch(/language +de +2/)
  expect(await say('queries', 'delete', 'life', 'two')).toMatch(/^2 .*Say --yes/)
  expect(await say('queries', 'delete', 'life', 'two', '--yes')).toMatch(/^0 1 query changed, 1 of them gone for good/)
  expect(await say('pools', 'archive', 'life')).toMatch(/^0 Changed/)
  expect(await say('pools', 'list')).toMatch(/life +Of life +2 +0 +0 +archived/)
  expect(await say('pools', 'delete', 'pool', '--yes')).toMatch(/^[12] .*Delete test-study first/)
  expect(await say('pools', 'delete', 'life', '--yes')).toMatch(/^0 Deleted/)
})

test(
  'a data set of the hub is imported by its owner and name, where no folder is called that',
  {
    timeout: 60_000,
  },
  async () => {
    const { database } = await arena()
    const hub = await hubServer()
    const bytes = await sharp(drawn).png().toBuffer()
    hub.push('someone/mugs', { 'mugs.csv': Buffer.from('file_name,question\na.png,How many?\n'), 'a.png': bytes })
    const env = {
      DATABASE_URL: database.url,
      ARENA_DATA: join(folder, 'hub'),
      HF_ENDPOINT: hub.url,
      HF_HOME: join(folder, 'hub', 'home'),
      EGRESS_ALLOW: hub.allow,
    }
    const say = async (...args: string[]) => {
      const program = startArena(['queries', 'import', ...args], env)
      return { code: await program.ended, output: program.output() }
    }
    const imported = await say('someone/mugs', '--pool', 'mugs')
    expect(imported, imported.output).toMatchObject({ code: 0 })
    expect(imported.output).toMatch(/mugs: 1 added, 0 known already/)
    const [query] = await database.sql`select source from queries where source like 'hf:%'`
    expect(query).toEqual({ source: 'hf://datasets/someone/mugs@main' })
    expect((await say('someone/nothing', '--pool', 'mugs')).output).toMatch(
      /does not have someone\/nothing at main \(404\)/,
    )
    expect((await say('someone/nothing.csv', '--pool', 'mugs')).output).toMatch(
      /There is nothing at someone\/nothing\.csv/,
    )
  },
)
