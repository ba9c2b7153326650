import { describe, expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { readCovered } from '#server/snapshots/covered-votes.ts'
import { filterVotes } from '#server/snapshots/filter-votes.ts'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import type { Fragility, WhatIf } from '#server/boards/trust/schema.ts'
import { compareCounts } from '#server/ratings/votes/comparisons.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { arena, until, type Arena } from '../../support/arena.ts'
import { giveVotes, type GivenVote } from '../../support/give-votes.ts'

const models = ['Ann', 'Ben', 'Cas'].map((name) => ({ name }))

const random = new Random(4, 0)
const among = (n: number) => random.below(n)

/** Queries 0, 4 and 8 count, 1, 5 and 9 read charts. By day the first named wins more often, by night the last. */
const votes: GivenVote[] = Array.from({ length: 240 }, (_, n) => {
  const [a, b] = [[0, 1] as const, [1, 2] as const, [2, 0] as const][n % 3]!
  const night = n % 5 === 0
  const better = a < b === !night ? 'model_a' : 'model_b'
  const verdict = [better, better, better, 'model_a', 'model_b', 'tie', 'both_bad', 'unsure'][among(8)]!
  const rater = among(8)
  return {
    a,
    b,
    verdict,
    rater,
    query: 4 * among(3) + among(2),
    cohort: rater < 6 ? 'crowd' : 'staff',
    dwellMs: night ? 900 : 9000,
    castAt: night ? '2026-03-02T23:30:00Z' : '2026-03-01T12:00:00Z',
  }
})
const unsure = votes.filter(({ verdict }) => verdict === 'unsure').length

async function voted(options: Parameters<typeof arena>[0] = {}): Promise<Arena> {
  const house = await arena({ models, response: (m) => 'x'.repeat(10 + 10 * m), ...options })
  await giveVotes(house, votes)
  await publish(house.ctx, house.study.id)
  return house
}

/** The board of a study that has closed: only then may visitors have its votes told apart. */
async function publish(ctx: Context, studyId: string): Promise<void> {
  await refreshRatings(ctx, studyId)
  await ctx.sql`update studies set status = 'closed' where id = ${studyId}`
}

async function ask({ anonymous, study }: Pick<Arena, 'anonymous' | 'study'>, query: string): Promise<WhatIf> {
  const reply = await anonymous.get(`/api/v1/boards/${study.slug}/what-if?${query}`)
  if (reply.statusCode !== 200) throw new Error(reply.body)
  return reply.json<WhatIf>()
}

/** Ratings of the votes that a filter keeps, straight from the library. */
function ratingsOf(keep: (vote: GivenVote) => boolean, from = votes): number[] {
  const kept = from.filter((vote) => vote.verdict !== 'unsure' && keep(vote))
  const ones = (verdict: string) => Float64Array.from(kept, (vote) => (vote.verdict === verdict ? 1 : 0))
  const counts = {
    models: 3,
    a: Int32Array.from(kept, ({ a }) => a),
    b: Int32Array.from(kept, ({ b }) => b),
    winsA: ones('model_a'),
    winsB: ones('model_b'),
    ties: ones('tie'),
    bothBad: ones('both_bad'),
  }
  return [...fitBradleyTerry(compareCounts(counts)).ratings]
}

const eloOf = ({ rows }: WhatIf) => models.map(({ name }) => rows.find(({ model }) => model.name === name)!.elo!)

function expectRatings(answer: WhatIf, ratings: number[]) {
  eloOf(answer).forEach((elo, model) => expect(elo).toBeCloseTo(ratings[model]!, 8))
}

describe('from the counts of the snapshot', () => {
  test('without rules it is the board itself, and no rank has changed', async () => {
    const house = await voted()
    const answer = await ask(house, '')
    expectRatings(
      answer,
      ratingsOf(() => true),
    )
    expect(answer.rows.every(({ change }) => change === 0)).toBe(true)
    expect(answer.rows.map(({ elo }) => elo)).toEqual(answer.rows.map(({ published }) => published.elo))
    expect(answer).toMatchObject({ readFrom: 'counts', leftOut: { unsure, late: 0, withdrawn: 0 } })
  })

  test('ties count half, nothing, or nothing where both were bad', async () => {
    const house = await voted()
    const decisive = await ask(house, 'ties=drop')
    expectRatings(
      decisive,
      ratingsOf(({ verdict }) => verdict.startsWith('model')),
    )
    const good = await ask(house, 'ties=drop-bothbad')
    expectRatings(
      good,
      ratingsOf(({ verdict }) => verdict !== 'both_bad'),
    )
    const ties = votes.filter(({ verdict }) => verdict === 'tie').length
    expect(decisive.leftOut.tie).toBe(ties)
    expect(good.votesUsed).toBe(decisive.votesUsed + ties)
  })

  test('bounds and rank ranges are as wide as the design effect of the board makes them', async () => {
    const house = await voted()
    const setTo = (effect: number | null) => house.ctx.sql`
      update snapshots set parameters = parameters - 'designEffect' || ${JSON.stringify(effect === null ? {} : { designEffect: effect })}::text::jsonb`
    await setTo(null)
    const independent = await ask(house, 'weights=equal-pairs')
    expect(independent.interval).toBe('independent')
    await setTo(4)
    const widened = await ask(house, 'weights=equal-pairs')
    expect(widened.interval).toBe('widened')
    expect(widened.notes).toContain(
      'The bounds are those of independent votes, widened by the board’s design effect of 4.0.',
    )
    widened.rows.forEach(({ elo, low, high, rankBest, rankWorst }, index) => {
      const before = independent.rows[index]!
      expect(elo).toBe(before.elo)
      expect(high! - low!).toBeCloseTo(2 * (before.high! - before.low!), 6)
      expect(rankBest).toBeLessThanOrEqual(before.rankBest)
      expect(rankWorst).toBeGreaterThanOrEqual(before.rankWorst)
    })
  })

  test('rules that leave no vote are refused in words, not answered with places that have not changed', async () => {
    const house = await voted()
    await house.ctx.sql`update snapshots set counts = (
      select jsonb_agg(jsonb_set(one, '{verdict}', '"both_bad"')) from jsonb_array_elements(counts) one)`
    const reply = await house.anonymous.get(`/api/v1/boards/${house.study.slug}/what-if?ties=drop-bothbad`)
    expect(reply.statusCode).toBe(422)
    expect(reply.json()).toMatchObject({ detail: 'No vote is left that says which model is stronger; loosen a rule' })
  })

  test.each(['davidson', 'rao-kupper'])(
    '%s spreads ratings wider than half-wins and names its parameter',
    async (ties) => {
      const house = await voted()
      const half = eloOf(await ask(house, ''))
      const answer = await ask(house, `ties=${ties}`)
      const spread = (elo: number[]) => Math.max(...elo) - Math.min(...elo)
      expect(spread(eloOf(answer))).toBeGreaterThan(spread(half))
      expect(answer.tieParameter).toBeGreaterThan(0)
      expect(answer.interval).toBe('model')
    },
  )

  test('categories that weigh the same are not outvoted by the largest', async () => {
    const house = await arena({ models })
    const many = Array.from({ length: 90 }, (_, n) => ({
      a: n % 3,
      b: (n + 1) % 3,
      verdict: n % 3 === 0 ? 'model_a' : 'tie',
      query: 0,
    }))
    const few = Array.from({ length: 30 }, (_, n) => ({
      a: n % 3,
      b: (n + 1) % 3,
      verdict: n % 3 === 0 ? 'model_b' : 'tie',
      query: 1,
    }))
    await giveVotes(house, [...many, ...few])
    await publish(house.ctx, house.study.id)
    const [ann, ben] = eloOf(await ask(house, 'weights=equal-categories'))
    expect(ann).toBeCloseTo(ben!, 8)
    expect(eloOf(await ask(house, ''))[0]).toBeGreaterThan(1010)
  })

  test('the votes are not read: the answer is the same when they are gone', async () => {
    const house = await voted()
    const queries = [
      '',
      'ties=davidson',
      'weights=equal-categories',
      'weights=equal-pairs',
      'category=charts&ties=drop',
    ]
    const before = await Promise.all(queries.map((query) => ask(house, query)))
    await house.ctx.sql`alter table votes rename to votes_elsewhere`
    await house.ctx.sql`truncate pair_counts`
    expect(await Promise.all(queries.map((query) => ask(house, query)))).toEqual(before)
  })
})

describe('from the votes of the snapshot', () => {
  test.each<[string, string, (vote: GivenVote) => boolean]>([
    ['cohort', 'cohort=crowd', ({ cohort }) => cohort === 'crowd'],
    ['date', 'to=2026-03-01', ({ castAt }) => castAt! < '2026-03-02'],
    ['date', 'from=2026-03-01&to=2026-03-01', ({ castAt }) => castAt! < '2026-03-02'],
    ['dwell', 'minDwellMs=1000', ({ dwellMs }) => dwellMs! >= 1000],
    ['length', 'minLength=20&maxLength=30', ({ a, b }) => a > 0 && b > 0],
    ['length', 'minLength=20', ({ a, b }) => a > 0 && b > 0],
    ['length', 'maxLength=20', ({ a, b }) => a < 2 && b < 2],
  ])('%s: %s keeps what it says', async (reason, query, keep) => {
    const house = await voted()
    const answer = await ask({ ...house, anonymous: house.asAdmin }, query)
    const judged = votes.filter(({ verdict }) => verdict !== 'unsure')
    expect(answer.readFrom).toBe('votes')
    expect(answer.leftOut[reason]).toBe(judged.filter((vote) => !keep(vote)).length)
    expect(answer.votesUsed).toBe(judged.filter(keep).length)
    if (reason !== 'length') expectRatings(answer, ratingsOf(keep))
  })

  test('has ten seconds in the database', async () => {
    const { ctx, study } = await voted()
    const [timeout] = await inTransaction(ctx, async (own) => {
      const covered = await readCovered(own, study.id, null)
      await filterVotes(own, covered, { cohort: 'crowd', excludeFlagged: 'false' })
      return own.sql`select current_setting('statement_timeout') as is`
    })
    expect(timeout).toEqual({ is: '10s' })
  })

  test('is refused in words when the database has stopped looking', async () => {
    const { ctx, asAdmin, study } = await voted()
    await inTransaction(ctx, async ({ sql }) => {
      await sql`lock table enrolments`
      const asked = asAdmin.get(`/api/v1/boards/${study.slug}/what-if?cohort=crowd`)
      await until(async () => {
        const stopped = await ctx.sql`
          select pg_cancel_backend(pid) from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`
        return stopped.length > 0
      })
      expect((await asked).json()).toMatchObject({ status: 503, type: '/problems/too-slow' })
    })
  })

  test('language keeps the queries asked in it', async () => {
    const house = await voted()
    await house.ctx.sql`update queries set language = 'de' where category = 'charts'`
    const german = await ask(house, 'language=DE')
    const charts = await ask(house, 'category=charts')
    expect(eloOf(german)).toEqual(eloOf(charts))
    expect(german.leftOut.language).toBe((await ask(house, '')).votesUsed - charts.votesUsed)
  })

  test('votes cast after the snapshot stay unseen, and one withdrawn after it still counts', async () => {
    const house = await voted()
    const before = await ask(house, 'minDwellMs=0')
    await house.ctx.sql`update votes set withdrawn_at = now() where id in (select id from votes order by id limit 5)`
    await giveVotes(house, [{ a: 0, b: 1, verdict: 'model_b', dwellMs: 9 }])
    expect(await ask(house, 'minDwellMs=0')).toEqual(before)
  })

  test('a rater who answers against everybody else can be left out', async () => {
    const house = await arena({ models })
    const own = new Random(1, 0)
    const honest = Array.from({ length: 600 }, (_, n) => {
      const [a, b] = n % 2 === 0 ? [n % 3, (n + 1) % 3] : [(n + 1) % 3, n % 3]
      return {
        a,
        b,
        verdict: a < b === own.unit() < (a + b === 2 ? 0.9 : 0.75) ? 'model_a' : 'model_b',
        rater: own.below(6),
        query: own.below(12),
      }
    })
    const contrary = honest
      .slice(0, 100)
      .map((vote) => ({ ...vote, verdict: vote.a < vote.b ? 'model_b' : 'model_a', rater: 6 }))
    await giveVotes(house, [...honest, ...contrary])
    await publish(house.ctx, house.study.id)
    const answer = await ask(house, 'excludeFlagged=true')
    expect(answer.leftOut.flagged).toBe(100)
    expect(answer.votesUsed).toBe(600)
  })

  test('a cut with fewer than five raters is for those who run the study', async () => {
    const house = await voted()
    const url = `/api/v1/boards/${house.study.slug}/what-if?cohort=staff`
    const refused = await house.anonymous.get(url)
    expect(refused.statusCode).toBe(422)
    expect(refused.json()).toMatchObject({ type: '/problems/too-few-raters' })
    expect((await house.asAdmin.get(url)).statusCode).toBe(200)
  })
})

test('a model of ties takes no weights, and all ties give it nothing to fit: one sentence each', async () => {
  const house = await voted()
  const url = `/api/v1/boards/${house.study.slug}/what-if`
  const weighed = await house.anonymous.get(`${url}?ties=davidson&weights=equal-pairs`)
  expect(weighed.json()).toMatchObject({ type: '/problems/no-such-fit', status: 422 })
  expect((await house.anonymous.get(`${url}?ties=maybe`)).statusCode).toBe(400)
  const tied = await arena({ models })
  await giveVotes(tied, [
    { a: 0, b: 1, verdict: 'tie' },
    { a: 1, b: 2, verdict: 'tie' },
  ])
  await publish(tied.ctx, tied.study.id)
  const reply = await tied.anonymous.get(`/api/v1/boards/${tied.study.slug}/what-if?ties=davidson`)
  expect(reply.json()).toMatchObject({ type: '/problems/no-such-fit', status: 422 })
})

test('raters of an open study, and boards without a snapshot, get none', async () => {
  const house = await arena({ models })
  const url = `/api/v1/boards/${house.study.slug}/what-if`
  expect((await house.asRater.get(url)).json()).toMatchObject({ type: '/problems/rating-blind' })
  expect((await house.anonymous.get(url)).json()).toMatchObject({ type: '/problems/no-snapshot' })
})

test('visitors are told of released models only, also in the notes', async () => {
  const house = await arena({ models })
  await giveVotes(house, [
    { a: 0, b: 1, verdict: 'model_a' },
    { a: 1, b: 2, verdict: 'tie' },
  ])
  await house.ctx.sql`update models set released_at = null where slug = 'ann'`
  await publish(house.ctx, house.study.id)
  const board = await house.anonymous.get(`/api/v1/boards/${house.study.slug}`)
  const answer = await house.anonymous.get(`/api/v1/boards/${house.study.slug}/what-if`)
  expect(board.body + answer.body).not.toMatch(/ann/i)
  expect((await house.asAdmin.get(`/api/v1/boards/${house.study.slug}`)).body).toMatch(/any high rating would fit: Ann/)
})

test('leaving one rater out moves the board as a fit without them does, and those who move it most are told first', async () => {
  const coin = new Random(5, 0)
  const even = votes.map((vote) => ({ ...vote, verdict: ['model_a', 'model_b', 'tie'][coin.below(3)]! }))
  const house = await arena({ models })
  await giveVotes(house, even)
  await publish(house.ctx, house.study.id)
  const url = `/api/v1/boards/${house.study.slug}/fragility`
  const { first, lead, raters, models: rated, ...reply } = (await house.anonymous.get(url)).json<Fragility>()
  const standing = (ratings: number[]) => {
    const order = [0, 1, 2].sort((x, y) => ratings[y]! - ratings[x]!)
    return { order, lead: ratings[order[0]!]! - ratings[order[1]!]! }
  }
  const all = standing(ratingsOf(() => true, even))
  expect([raters, rated, first!.name]).toEqual([8, 3, models[all.order[0]!]!.name])
  expect(lead).toBeCloseTo(all.lead, 6)
  const expected = Array.from({ length: 8 }, (_, rater) => {
    const { order, lead: own } = standing(ratingsOf((vote) => vote.rater !== rater, even))
    return {
      votes: even.filter((vote) => vote.rater === rater).length,
      first: models[order[0]!]!.name,
      lead: own.toFixed(6),
      moved: order.filter((model, place) => all.order[place] !== model).length,
      furthest: Math.max(...order.map((model, place) => Math.abs(all.order.indexOf(model) - place))),
    }
  })
  const told = reply.without.map(({ votes: own, first: then, lead: ahead, moved, furthest }) => ({
    votes: own,
    first: then!.name,
    lead: ahead!.toFixed(6),
    moved,
    furthest: furthest ? Math.abs(furthest.to - furthest.from) : 0,
  }))
  const sorted = (lines: typeof told) => lines.map((line) => JSON.stringify(line)).sort()
  expect(sorted(told)).toEqual(sorted(expected))
  expect(reply.ratersHoldingFirst).toBeGreaterThan(0)
  expect(reply.ratersMovingPlaces).toBe(expected.filter(({ moved }) => moved > 0).length)
  expect(reply.ratersHoldingFirst).toBe(expected.filter((line) => line.first !== first!.name).length)
  const changes = reply.without.map(({ firstChanges }) => firstChanges)
  expect(changes).toEqual(changes.toSorted((one, other) => Number(other) - Number(one)))
})

test('raters stand under pseudonyms, worked out once for a snapshot, and the CSV holds the same lines', async () => {
  const house = await voted()
  const url = `/api/v1/boards/${house.study.slug}/fragility`
  const reply = await house.anonymous.get(url)
  const { without } = reply.json<Fragility>()
  await house.ctx.sql`update votes set verdict = 'tie'` // a snapshot does not change
  expect((await house.anonymous.get(url)).json()).toEqual(reply.json())
  const [head, ...lines] = (await house.anonymous.get(`${url}.csv`)).body.trimEnd().split('\r\n')
  expect(head).toBe('rater,votes,all_rated,first,first_changes,lead,models_moved,furthest,from,to')
  expect(lines.map((line) => line.split(',').slice(0, 2))).toEqual(
    without.map(({ rater, votes: own }) => [rater, String(own)]),
  )
  const ids = await house.ctx.sql<{ id: string }[]>`select id from raters`
  for (const { id } of ids) expect(reply.body).not.toContain(id)
  for (const { rater } of without) expect(rater).toMatch(/^[0-9a-f]{16}$/)
})

test('a board that one rater alone holds together says that without them no ranking is left', async () => {
  const house = await arena({ models })
  await giveVotes(house, [
    ...Array.from({ length: 5 }, (_, rater) => ({ a: 0, b: 1, verdict: 'tie', rater })),
    { a: 1, b: 2, verdict: 'tie', rater: 5 },
  ])
  await publish(house.ctx, house.study.id)
  const reply = await house.anonymous.get(`/api/v1/boards/${house.study.slug}/fragility`)
  const { without, ...told } = reply.json<Fragility>()
  expect(told).toMatchObject({ raters: 6, ratersHoldingFirst: 1, ratersMovingPlaces: 1 })
  expect(without[0]).toMatchObject({ rated: false, votes: 1, first: null, lead: null, moved: 3, furthest: null })
  expect(without[1]).toMatchObject({ rated: true, firstChanges: false, moved: 0, furthest: null })
})

test('what one rater does is shown to visitors from five raters on, and names no model that is not released', async () => {
  const house = await arena({ models })
  const url = `/api/v1/boards/${house.study.slug}/fragility`
  expect((await house.anonymous.get(url)).json()).toMatchObject({ type: '/problems/battles-closed' })
  expect((await house.asAdmin.get(url)).json()).toMatchObject({ type: '/problems/no-snapshot' })
  await giveVotes(
    house,
    Array.from({ length: 12 }, (_, n) => ({
      a: n % 3,
      b: (n + 1) % 3,
      verdict: n % 2 ? 'model_a' : 'tie',
      rater: n % 4,
    })),
  )
  await publish(house.ctx, house.study.id)
  const few = (await house.anonymous.get(url)).json<Fragility>()
  expect(few).toMatchObject({ raters: 4, ratersHoldingFirst: null, ratersMovingPlaces: null, without: [] })
  expect((await house.anonymous.get(`${url}.csv`)).body.trimEnd().split('\r\n')).toHaveLength(1)
  const seen = (await house.asAdmin.get(url)).json<Fragility>()
  expect(seen.without).toHaveLength(4)
  await giveVotes(house, [{ a: 0, b: 1, verdict: 'model_a', rater: 4 }])
  await house.ctx.sql`update models set released_at = null where slug = 'ann'`
  await publish(house.ctx, house.study.id)
  const reply = await house.anonymous.get(url)
  expect(reply.json<Fragility>().without).toHaveLength(5)
  expect(reply.body).not.toMatch(/ann/i)
})
