import { expect, test } from 'vitest'
import { matrixCsv } from '#server/boards/charts/chart-csv.ts'
import { readNewestFit } from '#server/snapshots/read-newest-fit.ts'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import type { Board } from '#server/boards/schema.ts'
import type {
  Battle,
  BattlePage,
  BoardModelDetail,
  CategoryBoards,
  Matrix,
  Scatter,
} from '#server/boards/charts/schema.ts'
import type { BoardFitTest, Stability } from '#server/boards/trust/schema.ts'
import { arena, type Arena } from '../../support/arena.ts'
import { giveVotes } from '../../support/give-votes.ts'
import { twinOf } from '../../support/twin-study.ts'
import { madeUpBoard } from '../../support/made-up-board.ts'

const named = ['Ann', 'Ben', 'Cas'].map((name) => ({ name }))

async function read<Reply>({ anonymous, study }: Arena, path: string): Promise<Reply> {
  const reply = await anonymous.get(`/api/v1/boards/${study.slug}/${path}`)
  if (reply.statusCode !== 200) throw new Error(reply.body)
  return reply.json<Reply>()
}

async function count(
  { ctx, study, modelIds }: Arena,
  tallies: [number, number, string, number][],
  category = 'charts',
) {
  for (const [a, b, verdict, votes] of tallies)
    await ctx.sql`
      insert into pair_counts (study_id, category, model_a, model_b, verdict, votes)
      values (${study.id}, ${category}, ${modelIds[a]!}, ${modelIds[b]!}, ${verdict}, ${votes})`
  await refreshRatings(ctx, study.id, { force: true })
}

test('a pair of the matrix adds both sides up, seen from the stronger model', async () => {
  const house = await arena({ models: named })
  await count(house, [
    [0, 1, 'model_a', 6],
    [1, 0, 'model_a', 2],
    [1, 0, 'model_b', 3],
    [1, 0, 'both_bad', 4],
    [0, 1, 'tie', 1],
    [0, 1, 'unsure', 9],
    [1, 2, 'tie', 5],
  ])
  const { models, pairs } = await read<Matrix>(house, 'matrix')
  expect(models.map(({ name }) => name)).toEqual(['Ann', 'Ben', 'Cas'])
  expect([pairs.row, pairs.column]).toEqual([
    [0, 1],
    [1, 2],
  ])
  expect([pairs.wins[0], pairs.losses[0], pairs.ties[0], pairs.bothBad[0]]).toEqual([9, 2, 1, 4])
  expect(pairs.rowFirst[0]).toBe(7)
  // One path joins the three, so the fit gives back what each pair showed.
  expect(pairs.expected[0]).toBeCloseTo((9 + 2.5) / 16, 4)
  expect(pairs.difference[0]).toBeCloseTo(0, 3)
})

test('a pair that scores other than its ratings expect shows by how many standard errors', async () => {
  const house = await arena({ models: named })
  await count(house, [
    [0, 1, 'model_a', 30],
    [1, 0, 'model_a', 10],
    [1, 2, 'model_a', 30],
    [2, 1, 'model_a', 10],
    [2, 0, 'model_a', 30],
    [0, 2, 'model_a', 10],
  ])
  const { pairs } = await read<Matrix>(house, 'matrix')
  // A circle of equals: each is expected to win half, and wins 30 of 40 or 10 of 40.
  expect(pairs.expected).toEqual([0.5, 0.5, 0.5])
  for (const difference of pairs.difference) expect(Math.abs(difference!)).toBeCloseTo(10 / Math.sqrt(10), 3)
})

test('the matrix of 200 models holds each of its pairs once and reads no vote', async () => {
  const house = await madeUpBoard({ models: 200, votes: 2, categories: ['general'] })
  const { models, pairs } = await read<Matrix>(house, 'matrix')
  expect(models).toHaveLength(200)
  const pairsThatMet = new Set(pairs.row.map((row, pair) => `${row} ${pairs.column[pair]!}`))
  expect(pairsThatMet.size).toBe(pairs.row.length)
  expect(pairs.row.length).toBeGreaterThan(19_000)
  for (const column of Object.values(pairs)) expect(column).toHaveLength(pairs.row.length)
})

