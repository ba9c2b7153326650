import { describe, expect, test } from 'vitest'
import { rateBoard } from '#server/ratings/board.ts'
import { votesToFlip } from '#server/ratings/evidence/votes-to-flip.ts'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { publishedRules, RulesNotMet, type BoardRules } from '#server/ratings/rules.ts'
import { pickRows } from '#server/ratings/votes/among.ts'
import { boardVotes } from '#server/ratings/votes/board-votes.ts'
import { countVotes } from '#server/ratings/votes/counts.ts'
import { compareGroups, groupCounts } from '#server/ratings/votes/vote-groups.ts'
import { items, raters, thirtyVotes, tokens, weights } from './thirty-votes.ts'

/** Votes written as "a>b" for a win of the left and "a=b" for a tie, models by letter. */
function write(text: string, models: number) {
  const games = text.split(' ')
  return boardVotes({
    models,
    a: Int32Array.from(games, (game) => game.charCodeAt(0) - 97),
    b: Int32Array.from(games, (game) => game.charCodeAt(2) - 97),
    verdict: Uint8Array.from(games, (game) => (game[1] === '=' ? 2 : 0)),
  })
}

const rules = (own: Partial<BoardRules> = {}): BoardRules => ({ ...publishedRules, ...own })
const thirty = { ...boardVotes({ ...thirtyVotes, rater: raters, item: items }, { tokens }), weight: weights }

describe('standings', () => {
  // f beats the core, a and b beat each other and the core, c to e are the core, g lost to it; h and i are apart, j unplayed.
  const from = write('f>c a>b b>a a>c b>d c>d d>e e>c d>g h>i', 10)
  const board = rateBoard(from, rules())
  const [list, other] = board.lists

  test('say why a model has no rating', () => {
    const standing = new Map(board.lists.flatMap(({ lines }) => lines.map((line) => [line.model, line.standing])))
    expect([...standing].sort(([x], [y]) => x - y).map(([, word]) => word)).toEqual([
      ...['apart', 'apart', 'rated', 'rated', 'rated', 'unbeaten', 'winless', 'unbeaten', 'winless'],
    ])
    expect(board.notes).toEqual([
      { about: 'unbeaten', models: [5, 7] },
      { about: 'winless', models: [6, 8] },
      { about: 'no-votes', models: [9] },
      { about: 'no-clusters' },
      { about: 'groups', groups: 2 },
    ])
  })

  test('those above every rating come first, then the rated, then those below', () => {
    const order = list!.lines.map(({ model }) => model)
    expect(new Set(order.slice(0, 3))).toEqual(new Set([0, 1, 5]))
    expect(new Set(order.slice(3, 6))).toEqual(new Set([2, 3, 4]))
    expect(order.slice(6)).toEqual([6])
    expect(other!.lines.map(({ model }) => model)).toEqual([7, 8])
    const priors = list!.lines.slice(0, 3).map(({ prior }) => prior!)
    expect(priors).toEqual(priors.toSorted((x, y) => y - x))
  })

  test('only the rated have numbers and ranks among themselves; the others have what a prior makes of them', () => {
    for (const { standing, rating, lower, upper, rankBest, rankWorst, prior, standardError } of list!.lines) {
      const numbers = [rating, lower, upper, rankBest, rankWorst, standardError]
      expect(numbers.every((value) => (value !== null) === (standing === 'rated'))).toBe(true)
      expect(prior === null).toBe(standing === 'rated')
      if (standing === 'rated') expect([rankBest, rankWorst]).toEqual([1, 3])
    }
    expect(list!.end).toMatchObject({ converged: true })
    expect([other!.end, other!.tieParameter, other!.evidence]).toEqual([null, null, null])
  })
})

test('equal ratings stand in the order of the models', () => {
  const board = rateBoard(write('a=b b=c c=a', 3), rules())
  expect(board.lists[0]!.lines.map(({ model, rating }) => [model, rating])).toEqual([
    [0, 1000],
    [1, 1000],
    [2, 1000],
  ])
})

