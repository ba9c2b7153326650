import { expect, test } from 'vitest'
import { Comparison, ComparisonMatrix, FlipPage } from '#server/comparisons/schema.ts'
import { arena } from '../../support/arena.ts'
import { fillRun } from '../../support/fill-run.ts'
import { writeRun } from '../../support/write-run.ts'

const written = { benchmark: 'chartqa', split: 'val', value: 0.5 }
const [human, augmented] = [['human'], ['augmented']]

/** Runs 1 and 2 of five examples on three pictures; run 2 has one more, one with other words, one without a score. */
async function twoRuns() {
  const made = await arena()
  const { ctx } = made
  const [a, b] = [await writeRun(made, { model: 0, ...written }), await writeRun(made, { model: 1, ...written })]
  const example = (id: string, picture: string, score: number | null, tags: string[], prompt?: string) => ({
    ...{ id, picture, score, tags, ...(prompt && { prompt }) },
  })
  await fillRun(ctx, a, [
    example('one', 'p', 1, human),
    example('two', 'p', 1, human),
    example('three', 'q', 1, augmented),
    example('four', 'r', 0, augmented),
    example('five', 'r', 0, augmented),
    example('reworded', 's', 1, augmented),
    example('lost', 't', null, augmented),
  ])
  // In another order: what belongs together is told by ids alone.
  await fillRun(ctx, b, [
    example('five', 'r', 0, augmented),
    example('two', 'p', 1, human),
    example('one', 'p', 0, human),
    example('four', 'r', 1, augmented),
    example('three', 'q', 0, augmented),
    example('reworded', 's', 0, augmented, 'Answer briefly. What is it?'),
    example('lost', 't', 1, augmented),
    example('more', 'u', 1, augmented),
  ])
  const pair = async (visitor = made.asAdmin, [one, other] = [a, b]) =>
    visitor.get(`/api/v1/comparisons/pair?a=${one}&b=${other}`)
  return { ...made, a, b, pair }
}

test('two runs: figures worked by hand, flips, sub-scores with Holm, and what is left out by why', async () => {
  const { a, b, pair, asAdmin } = await twoRuns()
  const found = Comparison.parse((await pair()).json())
  expect(found).toMatchObject({ a: { id: a }, b: { id: b }, differs: [], why: null })
  expect(found.leftOut).toEqual({ onlyA: 0, onlyB: 1, unscored: 1, otherPrompt: 1 })
  expect(found.overall).toMatchObject({ n: 5, pictures: 3, meanA: 0.6, meanB: 0.4 })
  expect(found.overall!.flips).toEqual({ aOnly: 2, bOnly: 1, both: 1, neither: 1, mcnemarP: 1 })
  expect(found.overall!.bounds!.standardError).toBeCloseTo(Math.sqrt(1.5 * 2.96) / 5, 12)
  expect(found.subScores.map(({ name, n, bounds }) => [name, n, bounds !== null])).toEqual([
    ['human', 2, false],
    ['augmented', 3, true],
  ])
  // One picture has no bound, so the other sub-score is tested alone.
  expect(found.subScores[1]!.holmP).toBe(found.subScores[1]!.bounds!.p)

  const flips = async (query = '') =>
    FlipPage.parse((await asAdmin.get(`/api/v1/comparisons/pair/flips?a=${a}&b=${b}${query}`)).json())
  expect((await flips()).flips.map(({ exampleId, a, b }) => [exampleId, a.score, b.score])).toEqual([
    ['one', 1, 0],
    ['three', 1, 0],
    ['four', 0, 1],
  ])
  expect(await flips('&way=b')).toMatchObject({ flips: [{ exampleId: 'four' }], next: null })
  const first = await flips('&limit=2')
  expect(first).toMatchObject({ next: 2 })
  expect((await flips(`&after=${first.next}`)).flips.map(({ exampleId }) => exampleId)).toEqual(['four'])
})

test('swapped, every figure is the same with its sign turned', async () => {
  const { a, b, pair, asAdmin } = await twoRuns()
  const [one, other] = [Comparison.parse((await pair()).json()), Comparison.parse((await pair(asAdmin, [b, a])).json())]
  expect(other.overall!.difference).toBeCloseTo(-one.overall!.difference, 14)
  expect(other.overall!.bounds!.p).toBeCloseTo(one.overall!.bounds!.p, 12)
  expect(other.overall!.flips).toMatchObject({ aOnly: 1, bOnly: 2 })
})