test('a category has its own places, and tells what was gained against the board of all', async () => {
  const house = await arena({ models: named })
  await count(house, [
    [0, 1, 'model_a', 60],
    [1, 0, 'model_a', 20],
    [1, 2, 'model_a', 60],
    [2, 1, 'model_a', 20],
  ])
  await count(
    house,
    [
      [1, 0, 'model_a', 8],
      [0, 1, 'model_a', 2],
    ],
    'counting',
  )
  const { categories, minimumVotes } = await read<CategoryBoards>(house, 'categories')
  expect(categories.map(({ category, votes }) => [category, votes])).toEqual([
    ['counting', 10],
    ['charts', 160],
  ])
  const counting = categories[0]!.places
  expect(counting.map(({ model, place, gained }) => [model, place, gained])).toEqual([
    ['ann', 2, -1],
    ['ben', 1, 1],
    ['cas', null, null],
  ])
  expect(minimumVotes).toBeGreaterThan(10)
})

test('a row opens to its categories and to the models nearest by rating', async () => {
  const house = await madeUpBoard({ models: 12, votes: 20, categories: ['charts', 'general'] })
  const { rows } = (await house.anonymous.get(`/api/v1/boards/${house.study.slug}`)).json<Board>()
  const fifth = rows[4]!
  const { categories, rivals } = await read<BoardModelDetail>(house, `models/${fifth.model.slug}`)
  expect(categories.map(({ category }) => category)).toEqual(['general', 'charts'])
  const byDistance = rows
    .filter((row) => row !== fifth)
    .sort((one, other) => Math.abs(one.elo! - fifth.elo!) - Math.abs(other.elo! - fifth.elo!))
  expect(new Set(rivals.map(({ model }) => model.slug))).toEqual(
    new Set(byDistance.slice(0, 4).map(({ model }) => model.slug)),
  )
  for (const { wins, losses, ties, bothBad } of rivals) expect(wins + losses + ties + bothBad).toBeGreaterThan(0)
  expect((await house.anonymous.get(`/api/v1/boards/${house.study.slug}/models/nobody`)).statusCode).toBe(404)
})

test('a rival that a model never met stands beside it with no battle', async () => {
  const house = await arena({ models: named })
  await count(house, [
    [0, 1, 'model_a', 3],
    [1, 0, 'model_a', 1],
    [1, 2, 'model_a', 3],
    [2, 1, 'both_bad', 1],
  ])
  const { rivals } = await read<BoardModelDetail>(house, 'models/ann')
  expect(rivals).toMatchObject([
    { model: { slug: 'ben' }, wins: 3, losses: 1, ties: 0, bothBad: 0 },
    { model: { slug: 'cas' }, wins: 0, losses: 0, ties: 0, bothBad: 0 },
  ])
})

test('matrix and categories come as CSV with the same numbers', async () => {
  const house = await madeUpBoard({ models: 4, votes: 20, categories: ['charts'] })
  const { pairs } = await read<Matrix>(house, 'matrix')
  const url = `/api/v1/boards/${house.study.slug}`
  const [head, first, ...rest] = (await house.anonymous.get(`${url}/matrix.csv`)).body.trimEnd().split('\r\n')
  expect(head).toBe(
    'row,column,votes,wins,losses,ties,both_bad,row_shown_first,win_rate,decisive_win_rate,expected,difference',
  )
  expect(first!.split(',').slice(3, 7)).toEqual(
    [pairs.wins, pairs.losses, pairs.ties, pairs.bothBad].map((counts) => String(counts[0])),
  )
  expect(rest).toHaveLength(pairs.row.length - 1)
  const lines = (await house.anonymous.get(`${url}/categories.csv`)).body.trimEnd().split('\r\n')
  expect(lines).toHaveLength(5)
})

