import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { bootstrap, summariseBootstrap } from '#server/ratings/bounds/bootstrap.ts'
import { compareCounts } from '#server/ratings/votes/comparisons.ts'
import { countVotes, verdictCode, type PairCounts, type Votes } from '#server/ratings/votes/counts.ts'
import { graphReport } from '#server/ratings/graph.ts'
import { sandwichCovariance, standardErrors } from '#server/ratings/bounds/intervals.ts'
import { fitTieModel } from '#server/ratings/fits/tie-models.ts'
import { compareVotes, groupVotes } from '#server/ratings/votes/vote-groups.ts'

interface Row {
  a: number
  b: number
  verdict: number
  weight: number
}

const models = 6

function votesOf(rows: Row[], weighted = false): Votes {
  return {
    models,
    a: Int32Array.from(rows, ({ a }) => a),
    b: Int32Array.from(rows, ({ b }) => b),
    verdict: Uint8Array.from(rows, ({ verdict }) => verdict),
    ...(weighted && { weight: Float64Array.from(rows, ({ weight }) => weight) }),
  }
}

const compare = (rows: Row[]) => compareCounts(countVotes(votesOf(rows)))
const rate = (rows: Row[]) => fitBradleyTerry(compare(rows)).ratings

const row = fc
  .record({
    a: fc.integer({ min: 0, max: models - 1 }),
    step: fc.integer({ min: 1, max: models - 1 }),
    verdict: fc.integer({ min: 0, max: 3 }),
    weight: fc.integer({ min: 1, max: 40 }).map((weight) => weight / 8 + 0.1),
  })
  .map(({ a, step, verdict, weight }): Row => ({ a, b: (a + step) % models, verdict, weight }))

/** Votes under which every model has a finite rating. */
const connected = fc
  .array(row, { minLength: 30, maxLength: 120 })
  .filter((rows) => graphReport(compare(rows)).connected)

const shuffled = connected.chain((rows) =>
  fc.record({ rows: fc.constant(rows), again: fc.shuffledSubarray(rows, { minLength: rows.length }) }),
)

const turned = ({ a, b, verdict, weight }: Row): Row => ({
  a: b,
  b: a,
  verdict: verdict < 2 ? 1 - verdict : verdict,
  weight,
})

function expectClose(ours: ArrayLike<number>, theirs: ArrayLike<number>, tolerance = 1e-6) {
  for (let i = 0; i < ours.length; i++) expect(Math.abs(ours[i]! - theirs[i]!)).toBeLessThan(tolerance)
}

describe('whatever the votes', () => {
  test('shuffling them changes no bit of ratings, errors and bootstrap', () => {
    fc.assert(
      fc.property(shuffled, ({ rows, again }) => {
        const all = (list: Row[]) => {
          const comparisons = compare(list)
          const { strengths } = fitBradleyTerry(comparisons)
          const rounds = bootstrap(groupVotes(votesOf(list)), strengths, { seed: 3, rounds: 20 })
          return [strengths, standardErrors(sandwichCovariance(comparisons, strengths)), rounds.ratings]
        }
        expect(all(again)).toEqual(all(rows))
      }),
      { numRuns: 40 },
    )
  })

  test('shuffling weighted ones changes no bit of the comparisons', () => {
    fc.assert(
      fc.property(shuffled, ({ rows, again }) => {
        expect(compareVotes(votesOf(again, true))).toEqual(compareVotes(votesOf(rows, true)))
      }),
      { numRuns: 40 },
    )
  })

  test('swapping every left and right changes nothing', () => {
    fc.assert(
      fc.property(connected, (rows) => {
        expect(rate(rows.map(turned))).toEqual(rate(rows))
      }),
      { numRuns: 40 },
    )
  })

  test('renaming models renames their ratings', () => {
    const renaming = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: models })
    fc.assert(
      fc.property(connected, renaming, (rows, names) => {
        const renamed = rate(rows.map((one) => ({ ...one, a: names[one.a]!, b: names[one.b]! })))
        const ratings = rate(rows)
        expectClose(
          ratings,
          names.map((name) => renamed[name]!),
        )
      }),
      { numRuns: 40 },
    )
  })

  test('counting a file in two parts and adding up gives the whole', () => {
    fc.assert(
      fc.property(connected, fc.nat(), (rows, at) => {
        const cut = at % rows.length
        const parts = [rows.slice(0, cut), rows.slice(cut)].map((part) => countVotes(votesOf(part)))
        expect(compareCounts(joined(parts))).toEqual(compare(rows))
      }),
      { numRuns: 40 },
    )
  })

  test('one more win never lowers the winner nor raises the loser', () => {
    fc.assert(
      fc.property(connected, row, (rows, { a, b, weight }) => {
        const before = rate(rows)
        const after = rate([...rows, { a, b, verdict: verdictCode.model_a, weight }])
        expect(after[a]! - before[a]!).toBeGreaterThan(-1e-6)
        expect(after[b]! - before[b]!).toBeLessThan(1e-6)
      }),
      { numRuns: 60 },
    )
  })

  test('a round of the bootstrap is the same drawn alone or among others', () => {
    fc.assert(
      fc.property(connected, (rows) => {
        const groups = groupVotes(votesOf(rows))
        const { strengths } = fitBradleyTerry(compare(rows))
        const draw = (firstRound: number, rounds: number) =>
          bootstrap(groups, strengths, { seed: 7, firstRound, rounds })
        const parts = [draw(0, 13), draw(13, 7)]
        expect([...parts[0]!.ratings, ...parts[1]!.ratings]).toEqual([...draw(0, 20).ratings])
        expect(summariseBootstrap(draw(0, 20)).nonFinite).toBe(parts[0]!.nonFinite + parts[1]!.nonFinite)
      }),
      { numRuns: 25 },
    )
  })

  test('without ties both tie models are plain Bradley–Terry', () => {
    fc.assert(
      fc.property(connected, (rows) => {
        const decisive = rows.map((one) => ({ ...one, verdict: one.verdict % 2 }))
        fc.pre(graphReport(compare(decisive)).connected)
        const counts = countVotes(votesOf(decisive))
        for (const model of ['davidson', 'rao-kupper'] as const) {
          const fit = fitTieModel(model, counts)
          expect(fit.tieParameter).toBe(0)
          expectClose(fit.ratings, rate(decisive))
        }
      }),
      { numRuns: 20 },
    )
  })
})

/** Counts of several parts behind one another: a pair may come twice. */
function joined(parts: PairCounts[]): PairCounts {
  const ints = (pick: (part: PairCounts) => Int32Array) => Int32Array.from(parts.flatMap((part) => [...pick(part)]))
  const floats = (pick: (part: PairCounts) => Float64Array) =>
    Float64Array.from(parts.flatMap((part) => [...pick(part)]))
  return {
    models,
    a: ints(({ a }) => a),
    b: ints(({ b }) => b),
    winsA: floats(({ winsA }) => winsA),
    winsB: floats(({ winsB }) => winsB),
    ties: floats(({ ties }) => ties),
    bothBad: floats(({ bothBad }) => bothBad),
  }
}
