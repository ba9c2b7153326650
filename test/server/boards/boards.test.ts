import { expect, test } from 'vitest'
import { paperTable } from '#server/boards/paper-table.ts'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import type { BenchmarkScores, Board } from '#server/boards/schema.ts'
import type { Context } from '#server/core/context.ts'
import type { Run } from '#server/runs/schema.ts'
import { arena, type Arena } from '../../support/arena.ts'
import { recount } from '../../support/vote-checker.ts'
import { writeRun, type WrittenRun } from '../../support/write-run.ts'

type Tally = [a: number, b: number, verdict: string, votes: number]

/** Writes pair counts as votes would have left them. */
async function count({ ctx, study, modelIds }: Arena, tallies: Tally[], category = 'charts') {
  for (const [a, b, verdict, votes] of tallies) {
    await ctx.sql`
      insert into pair_counts as p (study_id, category, model_a, model_b, verdict, votes)
      values (${study.id}, ${category}, ${modelIds[a]!}, ${modelIds[b]!}, ${verdict}, ${votes})
      on conflict (study_id, category, model_a, model_b, verdict) do update set votes = p.votes + excluded.votes`
  }
}

const named = ['Ann', 'Ben', 'Cas', 'Dot'].map((name) => ({ name }))
const connected: Tally[] = [
  [0, 1, 'model_a', 30],
  [1, 0, 'model_a', 10],
  [1, 2, 'model_a', 25],
  [2, 1, 'model_a', 15],
  [2, 3, 'tie', 20],
  [3, 0, 'both_bad', 10],
  [3, 2, 'unsure', 7],
]

async function boardOf({ anonymous, study }: Arena, query = ''): Promise<Board> {
  return (await anonymous.get(`/api/v1/boards/${study.slug}${query}`)).json<Board>()
}

const snapshots = ({ sql }: Context) => sql`select 1 from snapshots`

test('votes become ratings of mean 1000 with intervals and rank ranges', async () => {
  const house = await arena({ models: named })
  await count(house, connected)
  expect(await refreshRatings(house.ctx, house.study.id)).toBe(2)
  const { rows, snapshot } = await boardOf(house)
  expect(rows.map(({ standing }) => standing)).toEqual(['rated', 'rated', 'rated', 'rated'])
  expect(rows.reduce((sum, { elo }) => sum + elo!, 0) / 4).toBeCloseTo(1000, 6)
  expect(rows[0]!.model.name).toBe('Ann')
  for (const { elo, low, high, rankBest, rankWorst } of rows) {
    expect(low!).toBeLessThan(elo!)
    expect(high!).toBeGreaterThan(elo!)
    expect(rankBest).toBeLessThanOrEqual(rankWorst)
  }
  expect(rows[0]).toMatchObject({ votes: 50, wins: 30, losses: 10, ties: 0, bothBad: 10 })
  expect(snapshot).toMatchObject({ votesUsed: 110, excluded: { unsure: 7, late: 0, duplicate: 0, withdrawn: 0 } })
  expect(snapshot!.converged).toMatch(/^converged after \d+ steps$/)
})

test('“don’t know” does not move a digit', async () => {
  const one = await arena({ models: named })
  const { rows: before } = await count(one, connected)
    .then(() => refreshRatings(one.ctx, one.study.id))
    .then(() => boardOf(one))
  await count(one, [[0, 1, 'unsure', 500]])
  await refreshRatings(one.ctx, one.study.id)
  const { rows, snapshot } = await boardOf(one)
  expect(rows).toEqual(before)
  expect(snapshot!.excluded).toMatchObject({ unsure: 507 })
})

test('nothing is stored when nothing changed, and nothing before the first vote', async () => {
  const house = await arena({ models: named })
  expect(await refreshRatings(house.ctx, house.study.id)).toBe(0)
  await count(house, connected)
  await refreshRatings(house.ctx, house.study.id)
  expect(await refreshRatings(house.ctx, house.study.id)).toBe(0)
  expect(await snapshots(house.ctx)).toHaveLength(2)
})