test('a pair in CSV counts ties and both bad as half a win', () => {
  const pairs = { row: [0], column: [1], wins: [4], losses: [2], ties: [1], bothBad: [3], rowFirst: [5] }
  const [, line] = matrixCsv({
    models: [{ name: 'Ann' }, { name: 'Ben' }],
    pairs: { ...pairs, expected: [0.625], difference: [-0.025] },
  } as Matrix).split('\r\n')
  expect(line).toBe('Ann,Ben,10,4,2,1,3,5,0.6000,0.6667,0.6250,-0.0250')
})

test('the scatter holds our own points and the paper’s apart, each with its line and correlations', async () => {
  const house = await madeUpBoard({ models: 12, votes: 30, categories: ['charts'], scores: true })
  const { here, paper } = await read<Scatter>(house, 'scatter')
  const { rows } = (await house.anonymous.get(`/api/v1/boards/${house.study.slug}`)).json<Board>()
  expect(here.points.map(({ slug }) => slug)).toEqual(
    rows.filter(({ average }) => average !== null).map(({ model }) => model.slug),
  )
  expect(here.points.length).toBeLessThan(rows.length)
  expect(here.points.reduce((sum, { offBy }) => sum + offBy!, 0)).toBeCloseTo(0, 6)
  expect(here.line![0]!.high).toBeGreaterThan(here.line![0]!.elo)
  expect(paper.points).toHaveLength(27)
  expect(paper.points.every(({ elo }) => elo.low === null)).toBe(true)
  expect(paper.pearson!.low).toBeLessThan(paper.pearson!.value)
  const names = new Set(here.points.map(({ name }) => name))
  expect(paper.points.some(({ name }) => names.has(name))).toBe(false)
  const csv = (await house.anonymous.get(`/api/v1/boards/${house.study.slug}/scatter.csv`)).body
  expect(csv.trimEnd().split('\r\n')).toHaveLength(here.points.length + 1)
})

test('neighbours tell how many votes are left until they separate', async () => {
  const house = await arena({ models: named })
  await count(house, [
    [0, 1, 'model_a', 210],
    [1, 0, 'model_a', 190],
    [1, 2, 'model_a', 300],
    [2, 1, 'model_a', 100],
    [0, 2, 'model_a', 300],
    [2, 0, 'model_a', 100],
  ])
  const { neighbours } = await read<Stability>(house, 'stability')
  expect(neighbours.map(({ above, below }) => [above.name, below.name])).toEqual([
    ['Ann', 'Ben'],
    ['Ben', 'Cas'],
  ])
  const [close, far] = neighbours
  expect(close!.votes).toBe(400)
  expect(close!.votesLeft).toBeCloseTo(1200 * ((1.959964 * close!.error) / close!.gap) ** 2 - 1200, -1)
  expect(far!.votesLeft).toBe(0)
})

test('two rated models are neighbours; without a vote there are none', async () => {
  const house = await arena({ models: named })
  expect(await read<Stability>(house, 'stability')).toEqual({ neighbours: [] })
  await count(house, [
    [0, 1, 'model_a', 6],
    [1, 0, 'model_a', 4],
  ])
  const { neighbours } = await read<Stability>(house, 'stability')
  expect(neighbours).toMatchObject([{ above: { name: 'Ann' }, below: { name: 'Ben' }, votes: 10 }])
  await count(house, [
    [0, 2, 'model_a', 8],
    [2, 0, 'model_a', 1],
  ])
  expect((await read<Stability>(house, 'stability')).neighbours, 'Ben and Cas never met').toMatchObject([
    { above: { name: 'Ann' }, below: { name: 'Ben' }, votes: 10 },
    { above: { name: 'Ben' }, below: { name: 'Cas' }, votes: 0 },
  ])
})

/** Five models of which the first three beat one another in a circle, with ties that say nothing of it. */
const circle: [number, number, string, number][] = [
  [0, 1, 'model_a', 75],
  [1, 0, 'model_a', 25],
  [1, 2, 'model_a', 70],
  [2, 1, 'model_a', 30],
  [2, 0, 'model_a', 74],
  [0, 2, 'model_a', 26],
  ...[0, 1, 2, 4].flatMap((other): [number, number, string, number][] => [
    [3, other, 'model_a', 21],
    [other, 3, 'model_a', 19],
    [other, 3, 'tie', 8],
    [3, other, 'both_bad', 5],
  ]),
  [4, 0, 'model_b', 3],
  [4, 0, 'model_a', 2],
]
const fiveModels = ['Ann', 'Ben', 'Cas', 'Dee', 'Eve'].map((name) => ({ name }))

