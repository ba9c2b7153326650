import { expect, test, vi } from 'vitest'
import type { Jobs } from '#server/core/jobs.ts'
import type { Study, StudySummary } from '#server/studies/schema.ts'
import { defineBoardJobs, refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import { arena, type Arena } from '../../support/arena.ts'
import { openAnother } from '../../support/people.ts'

const two = { models: [{ name: 'Ann' }, { name: 'Ben' }] }

const erase = ({ app, asAdmin, study }: Arena, name?: string, { cookie } = asAdmin) =>
  app.inject({
    method: 'DELETE',
    url: `/api/v1/studies/${study.slug}${name === undefined ? '' : `?name=${encodeURIComponent(name)}`}`,
    headers: { cookie },
  })

/** Rows of every table that has the id of a study in it, by table. */
async function rowsOf({ ctx }: Arena, studyId: string): Promise<Record<string, number>> {
  const tables = await ctx.sql<{ name: string }[]>`
    select table_name as name from information_schema.columns
    where table_schema = 'public' and column_name = 'study_id' order by 1`
  const counts: Record<string, number> = {}
  for (const { name } of tables) {
    const [row] = await ctx.sql<{ n: number }[]>`
      select count(*)::int as n from ${ctx.sql(name)} where study_id = ${studyId}`
    counts[name] = row!.n
  }
  return counts
}

/** A closed study with votes, one late, a report and a board. */
async function closedStudy(): Promise<Arena> {
  const house = await arena(two)
  const { ctx, asRater, asAdmin, study } = house
  const { cards } = await asRater.lease(4)
  for (const card of cards.slice(0, 2)) await asRater.cast(card, 'model_a')
  await asRater.post(`/api/v1/battles/${cards[2]!.battleId}/report`, { reason: 'leak' })
  await asAdmin.post(`/api/v1/studies/${study.slug}/close`)
  await asRater.cast(cards[3]!, 'tie')
  await refreshRatings(ctx, study.id)
  return house
}

test('a closed study is deleted with all that belongs to it once its name is typed, and nothing else goes', async () => {
  const house = await closedStudy()
  const { ctx, study, asAdmin } = house
  const other = await openAnother(ctx, 'Another')
  await ctx.sql`
    insert into rater_exclusions (study_id, rater_id, reason, at)
    select study_id, rater_id, 'other', now() from enrolments where study_id = ${study.id}`
  await ctx.sql`
    insert into battle_exclusions (battle_id, report_id, at) select battle_id, id, now() from reports`
  const before = await rowsOf(house, study.id)
  expect(before).toMatchObject({
    votes: 3,
    battles: 4,
    snapshots: expect.any(Number) as number,
    enrolments: 1,
    rater_exclusions: 1,
  })
  const kept = () => ctx.sql`
    select (select count(*) from models)::int as models, (select count(*) from endpoints)::int as endpoints,
      (select count(*) from queries)::int as queries, (select count(*) from people)::int as people,
      (select count(*) from plans)::int as plans`
  const rest = await kept()

  expect((await erase(house)).json()).toMatchObject({ status: 409, type: '/problems/study-state' })
  const wrong = await erase(house, 'Test')
  expect(wrong.json()).toMatchObject({ status: 400, detail: expect.stringContaining('type “Test study”') as string })
  expect(await rowsOf(house, study.id)).toEqual(before)

  expect((await erase(house, 'Test study')).statusCode).toBe(204)
  const after = await rowsOf(house, study.id)
  expect(Object.entries(after).filter(([, rows]) => rows > 0)).toEqual([])
  expect(
    await ctx.sql`select (select count(*) from reports)::int as reports, (select count(*) from battle_exclusions)::int as left_out,
      (select count(*) from calls)::int as calls`,
  ).toEqual([{ reports: 0, left_out: 0, calls: 0 }])
  expect(await kept()).toEqual(rest)
  expect((await asAdmin.get(`/api/v1/studies/${study.slug}`)).statusCode).toBe(404)
  expect((await asAdmin.get(`/api/v1/studies/${other.slug}`)).statusCode).toBe(200)
  const [told] = await ctx.sql`select detail from audit_events where action = 'study.deleted'`
  expect(told).toEqual({ detail: { name: 'Test study', votes: 3, answers: 24 } })
})

test('every table that refers to a study is one that its deletion empties', async () => {
  const { ctx } = await arena(two)
  const referring = await ctx.sql<{ name: string }[]>`
    select conrelid::regclass::text as name from pg_constraint
    where confrelid = 'studies'::regclass and confdeltype <> 'c' order by 1`
  // A table that comes is deleted from by its module, which `deleteWithVotes` asks to, and joins this list.
  const emptied = [
    'battles',
    'collections',
    'enrolments',
    'links',
    'pair_counts',
    'panel_places',
    'panels',
    'rater_counts',
    'responses',
  ]
  expect([...emptied, 'rater_exclusions', 'snapshots', 'study_models', 'votes']).toEqual(
    expect.arrayContaining(referring.map(({ name }) => name)),
  )
})

test('a study that is open, or still asks for answers, is not deleted with its votes; nor is one by a rater', async () => {
  const house = await arena(two)
  const { ctx, asAdmin, asRater, study } = house
  expect((await erase(house, 'Test study')).json()).toMatchObject({ type: '/problems/study-state' })
  await asAdmin.post(`/api/v1/studies/${study.slug}/close`)
  expect((await erase(house, 'Test study', asRater)).statusCode).toBe(403)
  await ctx.sql`
    update calls set state = 'active', claimed_until = now() + interval '1 minute'
    where id = (select call_id from responses limit 1)`
  expect((await erase(house, 'Test study')).json()).toMatchObject({
    type: '/problems/study-state',
    detail: expect.stringContaining('try again shortly') as string,
  })
  expect(await ctx.sql`select 1 from responses`).toHaveLength(24)
})

test('a vote that comes after the deletion finds no battle, and one that races with it is stored or refused, never half', async () => {
  const house = await arena({ ...two, queries: 24 })
  const { ctx, asAdmin, asRater, study } = house
  const { cards } = await asRater.lease(5)
  await asAdmin.post(`/api/v1/studies/${study.slug}/close`)
  const votes = cards.slice(0, 4).map((card) => asRater.vote(card, 'tie'))
  const [deleted, ...replies] = await Promise.all([erase(house, 'Test study'), ...votes])
  expect(deleted.statusCode).toBe(204)
  for (const { statusCode } of replies) expect([201, 404]).toContain(statusCode)
  expect((await asRater.vote(cards[4]!, 'tie')).statusCode).toBe(404)
  // The board that those votes asked for is a board of nothing.
  const jobs = { ...ctx.jobs, define: vi.fn<Jobs['define']>() }
  defineBoardJobs({ ...ctx, jobs })
  await jobs.define.mock.calls[0]![1]({ studyId: study.id })
  expect(await ctx.sql`select 1 from votes`).toHaveLength(0)
})

test('an archived study is listed last, keeps its board and its votes public, and is opened only once it is taken back', async () => {
  const house = await closedStudy()
  const { ctx, asAdmin, anonymous, study } = house
  await openAnother(ctx, 'Older')
  await ctx.sql`update studies set created_at = now() - interval '1 day' where slug = 'older'`
  const url = `/api/v1/studies/${study.slug}`
  expect((await asAdmin.post('/api/v1/studies/older/archive')).json()).toMatchObject({ type: '/problems/study-state' })
  expect((await asAdmin.post(`${url}/archive`)).json()).toMatchObject({ archived: true, status: 'closed' })
  await asAdmin.post(`${url}/archive`)
  for (const list of ['studies', 'boards']) {
    const listed = (await asAdmin.get(`/api/v1/${list}`)).json<StudySummary[]>()
    expect(listed.map(({ slug, archived }) => [slug, archived])).toEqual([
      ['older', false],
      [study.slug, true],
    ])
  }
  expect((await anonymous.get(`/api/v1/boards/${study.slug}`)).statusCode).toBe(200)
  expect((await anonymous.get(`/api/v1/boards/${study.slug}/export?format=votes-jsonl`)).statusCode).toBe(200)
  expect((await asAdmin.post(`${url}/reopen`)).json()).toMatchObject({ type: '/problems/study-state' })
  expect((await asAdmin.post(`${url}/restore`)).json<Study>().archived).toBe(false)
  expect((await asAdmin.post(`${url}/reopen`)).json()).toMatchObject({ status: 'open' })
  const acts =
    await ctx.sql`select action from audit_events where action in ('study.archived', 'study.restored') order by id`
  expect(acts.map(({ action }) => action as string)).toEqual(['study.archived', 'study.restored'])
})

test('votes, battles and archives are for visitors exactly while the study is closed', async () => {
  const { ctx, anonymous, asAdmin, study } = await closedStudy()
  const formats = ['votes-jsonl', 'votes-parquet', 'battles'].map(
    (format) => `/api/v1/boards/${study.slug}/export?format=${format}`,
  )
  const [newest] = await ctx.sql<{ id: string }[]>`
    select id from snapshots where category is null order by created_at desc limit 1`
  const files = [...formats, `/api/v1/snapshots/${newest!.id}/archive`]
  const statusOf = async () => Promise.all(files.map(async (url) => (await anonymous.get(url)).statusCode))
  expect(await statusOf()).toEqual([200, 200, 200, 200])
  await asAdmin.post(`/api/v1/studies/${study.slug}/reopen`)
  expect(await statusOf()).not.toContain(200)
})