test('a category has a fit of its own, and only the boards that changed get a snapshot', async () => {
  const house = await arena({ models: named })
  await count(house, connected)
  await count(
    house,
    [
      [1, 0, 'model_a', 40],
      [0, 1, 'model_a', 1],
    ],
    'counting',
  )
  expect(await refreshRatings(house.ctx, house.study.id)).toBe(3)
  expect((await boardOf(house, '?category=counting')).rows[0]!.model.name).toBe('Ben')
  expect((await boardOf(house, '?category=charts')).rows[0]!.model.name).toBe('Ann')
  expect((await boardOf(house)).categories).toEqual([
    { category: 'counting', votes: 41 },
    { category: 'charts', votes: 110 },
  ])
  await count(house, [[0, 1, 'tie', 1]], 'counting')
  expect(await refreshRatings(house.ctx, house.study.id)).toBe(2)
})

test('a model that only wins, one that only loses and one without votes get no number, and the board says why', async () => {
  const models = ['Ann', 'Ben', 'Cas', 'Dot', 'Eve'].map((name) => ({ name }))
  const house = await arena({ models })
  await count(house, [
    [0, 1, 'model_a', 3],
    [1, 2, 'tie', 4],
    [2, 3, 'model_a', 5],
  ])
  await refreshRatings(house.ctx, house.study.id)
  const { rows, snapshot } = await boardOf(house)
  const line = (name: string) => rows.find(({ model }) => model.name === name)!
  expect(line('Ann')).toMatchObject({ elo: null, low: null, high: null, standing: 'unbeaten' })
  expect(line('Dot')).toMatchObject({ elo: null, standing: 'winless' })
  expect(line('Eve')).toMatchObject({ elo: null, standing: 'no-votes', votes: 0 })
  expect(line('Ben')).toMatchObject({ elo: 1000, standing: 'rated' })
  expect(rows.map(({ model }) => model.name)).toEqual(['Ben', 'Cas', 'Ann', 'Dot', 'Eve'])
  expect(snapshot!.notes).toEqual([
    'Has lost to nobody yet, so any high rating would fit: Ann.',
    'Has won against nobody yet, so any low rating would fit: Dot.',
    // The votes of this study are counts alone: nothing says whose they are.
    'The bounds take every vote for independent, and are too narrow where one rater cast many.',
  ])
})

test('where nobody can be rated yet the board says so', async () => {
  const house = await arena({ models: named })
  await count(house, [[0, 1, 'model_a', 3]])
  await refreshRatings(house.ctx, house.study.id)
  const { rows, snapshot } = await boardOf(house)
  expect(rows.every(({ elo }) => elo === null)).toBe(true)
  expect(snapshot!.notes[0]).toMatch(/no finite rating exists yet/)
  expect(snapshot!.converged).toBe('nothing to fit')
})

test('groups that never met are not compared', async () => {
  const house = await arena({ models: named })
  await count(house, [
    [0, 1, 'tie', 3],
    [2, 3, 'tie', 3],
  ])
  await refreshRatings(house.ctx, house.study.id)
  const { rows, snapshot } = await boardOf(house)
  expect(rows.filter(({ standing }) => standing === 'rated')).toHaveLength(2)
  expect(rows.filter(({ standing }) => standing === 'apart')).toHaveLength(2)
  expect(snapshot!.notes[0]).toMatch(/never met/)
})

test('a batched board waits for 200 votes, then for an hour and 200 more', async () => {
  const house = await arena({ models: named, publishing: 'batched' })
  const refresh = () => refreshRatings(house.ctx, house.study.id)
  await count(house, connected)
  expect(await refresh()).toBe(0)
  await count(house, [[0, 2, 'model_a', 90]])
  expect(await refresh()).toBe(2)
  await count(house, [[0, 2, 'model_b', 199]])
  await house.ctx.sql`update snapshots set created_at = now() - interval '2 hours'`
  expect(await refresh()).toBe(0)
  await count(house, [[0, 2, 'model_b', 1]])
  await house.ctx.sql`update snapshots set created_at = now() - interval '59 minutes'`
  expect(await refresh()).toBe(0)
  expect(house.queued.at(-1)).toEqual({ name: 'refresh-ratings', data: { studyId: house.study.id } })
  await house.ctx.sql`update snapshots set created_at = now() - interval '61 minutes'`
  expect(await refresh()).toBe(2)
})

test('one vote changes no byte that the public sees of a batched study', async () => {
  const house = await arena({ publishing: 'batched' })
  const seen = async () => [
    (await house.anonymous.get('/api/v1/boards')).body,
    (await house.anonymous.get(`/api/v1/boards/${house.study.slug}`)).body,
  ]
  const before = await seen()
  await house.asRater.cast((await house.asRater.lease()).cards[0]!, 'model_a')
  await refreshRatings(house.ctx, house.study.id)
  expect(await seen()).toEqual(before)
})