test('a board tells by Pearson’s test of the decisive votes whether one scale holds them', async () => {
  const house = await arena({ models: fiveModels })
  await count(house, circle)
  const { models, test: tested, pairs } = await read<BoardFitTest>(house, 'fit')
  // Bare: wins by pair, strengths by gradient ascent, and the sum over wins and losses.
  const wins = Array.from({ length: 5 }, () => [0, 0, 0, 0, 0])
  for (const [a, b, verdict, votes] of circle) {
    if (verdict === 'model_a') wins[a]![b]! += votes
    if (verdict === 'model_b') wins[b]![a]! += votes
  }
  const strengths = [0, 0, 0, 0, 0]
  const chance = (i: number, j: number) => 1 / (1 + Math.exp(strengths[j]! - strengths[i]!))
  const met = (i: number, j: number) => wins[i]![j]! + wins[j]![i]!
  for (let step = 0; step < 5_000; step++) {
    const slopes = strengths.map((_, i) =>
      strengths.reduce((sum, __, j) => (i === j ? sum : sum + wins[i]![j]! - met(i, j) * chance(i, j)), 0),
    )
    slopes.forEach((slope, i) => (strengths[i]! += 0.005 * slope))
  }
  const cells = strengths
    .flatMap((_, i) => strengths.map((__, j) => [i, j] as const))
    .filter(([i, j]) => i !== j && met(i, j) > 0)
  const terms = cells.map(([i, j]) => (wins[i]![j]! - met(i, j) * chance(i, j)) ** 2 / (met(i, j) * chance(i, j)))
  const chiSquare = terms.reduce((sum, term) => sum + term, 0)
  expect(models).toBe(5)
  expect(tested!.chiSquare).toBeCloseTo(chiSquare, 6)
  expect(tested).toMatchObject({ votes: 465, pairs: 8, degreesOfFreedom: 4, thinPairs: 1 })
  // With four degrees of freedom the tail is e^(-x/2)·(1 + x/2).
  expect(tested!.pValue! / (Math.exp(-chiSquare / 2) * (1 + chiSquare / 2))).toBeCloseTo(1, 6)
  expect(tested!.critical).toBeCloseTo(2.734, 2) // 1 - 0.025/8
  expect(tested!.pairsBeyond).toBe(3)
  expect(
    pairs
      .slice(0, 3)
      .map(({ model, against }) => `${model.name} ${against.name}`)
      .sort(),
  ).toEqual(['Ann Ben', 'Ben Cas', 'Cas Ann'])
  const [worst] = pairs
  const [i, j] = [worst!.model, worst!.against].map(({ name }) => fiveModels.findIndex((model) => model.name === name))
  const p = chance(i!, j!)
  expect(worst!.expected).toBeCloseTo(p, 6)
  expect(worst!.observed).toBe(worst!.wins / 100)
  expect(worst!.residual).toBeCloseTo((worst!.wins - 100 * p) / Math.sqrt(100 * p * (1 - p)), 5)
  expect(pairs.map(({ residual }) => residual)).toEqual(pairs.map(({ residual }) => residual).toSorted((x, y) => y - x))
})

test('a circle of three is told as its three wins, and one with a model that may not be named is only counted', async () => {
  const house = await arena({ models: fiveModels })
  await count(house, circle)
  const { cyclesFound, cycles } = await read<BoardFitTest>(house, 'fit')
  expect(cyclesFound).toBe(1)
  expect(cycles[0]!.map(({ model, beats, wins, losses }) => [model.name, beats.name, wins, losses])).toEqual([
    ['Ann', 'Ben', 75, 25],
    ['Ben', 'Cas', 70, 30],
    ['Cas', 'Ann', 74, 26],
  ])
  await house.ctx.sql`update models set released_at = null where slug = 'ann'`
  const reply = await house.anonymous.get(`/api/v1/boards/${house.study.slug}/fit`)
  expect(reply.json()).toMatchObject({ cyclesFound: 1, cycles: [], test: { pairs: 8 } })
  expect(reply.body).not.toMatch(/ann/i)
})