test.each([
  ['data_revision', "'other'", 'Not comparable: data revision r and other.'],
  ['scoring_profile', "'lmms_eval'", 'Not comparable: scoring official and lmms_eval.'],
  ['split', "'test'", 'Not comparable: split val and test.'],
  ['benchmark_version', '2', 'Not comparable: benchmark chartqa, version 1 and chartqa, version 2.'],
  ['data_revision', 'null', 'Not comparable: data revision r and not read whole yet.'],
])('runs with another %s (%s) are not compared, and it is said', async (column, value, why) => {
  const { ctx, a, b, pair, asAdmin } = await twoRuns()
  await ctx.sql`update runs set ${ctx.sql(column)} = ${ctx.sql.unsafe(value)} where id = ${b}`
  expect((await pair()).json()).toMatchObject({ overall: null, leftOut: null, why, subScores: [] })
  const flips = await asAdmin.get(`/api/v1/comparisons/pair/flips?a=${a}&b=${b}`)
  expect(flips.json()).toEqual({ flips: [], next: null })
})

test('a setting that bars nothing is named; words that were nowhere the same leave nothing to compare', async () => {
  const { ctx, b, pair } = await twoRuns()
  await ctx.sql`update runs set code_version = '1' where id = ${b}`
  expect((await pair()).json()).toMatchObject({ differs: [{ setting: 'Code', a: '0', b: '1', bars: false }] })
  await ctx.sql`update predictions set prompt = '[{"text": "chartqa: What is it?"}]' where run_id = ${b}`
  await ctx.sql`update predictions set score = 1 where score is null`
  expect((await pair()).json()).toMatchObject({
    overall: null,
    leftOut: { otherPrompt: 7 },
    why: 'Not comparable: no example was sent in the same words to both.',
  })
})

test('whoever may not see a run may not compare it: visitors before its model is released, raters of an open study at all', async () => {
  const { ctx, a, b, pair, anonymous, asRater, modelIds } = await twoRuns()
  await ctx.sql`update models set released_at = now()`
  expect((await pair(anonymous)).statusCode).toBe(200)
  expect((await pair(asRater)).statusCode).toBe(403)
  await ctx.sql`update models set released_at = null where id = ${modelIds[1]!}`
  expect((await pair(anonymous)).statusCode).toBe(404)
  expect((await anonymous.get(`/api/v1/comparisons/pair/flips?a=${a}&b=${b}`)).statusCode).toBe(404)
  expect((await anonymous.get(`/api/v1/comparisons/matrix?runs=${a},${b}`)).statusCode).toBe(404)
  expect((await pair(anonymous, [a, a])).statusCode).toBe(400)
})

test('a matrix holds every pair, with Holm over all that can be compared', async () => {
  const made = await twoRuns()
  const { ctx, a, b, asAdmin } = made
  const c = await writeRun(made, { model: 2, ...written })
  await ctx.sql`update runs set data_revision = 'other' where id = ${c}`
  const matrix = ComparisonMatrix.parse((await asAdmin.get(`/api/v1/comparisons/matrix?runs=${a},${b},${c}`)).json())
  expect(matrix.pairs.map(({ a, b, overall }) => [a, b, overall?.n])).toEqual([
    [0, 1, 5],
    [0, 2, undefined],
    [1, 2, undefined],
  ])
  expect(matrix.pairs[0]!.holmP).toBe(matrix.pairs[0]!.overall!.bounds!.p)
  expect(matrix.pairs[2]!.why).toBe('Not comparable: data revision r and other.')
})

test('as CSV: a line for the whole and one for each sub-score', async () => {
  const { a, b, asAdmin } = await twoRuns()
  const { body } = await asAdmin.get(`/api/v1/comparisons/pair.csv?a=${a}&b=${b}`)
  const lines = body.trim().split('\r\n')
  expect(lines.map((line) => line.split(',').slice(0, 3).join())).toEqual([
    'score,examples,pictures',
    'all,5,3',
    'human,2,1',
    'augmented,3,2',
  ])
  expect(new Set(lines.map((line) => line.split(',').length))).toEqual(new Set([18]))
})