test('undone votes leave the fit, late ones that nobody lacked are counted as left out', async () => {
  const house = await arena({ models: [{ name: 'One' }, { name: 'Two' }], study: { quotaPerPair: 2 } })
  const { asRater, ctx, study } = house
  const vote = await asRater.cast((await asRater.lease()).cards[0]!, 'tie')
  await refreshRatings(ctx, study.id)
  expect((await boardOf(house)).snapshot!.votesUsed).toBe(1)
  await asRater.post(`/api/v1/votes/${vote.id}/withdraw`)
  await refreshRatings(ctx, study.id)
  expect((await boardOf(house)).snapshot).toMatchObject({ votesUsed: 0, excluded: { withdrawn: 1 } })
})

test('the same board is sent once: the second time its mark is enough', async () => {
  const { app, anonymous, study } = await arena()
  const url = `/api/v1/boards/${study.slug}`
  const first = await anonymous.get(url)
  const again = await app.inject({ method: 'GET', url, headers: { 'if-none-match': String(first.headers.etag) } })
  expect(again.statusCode).toBe(304)
  expect(again.body).toBe('')
})

test('visitors see released models, the team sees all', async () => {
  const house = await arena({ models: named })
  await house.ctx.sql`update models set released_at = null where slug = 'ann'`
  expect((await boardOf(house)).rows).toHaveLength(3)
  const { rows } = (await house.asAdmin.get(`/api/v1/boards/${house.study.slug}`)).json<Board>()
  expect(rows).toHaveLength(4)
})

test('a board exports as CSV that no spreadsheet runs', async () => {
  const models = [{ name: '=HYPERLINK("x")', organisation: 'A, B' }, { name: 'Two' }]
  const house = await arena({ models })
  await count(house, [[0, 1, 'tie', 2]])
  await refreshRatings(house.ctx, house.study.id)
  const reply = await house.anonymous.get(`/api/v1/boards/${house.study.slug}/export.csv`)
  expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8')
  const lines = reply.body.split('\r\n')
  expect(lines[0]).toMatch(/^rank_best,rank_worst,model,organisation,/)
  expect(lines.find((line) => line.includes('HYPERLINK'))).toContain(`"'=HYPERLINK(""x"")","A, B"`)
})

test('a draft has no board, nor has a study that does not exist', async () => {
  const { anonymous, ctx, study } = await arena()
  await ctx.sql`update studies set status = 'draft'`
  expect((await anonymous.get(`/api/v1/boards/${study.slug}`)).statusCode).toBe(404)
  expect((await anonymous.get('/api/v1/boards')).json()).toEqual([])
  expect((await anonymous.get('/api/v1/boards/none')).statusCode).toBe(404)
})

test('models that nothing tells apart stand in the order of their names', async () => {
  const house = await arena({ models: named.slice(0, 3) })
  await house.ctx.sql`update models set name = 'Zoe' where slug = 'ann'`
  expect((await boardOf(house)).rows.map(({ model }) => model.name)).toEqual(['Ben', 'Cas', 'Zoe'])
})

test('the list of boards says how many models and queries each has, without those held back', async () => {
  const { anonymous, ctx, study } = await arena({ models: named })
  await ctx.sql`update queries set held_at = now() where id in (select id from queries limit 4)`
  const { slug, name } = study
  expect((await anonymous.get('/api/v1/boards')).json()).toEqual([
    {
      slug,
      name,
      status: 'open',
      publishing: 'live',
      sample: false,
      archived: false,
      models: 4,
      queries: 8,
      votes: 0,
      raters: 0,
    },
  ])
})