test('the pairs come as CSV, all of them, and their squared residuals add up to the chi-square', async () => {
  const house = await madeUpBoard({ models: 12, votes: 20, categories: ['charts', 'general'] })
  const { test: tested, pairs } = await read<BoardFitTest>(house, 'fit?category=charts')
  const url = `/api/v1/boards/${house.study.slug}/fit.csv?category=charts`
  const [head, ...lines] = (await house.anonymous.get(url)).body.trimEnd().split('\r\n')
  expect(head).toBe('model,against,decisive_votes,wins,losses,observed,expected,residual')
  expect(pairs).toHaveLength(10)
  expect(lines).toHaveLength(tested!.pairs)
  const sum = lines.reduce((all, line) => all + Number(line.split(',').at(-1)) ** 2, 0)
  expect(sum).toBeCloseTo(tested!.chiSquare, 1)
})

test('a board whose decisive votes leave a rating infinite has no test, and one without votes nothing at all', async () => {
  const house = await arena({ models: named })
  expect(await read<BoardFitTest>(house, 'fit')).toEqual({
    models: 0,
    test: null,
    pairs: [],
    cyclesFound: 0,
    cycles: [],
  })
  await count(house, [
    [0, 1, 'model_a', 5],
    [0, 1, 'tie', 5],
    [1, 2, 'tie', 5],
  ])
  expect(await read<BoardFitTest>(house, 'fit')).toMatchObject({ models: 3, test: null, pairs: [], cyclesFound: 0 })
})

/** Votes cast by one rater, and the board that they moved. */
async function votedArena() {
  const house = await arena({ models: named.slice(0, 2), queries: 6 })
  const verdicts = ['model_a', 'model_b', 'tie', 'both_bad', 'unsure'] as const
  for (const verdict of verdicts) {
    const [card] = (await house.asRater.lease()).cards
    await house.asRater.cast(card!, verdict)
  }
  await refreshRatings(house.ctx, house.study.id, { force: true })
  return house
}

const pairOf = (house: Arena, query = '') => `/api/v1/boards/${house.study.slug}/battles?a=ann&b=ben${query}`

test('the battles of a pair are paged, and filtered by verdict whichever side a model stood on', async () => {
  const house = await votedArena()
  const first = (await house.asAdmin.get(pairOf(house, '&limit=3'))).json<BattlePage>()
  expect(first.votes).toHaveLength(3)
  const rest = (await house.asAdmin.get(pairOf(house, `&limit=3&before=${first.next!}`))).json<BattlePage>()
  expect(rest.votes).toHaveLength(2)
  expect(rest.next).toBeNull()
  const all = [...first.votes, ...rest.votes]
  const won = all.filter(({ verdict, modelA }) => verdict === (modelA === 'ann' ? 'model_a' : 'model_b'))
  const filtered = (await house.asAdmin.get(pairOf(house, '&verdict=model_a'))).json<BattlePage>()
  expect(filtered.votes).toEqual(won)
  const turned = (
    await house.asAdmin.get(pairOf(house).replace('a=ann&b=ben', 'a=ben&b=ann&verdict=model_b'))
  ).json<BattlePage>()
  expect(turned.votes).toEqual(won)
})

test('a vote opens to the question, the picture and both answers under their names', async () => {
  const house = await votedArena()
  const { votes } = (await house.asAdmin.get(pairOf(house))).json<BattlePage>()
  const reply = await house.asAdmin.get(`/api/v1/boards/${house.study.slug}/battles/${votes[0]!.id}`)
  const battle = reply.json<Battle>()
  expect([battle.nameA, battle.nameB].sort()).toEqual(['Ann', 'Ben'])
  expect(battle.answerA.text).toMatch(/Answer to question/)
  expect(battle.image).toMatchObject({ width: 40, height: 30 })
  expect(battle.vote).toEqual(votes[0])
})