describe('an anchor', () => {
  test('shifts ratings and bounds of its list alone', () => {
    const from = write('a>b b>a a>b c>d d>c d>c', 4)
    const [free, held] = [rateBoard(from, rules()), rateBoard(from, rules({ anchor: { model: 2, rating: 1200 } }))]
    const line = (board: typeof free, model: number) =>
      board.lists.flatMap(({ lines }) => lines).find((one) => one.model === model)!
    expect(line(held, 2).rating).toBeCloseTo(1200, 9)
    const shift = 1200 - line(free, 2).rating!
    expect(line(held, 3).lower! - line(free, 3).lower!).toBeCloseTo(shift, 9)
    expect(line(held, 3).upper! - line(free, 3).upper!).toBeCloseTo(shift, 9)
    expect(line(held, 3).standardError).toBe(line(free, 3).standardError)
    expect(line(held, 0)).toEqual(line(free, 0))
  })

  test('picks the models that are rated with it, and must have a rating', () => {
    const from = write('a>b b>a a>b c>d d>c d>e e>c a>c', 5)
    const rated = (own: Partial<BoardRules>) =>
      rateBoard(from, rules(own)).lists[0]!.lines.flatMap(({ model, standing }) => (standing === 'rated' ? model : []))
    expect(rated({}).sort()).toEqual([2, 3, 4])
    expect(rated({ anchor: { model: 1, rating: 900 } }).sort()).toEqual([0, 1])
    const lonely = write('a>b b>a c>a', 3)
    expect(() => rateBoard(lonely, rules({ anchor: { model: 2, rating: 900 } }))).toThrow('no finite rating')
  })
})

describe('rules that votes or other rules do not allow', () => {
  test.each([
    [{ method: 'elo', weights: 'column' }, thirty, 'method-with-weights'],
    [{ method: 'davidson', weights: 'equal-pairs' }, thirty, 'method-with-weights'],
    [{ method: 'rao-kupper', weights: 'column' }, thirty, 'method-with-weights'],
    [{ style: true }, boardVotes(thirtyVotes), 'style'],
    [{ style: true }, boardVotes(thirtyVotes, {}), 'style'],
    [{ method: 'elo' }, { counts: thirty.counts }, 'single-votes'],
    [{ weights: 'column' }, boardVotes(thirtyVotes), 'weights'],
  ] as [Partial<BoardRules>, Parameters<typeof rateBoard>[0], string][])('%o: %#', (own, from, lack) => {
    const asked = () => rateBoard(from, rules(own))
    expect(asked).toThrow(RulesNotMet)
    expect(asked).toThrow(expect.objectContaining({ lack }))
  })

  test('weights go with a prior and with style', () => {
    expect(rateBoard(thirty, rules({ method: 'map', weights: 'column' })).interval).toBe('posterior')
    expect(rateBoard(thirty, rules({ style: true, weights: 'column' })).coefficients).toHaveLength(1)
  })
})

describe('models of ties', () => {
  test('rate what can be compared, and a list without a highest likelihood goes without', () => {
    const from = write('a>b b>a a=b b=c c>b c>a a>c d=e e=d', 5)
    const board = rateBoard(from, rules({ method: 'davidson' }))
    expect(board.lists.map(({ lines }) => lines.map(({ standing }) => standing))).toEqual([
      ['rated', 'rated', 'rated'],
      ['apart', 'apart'],
    ])
    expect(board.notes).toEqual([
      { about: 'tie-model' },
      { about: 'no-fit', models: [3, 4] },
      { about: 'groups', groups: 2 },
    ])
    expect(board.lists.map(({ tieParameter }) => tieParameter === null)).toEqual([false, true])
    expect(board.interval).toBe('model-based')
    expect(() => rateBoard(write('a=b b=a', 2), rules({ method: 'davidson' }))).toThrow('every vote is a tie')
  })
})

test('online Elo: the votes in their order, no bounds and no ranks', () => {
  const board = rateBoard(thirty, rules({ method: 'elo' }))
  expect([board.interval, board.notes]).toEqual(['none', [{ about: 'order-of-votes' }]])
  const [first] = board.lists[0]!.lines
  expect(first).toMatchObject({
    model: 0,
    standing: 'rated',
    lower: null,
    upper: null,
    standardError: null,
    rankBest: null,
  })
})