test('a board shows the newest whole run of each model: samples in a sample study, published splits elsewhere', async () => {
  const house = await arena({ models: named })
  const run = (split: string, value: number, more: Partial<WrittenRun> = {}) =>
    writeRun(house, { model: 0, benchmark: 'chartqa', split, value, ...more })
  await run('test', 0.5)
  const newest = await run('test', 0.6, { status: 'finalised' })
  await run('test', 0.9, { status: 'incomplete' })
  await run('test', 0.9, { limit: 10 })
  const part = await run('test', 0.9, { examples: 1250 })
  await run('test', 0.9, { profile: 'molmo' })
  const sample = await run('sample', 0.25)
  const scoreOf = ({ rows }: Board) => rows.find(({ model }) => model.name === 'Ann')!.scores.chartqa
  const published = await boardOf(house)
  expect(published.benchmarks).toEqual([{ id: 'chartqa', title: 'ChartQA', split: 'test', profile: 'official' }])
  expect(scoreOf(published)).toMatchObject({ value: 0.6, n: 24, runId: newest })
  const shown = (await house.asAdmin.get(`/api/v1/runs/${part}`)).json<Run>()
  expect(shown).toMatchObject({ partOf: 2500, examples: 1250 })
  expect(shown.remarks[0]!.words).toBe('partial: 1250 of 2500 examples of the split; it stands on no board')
  await house.ctx.sql`update runs set finished_at = '2026-03-01T12:00:00Z'`
  expect(scoreOf(await boardOf(house)), 'of two that end at once, the one begun later').toMatchObject({ runId: newest })
  await house.ctx.sql`update studies set sample = true`
  const samples = await boardOf(house)
  expect(samples.benchmarks).toEqual([{ id: 'chartqa', title: 'ChartQA', split: 'sample', profile: 'official' }])
  expect(scoreOf(samples)).toMatchObject({ value: 0.25, runId: sample })
})

test('where gold answers are withheld, a board and its CSV show what the server said of the run, marked so', async () => {
  const house = await arena({ models: named })
  const { sql } = house.ctx
  const withheld = async () => {
    const id = await writeRun(house, { model: 0, benchmark: 'docvqa', split: 'test', value: 0 })
    await sql`update runs set metrics = ${JSON.stringify([{ name: 'ANLS', value: null, low: null, high: null, n: 0 }])}::text::jsonb where id = ${id}`
    return id
  }
  const serve = (runId: number, value: number, matches: boolean) => sql`
    insert into server_scores (run_id, server, phase, date, file_name, file_sha256, file_matches_run, score_text, scores)
    values (${runId}, 'RRC', 'test', '2026-03-14', 'f.json', 'f', ${matches}, 'x', ${JSON.stringify([{ name: 'ANLS', value }])}::text::jsonb)`
  const scoreOf = async () =>
    (await boardOf(house)).rows.find(({ model }) => model.name === 'Ann')!.scores.docvqa ?? null
  const scored = await withheld()
  expect(await scoreOf()).toBeNull()
  await serve(scored, 0.99, false)
  expect(await scoreOf()).toBeNull()
  await serve(scored, 0.88, true)
  await withheld()
  const serverScored = { server: 'RRC', phase: 'test', date: '2026-03-14' }
  expect(await scoreOf()).toEqual({
    value: 0.88,
    low: null,
    high: null,
    n: 5188,
    runId: scored,
    serverScored,
    departures: [],
  })
  await writeRun(house, { model: 1, benchmark: 'docvqa', split: 'test', value: 0.5 })
  const reply = await house.anonymous.get(`/api/v1/boards/${house.study.slug}/export.csv`)
  const [head, ...lines] = reply.body.trimEnd().split('\r\n')
  expect(head!.split(',').slice(-3)).toEqual(['docvqa', 'server_scored', 'not_as_published'])
  const ends = Object.fromEntries(lines.map((line) => [line.split(',')[2], line.split(',').slice(-3)]))
  expect(ends).toMatchObject({ Ann: ['88.00', 'docvqa', ''], Ben: ['50.00', '', ''], Cas: ['', '', ''] })
})