test('a vote of another study is not on this board, nor is any before the first snapshot', async () => {
  const house = await votedArena()
  const { votes } = (await house.asAdmin.get(pairOf(house))).json<BattlePage>()
  const twin = await twinOf(house.ctx, house.study)
  const board = `/api/v1/boards/${twin.slug}/battles`
  expect((await house.asAdmin.get(`${board}/${votes[0]!.id}`)).statusCode).toBe(404)
  await house.ctx.sql`delete from snapshots`
  expect((await house.asAdmin.get(pairOf(house))).json<BattlePage>()).toMatchObject({ votes: [], next: null })
})

test('while a study is open its battles are for researchers; when it has closed they are for everybody', async () => {
  const house = await votedArena()
  const { votes } = (await house.asAdmin.get(pairOf(house))).json<BattlePage>()
  const one = `/api/v1/boards/${house.study.slug}/battles/${votes[0]!.id}`
  for (const url of [pairOf(house), one]) {
    const reply = await house.anonymous.get(url)
    expect(reply.json<{ type: string }>().type).toBe('/problems/battles-closed')
    expect((await house.asRater.get(url)).json<{ type: string }>().type).toBe('/problems/rating-blind')
  }
  await house.ctx.sql`update studies set status = 'closed' where id = ${house.study.id}`
  for (const visitor of [house.anonymous, house.asRater])
    for (const url of [pairOf(house), one]) expect((await visitor.get(url)).statusCode).toBe(200)
})

test('a rater of an open study reads nothing of its charts', async () => {
  const house = await madeUpBoard({ models: 3, votes: 5, categories: ['charts'] })
  for (const path of [
    ...['matrix', 'matrix.csv', 'categories', 'categories.csv', 'scatter', 'scatter.csv', 'stability', 'stability.csv'],
    ...['fit', 'fit.csv', 'fragility', 'fragility.csv'],
    'models/aster-72b-instruct',
  ]) {
    const reply = await house.asRater.get(`/api/v1/boards/${house.study.slug}/${path}`)
    expect(reply.json<{ type: string }>().type).toBe('/problems/rating-blind')
  }
})

test('votes that were withdrawn, that count for nothing or that are newer than the snapshot are not shown', async () => {
  const house = await votedArena()
  const [card] = (await house.asRater.lease()).cards
  await house.asRater.cast(card!, 'tie')
  const [newest] = (await house.asAdmin.get(pairOf(house))).json<BattlePage>().votes
  expect((await house.asAdmin.get(pairOf(house))).json<BattlePage>().votes).toHaveLength(5)
  await house.ctx.sql`update votes set withdrawn_at = now() where id = ${newest!.id}`
  expect((await house.asAdmin.get(pairOf(house))).json<BattlePage>().votes).toHaveLength(4)
  const one = `/api/v1/boards/${house.study.slug}/battles/${newest!.id}`
  expect((await house.asAdmin.get(one)).statusCode).toBe(404)
  await house.ctx.sql`update votes set withdrawn_at = null, counted = false, left_out = 'late' where id = ${newest!.id}`
  expect((await house.asAdmin.get(pairOf(house))).json<BattlePage>().votes).toHaveLength(4)
  expect((await house.asAdmin.get(one)).statusCode).toBe(404)
})

test('a view of one study shows its own votes, also where another of the same models was rated later', async () => {
  const house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }] })
  const { ctx, study, modelIds } = house
  const twin = await twinOf(ctx, study)
  await giveVotes(house, Array(10).fill({ a: 0, b: 1, verdict: 'model_a' }))
  await refreshRatings(ctx, study.id, { force: true })
  await giveVotes({ ctx, study: twin, modelIds }, Array(30).fill({ a: 0, b: 1, verdict: 'tie' }))
  await refreshRatings(ctx, twin.id, { force: true })
  expect((await readNewestFit(ctx, study.id, null))?.votesUsed).toBe(10)
  expect((await readNewestFit(ctx, twin.id, null))?.votesUsed).toBe(30)
})
