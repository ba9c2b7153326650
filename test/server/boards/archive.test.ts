import { mkdtempSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import type { StoredPairCount, StoredRating } from '#drizzle/schema/snapshots.ts'
import type { ArchiveManifest } from '#server/snapshots/archive-format.ts'
import { fitBoard, methodOf } from '#server/snapshots/fit-board.ts'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import { replayArchive, verifyArchive } from '#server/snapshots/replay-archive.ts'
import type { Board } from '#server/boards/schema.ts'
import type { Snapshot, SnapshotList } from '#server/boards/exports/schema.ts'
import { openZip } from '#server/formats/zip.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { arena, type Arena } from '../../support/arena.ts'
import { giveVotes } from '../../support/give-votes.ts'
import { startArena } from '../../support/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-archive-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const names = ['Ann', 'Ben', 'Cas', 'Dot'].map((name) => ({ name }))
const random = new Random(2, 0)
const votes = Array.from({ length: 400 }, (_, n) => {
  const a = random.below(4)
  const b = (a + 1 + random.below(3)) % 4
  const verdict = ['model_a', 'model_b', 'model_a', 'tie', 'both_bad', 'unsure'][random.below(6)]!
  return { a, b, verdict, rater: n % 9, query: random.below(12), dwellMs: 4321, castAt: '2026-03-01T12:34:56Z' }
})

async function voted(): Promise<Arena> {
  const house = await arena({ models: names })
  await giveVotes(house, votes)
  await refreshRatings(house.ctx, house.study.id)
  return house
}

let packed = 0
async function pack({ asAdmin, study }: Pick<Arena, 'asAdmin' | 'study'>, snapshotId?: string): Promise<string> {
  const id = snapshotId ?? (await asAdmin.get(`/api/v1/boards/${study.slug}`)).json<Board>().snapshot!.id
  const reply = await asAdmin.get(`/api/v1/snapshots/${id}/archive`)
  if (reply.statusCode !== 200) throw new Error(reply.body)
  const path = join(folder, `${++packed}.zip`)
  await writeFile(path, reply.rawPayload)
  return path
}

async function textOf(path: string, name: string): Promise<string> {
  await using zip = await openZip(path)
  return new TextDecoder().decode(await zip.read(name))
}

/** The same zip with one file changed. */
async function alter(path: string, name: string, change: (text: string) => string): Promise<string> {
  await using zip = await openZip(path)
  const altered = new ZipFile()
  for (const entry of zip.entries) {
    const bytes = Buffer.from(await zip.read(entry.name))
    altered.addBuffer(entry.name === name ? Buffer.from(change(bytes.toString())) : bytes, entry.name)
  }
  altered.end()
  const to = join(folder, `${++packed}.zip`)
  await writeFile(to, altered.outputStream)
  return to
}

describe('the archive of a snapshot', () => {
  test('replays to the same digits, with the votes of the snapshot and no later ones', async () => {
    const house = await voted()
    const { snapshot } = (await house.asAdmin.get(`/api/v1/boards/${house.study.slug}`)).json<Board>()
    await giveVotes(house, [{ a: 0, b: 1, verdict: 'model_b' }])
    await refreshRatings(house.ctx, house.study.id)
    await house.ctx.sql`update votes set withdrawn_at = now() where id = (select min(id) from votes)`
    for (const path of [await pack(house), await pack(house, snapshot!.id)]) {
      expect((await verifyArchive(path)).differences).toEqual([])
      const { differences, compared } = await replayArchive(path)
      expect(differences).toEqual([])
      const { rows, ...head } = JSON.parse(await textOf(path, 'leaderboard.json')) as { rows: object[] }
      const onTheBoard = [head, ...rows].flatMap((values) => Object.keys(values)).length
      expect(compared, 'with the method and the number of votes').toBe(onTheBoard + 2)
    }
    const lines = (await textOf(await pack(house, snapshot!.id), 'votes.jsonl')).trim().split('\n')
    expect(lines).toHaveLength(400)
  })

  test('bounds are those of raters and questions, and say what they cost', async () => {
    const path = await pack(await voted())
    const { notes } = JSON.parse(await textOf(path, 'leaderboard.json')) as { notes: string[] }
    expect(notes[0]).toMatch(
      /^The bounds take votes of one rater \(9 raters\) and votes on one question \(12 questions\) as going together: design effect \d\.\d/,
    )
    // One vote under another rater moves bounds, and no rating.
    const moved = await alter(path, 'votes.jsonl', (text) => text.replace(/"rater":"\w+"/, '"rater":"someone"'))
    const { differences } = await replayArchive(moved)
    expect(differences.join()).toMatch(/low: stored/)
    expect(differences.join()).not.toMatch(/elo: stored/)
  })

  test('a snapshot of an earlier version is replayed by the rule that it was taken by', async () => {
    const house = await voted()
    const { sql } = house.ctx
    const stored = await sql<{ id: string; counts: StoredPairCount[]; ratings: StoredRating[] }[]>`
      select id, counts, ratings from snapshots`
    for (const { id, counts, ratings } of stored) {
      const models = ratings.map(({ modelId }) => ({ id: modelId }))
      const old = fitBoard(models, counts, { interval: 'sandwich' })
      await sql`update snapshots set method = ${methodOf('sandwich')}, notes = ${JSON.stringify(old.notes)}::text::jsonb,
        ratings = ${JSON.stringify(old.ratings)}::text::jsonb, parameters = '{"interval":"sandwich","minimumVotes":300}'
        where id = ${id}`
    }
    const path = await pack(house)
    expect(await replayArchive(path)).toMatchObject({ differences: [], notComputed: null })
    expect(await textOf(path, 'README.md')).toContain('sandwich intervals')
  })

  test('of bounds that were carried over a replay compares the rest, and says so', async () => {
    const house = await voted()
    await house.ctx.sql`update snapshots set parameters = parameters || '{"boundsVotes":17}'`
    const carried = await replayArchive(await pack(house))
    expect(carried.differences).toEqual([])
    expect(carried.notComputed).toMatch(/an earlier reading of 17 votes/)
  })

  test('an altered vote, an altered digit and a file too many are found', async () => {
    const path = await pack(await voted())
    const turned = await alter(path, 'votes.jsonl', (text) => text.replace('"model_b","rater"', '"model_a","rater"'))
    expect((await verifyArchive(turned)).differences).toEqual(['votes.jsonl is not the file that was packed'])
    expect((await replayArchive(turned)).differences.join()).toMatch(/elo: stored [\d.]+, replayed [\d.]+/)
    const digit = await alter(path, 'leaderboard.json', (text) => text.replace(/("elo": \d+\.\d+)\d/, '$17'))
    expect((await replayArchive(digit)).differences).toHaveLength(1)
  })

  test('holds no rater, no exact time and no dwell time, and two share no pseudonym', async () => {
    const house = await voted()
    const [one, other] = [await pack(house), await pack(house)]
    const raters = await house.ctx.sql<{ id: string }[]>`select id from raters union all select id from people`
    const all = await Promise.all(
      ['votes.jsonl', 'manifest.json', 'models.json', 'README.md'].map((name) => textOf(one, name)),
    )
    for (const { id } of raters) expect(all.join()).not.toContain(id)
    expect(all.join()).not.toMatch(/4321|12:34/)
    const pseudonyms = async (path: string) =>
      new Set([...(await textOf(path, 'votes.jsonl')).matchAll(/"rater":"(\w+)"/g)].map(([, id]) => id))
    const [first, second] = [await pseudonyms(one), await pseudonyms(other)]
    expect(first.size).toBe(9)
    expect([...first].filter((id) => second.has(id))).toEqual([])
  })

  test('names no model that is not released, and replays all the same', async () => {
    const house = await voted()
    await house.ctx.sql`update models set released_at = null where slug = 'ben'`
    await house.ctx.sql`update studies set status = 'closed'`
    const path = await pack({ ...house, asAdmin: house.anonymous })
    const all = await Promise.all(['votes.jsonl', 'models.json', 'leaderboard.json'].map((name) => textOf(path, name)))
    expect(all.join()).not.toMatch(/ben/i)
    expect(all.join()).toMatch(/withheld-1/)
    expect((await replayArchive(path)).differences).toEqual([])
  })

  test('says what it rests on', async () => {
    const house = await voted()
    await house.ctx.sql`update studies set licence = 'CC0'`
    const manifest = JSON.parse(await textOf(await pack(house), 'manifest.json')) as ArchiveManifest
    const unsure = votes.filter(({ verdict }) => verdict === 'unsure').length
    expect(manifest).toMatchObject({
      votes: { used: 400 - unsure, raters: 9, excluded: { unsure, late: 0, duplicate: 0, withdrawn: 0 } },
      fit: { seed: 0, parameters: { ties: 'half', minimumVotes: 300 } },
      licence: 'CC0',
      models: 4,
    })
    expect(Object.keys(manifest.files).sort()).toEqual(['README.md', 'leaderboard.json', 'models.json', 'votes.jsonl'])
  })

  test('is refused when the votes no longer add up, and while the study is open to all but its researchers', async () => {
    const house = await voted()
    const { snapshot } = (await house.anonymous.get(`/api/v1/boards/${house.study.slug}`)).json<Board>()
    const url = `/api/v1/snapshots/${snapshot!.id}/archive`
    expect((await house.anonymous.get(url)).json()).toMatchObject({ type: '/problems/battles-closed' })
    expect((await house.asRater.get(url)).json()).toMatchObject({ type: '/problems/rating-blind' })
    await house.ctx.sql`update votes set verdict = 'tie' where id = (select min(id) from votes where verdict <> 'tie')`
    expect((await house.asAdmin.get(url)).json()).toMatchObject({ type: '/problems/votes-missing' })
  })
})

test('each snapshot stays at its address with citation and licence, and the history lists them', async () => {
  const house = await voted()
  const { anonymous, study } = house
  const base = `/api/v1/boards/${study.slug}`
  const first = (await anonymous.get(base)).json<Board>()
  await giveVotes(house, votes.slice(0, 20))
  await refreshRatings(house.ctx, study.id)
  const { snapshots } = (await anonymous.get(`${base}/snapshots`)).json<SnapshotList>()
  expect(snapshots.map(({ id }) => id).at(-1)).toBe(first.snapshot!.id)
  const page = (await anonymous.get(`${base}/snapshots?limit=1`)).json<SnapshotList>()
  const rest = (await anonymous.get(`${base}/snapshots?limit=1&before=${page.next}`)).json<SnapshotList>()
  expect([...page.snapshots, ...rest.snapshots]).toEqual(snapshots)
  expect(rest.next).toBeNull()
  const old = (await anonymous.get(`${base}/snapshots/${first.snapshot!.id}`)).json<Snapshot>()
  expect(old.rows.map(({ elo }) => elo)).toEqual(first.rows.map(({ elo }) => elo))
  expect(old).toMatchObject({
    newest: snapshots[0]!.id,
    licence: 'CC BY 4.0',
    archive: null,
    address: `/leaderboard/${study.slug}/snapshots/${first.snapshot!.id}`,
  })
  expect(old.citation).toContain(old.address)
  expect((await anonymous.get(`${base}/snapshots/${crypto.randomUUID()}`)).statusCode).toBe(404)
})

test('arena snapshot packs, replays without a database, and says what differs with exit code 1', async () => {
  const { study, database } = await voted()
  const env = { DATABASE_URL: database.url, ARENA_DATA: folder }
  const path = join(folder, 'packed.zip')
  const create = startArena(['snapshot', 'create', study.slug, '--output', path], env)
  expect(await create.ended, create.output()).toBe(0)
  const again = startArena(['snapshot', 'create', study.slug, '--output', path], env)
  expect(await again.ended).toBe(2)
  expect(again.output()).toMatch(/exists already/)
  const nowhere = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', ARENA_DATA: join(folder, 'none') }
  const replay = startArena(['snapshot', 'replay', path], nowhere)
  expect(await replay.ended, replay.output()).toBe(0)
  expect(replay.output()).toMatch(/The same: \d+ values compared/)
  const altered = await alter(path, 'leaderboard.json', (text) => text.replace('"wins": ', '"wins": 1'))
  const replayed = startArena(['snapshot', 'replay', altered], nowhere)
  expect(await replayed.ended).toBe(1)
  expect(replayed.output()).toMatch(/1 of \d+ values differ:\n {2}ann wins: stored/)
  const verified = startArena(['snapshot', 'verify', altered], nowhere)
  expect(await verified.ended).toBe(1)
  await writeFile(join(folder, 'no.zip'), (await readFile(path)).subarray(0, 100))
  const broken = startArena(['snapshot', 'replay', join(folder, 'no.zip')], nowhere)
  expect(await broken.ended).toBe(2)
  expect(broken.output()).toMatch(/no\.zip cannot be opened as a zip file/)
}, 120_000)