test('a score whose requests depart from the published protocol says in what, on the board, its page and its CSV', async () => {
  const house = await arena({ models: named })
  const { sql } = house.ctx
  const id = await writeRun(house, { model: 0, benchmark: 'chartqa', split: 'test', value: 0.5 })
  await writeRun(house, { model: 1, benchmark: 'chartqa', split: 'test', value: 0.4 })
  const members = [{ name: 'temperature', value: 0.6, origin: 'endpoint', definition: 0 }]
  await sql`update runs set request = ${JSON.stringify({ path: '/chat/completions', members })}::text::jsonb,
    settings = settings || '{"pictures": {"longestSide": 512}}' where id = ${id}`
  const departures = [
    'temperature is 0.6, published with 0',
    'pictures are sent at most 512 px a side, published as they are',
  ]
  const { rows } = await boardOf(house)
  const said = Object.fromEntries(rows.map(({ model, scores }) => [model.name, scores.chartqa?.departures]))
  expect(said).toMatchObject({ Ann: departures, Ben: [] })
  const { scores } = (await house.anonymous.get('/api/v1/benchmarks/chartqa/scores')).json<BenchmarkScores>()
  expect(scores.find(({ runId }) => runId === id)).toMatchObject({ departures })
  const lines = (await house.anonymous.get(`/api/v1/boards/${house.study.slug}/export.csv`)).body
    .trimEnd()
    .split('\r\n')
  const ends = Object.fromEntries(lines.map((line) => [line.split(',')[2], line.split(',').at(-1)]))
  expect(ends).toMatchObject({ Ann: 'chartqa', Ben: '' })
})

test('a column holds one scoring profile: without a judge until a run has one', async () => {
  const house = await arena({ models: named })
  const mathvista = { benchmark: 'mathvista', split: 'testmini' }
  await writeRun(house, { model: 0, value: 0.4, profile: 'no_judge', ...mathvista })
  expect((await boardOf(house)).benchmarks).toMatchObject([{ profile: 'no_judge' }])
  await writeRun(house, { model: 1, value: 0.5, profile: 'official', ...mathvista })
  const { benchmarks, rows } = await boardOf(house)
  expect(benchmarks).toMatchObject([{ profile: 'official' }])
  expect(rows.filter(({ scores }) => scores.mathvista).map(({ model }) => model.name)).toEqual(['Ben'])
})

test('the academic average is of all eleven benchmarks, and absent when one is missing or when they are samples', async () => {
  const house = await arena({ models: named })
  const [last, ...others] = paperTable.benchmarks
  for (const { id, split } of others) await writeRun(house, { model: 0, benchmark: id, split, value: 0.5 })
  const averageOf = async () => (await boardOf(house)).rows.find(({ model }) => model.name === 'Ann')!.average
  expect(await averageOf()).toBeNull()
  await writeRun(house, { model: 0, benchmark: last!.id, split: last!.split, value: 0.72 })
  const average = await averageOf()
  expect(average!.value).toBeCloseTo((10 * 0.5 + 0.72) / 11, 12)
  // Eleven independent errors of ± 0.1.
  expect(average!.high! - average!.value).toBeCloseTo(0.1 / Math.sqrt(11), 12)
  for (const { id } of paperTable.benchmarks)
    await writeRun(house, { model: 0, benchmark: id, split: 'sample', value: 0.5 })
  await house.ctx.sql`update studies set sample = true`
  expect(await averageOf()).toBeNull()
})

test('a line says how far it can be trusted: its votes against the threshold, both-bad rate, and win rates', async () => {
  const house = await arena({ models: named })
  await count(house, [...connected, [0, 1, 'model_a', 280]])
  await refreshRatings(house.ctx, house.study.id)
  const { rows, snapshot } = await boardOf(house)
  const line = (name: string) => rows.find(({ model }) => model.name === name)!
  expect(snapshot!.parameters.minimumVotes).toBe(300)
  expect(rows.map(({ model, preliminary }) => [model.name, preliminary])).toContainEqual(['Ann', false])
  expect(line('Dot')).toMatchObject({ votes: 30, preliminary: true, bothBadRate: 1 / 3, averageWinRate: 0.5 })
  expect(line('Ben').averageWinRate).toBeCloseTo((10 / 320 + 25 / 40) / 2, 12)
  const chance = (gap: number) => 1 / (1 + 10 ** (-gap / 400))
  const gaps = ['Ben', 'Cas', 'Dot'].map((name) => line('Ann').elo! - line(name).elo!)
  expect(Math.max(...gaps)).toBeGreaterThan(400)
  expect(line('Ann').expectedWinRate).toBeCloseTo(gaps.reduce((sum, gap) => sum + chance(gap), 0) / 3, 12)
})

test('a board says how many votes would have to go for its second model to lead', async () => {
  const house = await arena({ models: named.slice(0, 2) })
  await count(house, [
    [0, 1, 'model_a', 12],
    [0, 1, 'model_b', 10],
  ])
  await refreshRatings(house.ctx, house.study.id)
  expect((await boardOf(house)).snapshot!.topFlip).toMatchObject({ first: 'Ann', second: 'Ben', votes: 3 })
  for (const hidden of ['ann', 'ben']) {
    await house.ctx.sql`update models set released_at = case when slug <> ${hidden} then now() end`
    expect((await boardOf(house)).snapshot!.topFlip, `${hidden} may not be named`).toBeNull()
  }
})