describe('evidence', () => {
  const asked = { evidence: true, anchor: { model: 3, rating: 950 }, interval: 'sandwich' } as const
  const board = rateBoard(thirty, rules(asked))
  const [list] = board.lists
  const line = (model: number) => list!.lines.find((one) => one.model === model)!

  test('of a list', () => {
    const { connectivity, leastCertain, criticalDifference, fit, heldOut } = list!.evidence!
    expect(connectivity).toBeCloseTo(4.28816966909692, 8)
    expect(leastCertain).toEqual({ models: [1, 3], error: expect.closeTo(100.0772384173752, 7) })
    expect(criticalDifference).toBeGreaterThan(2.4)
    expect(fit).toMatchObject({ degreesOfFreedom: 3, cycles: [] })
    expect(fit!.chiSquare).toBeCloseTo(0.24554995715188083, 9)
    expect(fit!.worstPairs[0]).toEqual({ models: [1, 3], residual: expect.closeTo(0.31815120352720605, 8) })
    expect(heldOut!.map(({ treatment }) => treatment)).toEqual([
      'half',
      'drop-bothbad',
      'drop',
      'rao-kupper',
      'davidson',
    ])
  })

  test('of a line: each treatment of ties at the anchor, places by difference, the way to the anchor', () => {
    expect(line(3).evidence!.fromAnchor).toEqual({ difference: 0, lower: 0, upper: 0 })
    const { difference, lower, upper } = line(0).evidence!.fromAnchor!
    expect(difference).toBeCloseTo(1085.3390516368122 - 943.6872585024054, 7)
    expect(upper - difference).toBeCloseTo(1.959963984540054 * 98.67833431868357, 6)
    expect(difference - lower).toBeCloseTo(1.959963984540054 * 98.67833431868357, 6)
    const { half, drop, davidson } = line(0).evidence!.underTies!
    expect(half).toBeCloseTo(line(0).rating!, 9)
    expect(drop).toBeCloseTo(950 + 1127.732334887624 - 926.4498597639102, 6)
    expect(davidson).toBeCloseTo(950 + 1118.7341190390046 - 921.6665659048438, 3)
    expect(line(3).evidence!.underTies!.drop).toBeCloseTo(950, 9)
    expect(line(0).evidence!.pairwise).toMatchObject({ best: 1, worst: 4, median: 1 })
  })

  test('under weights there is no model of ties, under another method or without ties no treatment', () => {
    const weighted = rateBoard(thirty, rules({ evidence: true, weights: 'column' })).lists[0]!
    const { half, 'rao-kupper': raoKupper } = weighted.lines[0]!.evidence!.underTies!
    expect([half, raoKupper]).toEqual([expect.closeTo(1079.980087508696, 7), null])
    const none = (own: Partial<BoardRules>) => rateBoard(thirty, rules({ evidence: true, ...own })).lists[0]!
    for (const own of [{ method: 'davidson' }, { style: true }, { method: 'map' }] as const) {
      expect(none(own).lines[0]!.evidence!.underTies).toBeNull()
      expect(none(own).evidence).toMatchObject({ connectivity: null, fit: null, heldOut: null })
    }
    const decisive = rateBoard(write('a>b b>a b>c c>b', 3), rules({ evidence: true })).lists[0]!
    expect(decisive.lines[0]!.evidence!.underTies).toBeNull()
    expect(decisive.evidence!.leastCertain!.models).toEqual([0, 2])
    expect(none({ interval: 'bootstrap' }).lines[0]!.evidence!.pairwise).toBeNull()
    expect(none({ interval: 'bootstrap' }).evidence!.criticalDifference).toBeNull()
  })

  test('a treatment without finite ratings has none, and nothing is looked for unless asked', () => {
    const tied = rateBoard(write('a>b b=a b=a', 2), rules({ evidence: true })).lists[0]!
    expect(tied.lines[0]!.evidence!.underTies).toMatchObject({ drop: null, half: expect.any(Number) as number })
    expect(tied.evidence!.fit).toBeNull()
    expect(rateBoard(thirty, rules()).lists[0]!.lines[0]!.evidence).toBeNull()
  })
})

describe('votes without which the second leads', () => {
  test.each([
    ['seven wins against four: the four that make the lead and one more', 7, 4, 4],
    ['five against five: the lead is none, and one vote turns it', 5, 5, 1],
    ['three against nine: it leads already', 3, 9, 0],
  ])('%s', (_, won, lost, votes) => {
    const counts = countVotes({
      models: 2,
      a: new Int32Array(won + lost),
      b: new Int32Array(won + lost).fill(1),
      verdict: Uint8Array.from({ length: won + lost }, (__, t) => (t < won ? 0 : 1)),
    })
    const flip = votesToFlip(groupCounts(counts), 0, 1)!
    expect(flip.votes).toBe(votes)
    expect(flip.removed.reduce((sum, count) => sum + count, 0)).toBe(votes)
    expect(flip.gapAfter).toBeLessThan(0)
  })

  test('are confirmed by a fit to what is left', () => {
    const groups = groupCounts(thirty.counts)
    const { removed, gapAfter, votes } = votesToFlip(groups, 0, 1)!
    const rest = groups.count.map((count, g) => count - removed[g]!)
    const { ratings } = fitBradleyTerry(
      compareGroups(pickRows({ ...groups, count: rest }, (g) => rest[g]! > 0)).comparisons,
    )
    expect(ratings[0]! - ratings[1]!).toBeCloseTo(gapAfter, 9)
    expect([gapAfter < 0, votes]).toEqual([true, 3])
  })
})