test('a refit takes reasons and raters from counts', async () => {
  const house = await arena({ models: named.slice(0, 2), study: { quotaPerPair: 3 } })
  const { asRater, newRater, ctx, study } = house
  const second = await newRater()
  const [mine] = (await asRater.lease()).cards
  const [late, other] = (await second.lease(2)).cards
  await asRater.cast(mine!, 'model_a')
  const undone = await second.cast(other!, 'model_b')
  await second.post(`/api/v1/votes/${undone.id}/withdraw`)
  await ctx.sql`update battles set leased_until = now() - interval '1 hour' where id = ${late!.battleId}`
  await ctx.sql`update studies set quota_per_pair = 1`
  const last = await second.cast(late!, 'tie')
  await refreshRatings(ctx, study.id)
  expect((await boardOf(house)).snapshot).toMatchObject({
    votesUsed: 1,
    raters: 1,
    lastVoteId: last.id,
    excluded: { unsure: 0, late: 1, duplicate: 0, withdrawn: 1 },
  })
})

test('a large live board goes on with the bounds of an earlier reading, says how old they are, and reads no vote for them', async () => {
  const house = await arena({ models: named.slice(0, 3) })
  const { ctx, study } = house
  const many = (model: number) =>
    count(house, [
      [0, 1, 'model_a', model],
      [1, 2, 'tie', model],
      [2, 0, 'model_b', model],
      [1, 0, 'model_a', model],
      [2, 1, 'model_a', model],
    ])
  await many(5000)
  await refreshRatings(ctx, study.id)
  const read = new Date().toISOString()
  const reading = { designEffect: 2, boundsVotes: 25_000, boundsAt: read }
  await ctx.sql`
    update snapshots set parameters = parameters || ${JSON.stringify(reading)}::text::jsonb, notes = '["Design."]'`
  const before = await boardOf(house)
  await ctx.sql`alter table votes rename to votes_elsewhere`
  await many(20)
  expect(await refreshRatings(ctx, study.id)).toBe(2)
  const after = await boardOf(house)
  expect(after.snapshot!.votesUsed).toBe(25_100)
  expect(after.snapshot!.parameters).toMatchObject(reading)
  expect(after.snapshot!.notes).toEqual([
    'Design.',
    `The widths of the bounds and the rank ranges are those of ${read.slice(0, 10)}, ${read.slice(11, 16)} UTC, when the raters and questions of 25,000 votes were read; 100 more votes are in the ratings.`,
  ])
  for (const row of after.rows) {
    const old = before.rows.find(({ model }) => model.slug === row.model.slug)!
    expect(row.high! - row.elo!).toBeCloseTo(old.high! - old.elo!, 9)
    expect([row.rankBest, row.rankWorst]).toEqual([old.rankBest, old.rankWorst])
  }
  // More than two in a hundred are new, or a decision moved votes: they are read again.
  await many(200)
  await expect(refreshRatings(ctx, study.id)).rejects.toThrow('"votes" does not exist')
  await ctx.sql`alter table votes_elsewhere rename to votes`
  expect(await refreshRatings(ctx, study.id)).toBe(2)
  expect((await boardOf(house)).snapshot!.notes).toEqual([expect.stringContaining('every vote for independent')])
})

test('of two votes of a rater on one query and pair the first counts', async () => {
  const house = await arena({ models: named.slice(0, 2), queries: 1 })
  const { asRater, ctx, study } = house
  const [first] = (await asRater.lease()).cards
  // Given back unseen, the query may be drawn again; then the vote on the first battle comes after all.
  await ctx.sql`update battles set released_at = now()`
  const [again] = (await asRater.lease()).cards
  await asRater.cast(again!, 'model_a')
  const { late } = await asRater.cast(first!, 'model_a')
  expect(late).toBe(true)
  await refreshRatings(ctx, study.id)
  expect((await boardOf(house)).snapshot).toMatchObject({ votesUsed: 1, excluded: { late: 0, duplicate: 1 } })
  expect((await recount(ctx)).differences).toEqual([])
})
