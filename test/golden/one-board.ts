import { isDeepStrictEqual } from 'node:util'
import type { StoredPairCount } from '#drizzle/schema/snapshots.ts'
import { rateVotes, type PrintedBoard, type RateOptions } from '#server/commands/ratings/rate-board.ts'
import { toRatedVotes } from '#server/commands/ratings/rate-file.ts'
import { rateBoard } from '#server/ratings/board.ts'
import { intervalKinds, methods, publishedRules, type BoardRules } from '#server/ratings/rules.ts'
import { boardVotes } from '#server/ratings/votes/board-votes.ts'
import type { TieRule, Votes } from '#server/ratings/votes/counts.ts'
import type { StyleSides } from '#server/ratings/votes/observations.ts'
import { countColumns } from '#server/snapshots/count-columns.ts'
import { fitBoard } from '#server/snapshots/fit-board.ts'

/** Votes as a file has them, models numbered in the order of their names. */
export interface VoteSet {
  names: string[]
  votes: Votes
  weight?: Float64Array
  style: Record<string, StyleSides>
}

interface Findings {
  /** Boards that were compared. */
  boards: number
  /** One for each rule under which the doors do not give the same digits. */
  differences: string[]
}

const tieRules: TieRule[] = ['half', 'drop', 'drop-bothbad']
const plain: RateOptions = { ...publishedRules, rounds: 60, seed: 5, weights: false }
/** With more models than this the published rules alone are compared: others take minutes. */
const mostModels = 250

/**
 * Rates the same votes as a file, as the rows of a study, as its counts and as its snapshot does, under every rule, and
 * says where a digit differs. Raters and items bear other names in the study, and its counts come in another order.
 */
export function compareDoors(set: VoteSet): Findings {
  const file = toRatedVotes(rowsOf(set, 'r', 1), 'the file')
  const study = toRatedVotes(rowsOf(set, 'x', -1), 'the study')
  const counts = storedCounts(set)
  const findings: Findings = { boards: 0, differences: [] }
  const note = (rule: string, same: boolean) => {
    findings.boards++
    if (!same) findings.differences.push(rule)
  }
  for (const options of set.names.length > mostModels ? [plain] : optionsFor(set)) {
    const rule = describe(options)
    const printed = answerOf(() => rateVotes(file, options))
    note(
      `${rule}: a file and the rows of a study`,
      isDeepStrictEqual(
        printed,
        answerOf(() => rateVotes(study, options)),
      ),
    )
    if (isFromCounts(options)) note(`${rule}: votes and counts`, sameFromCounts(set, counts, options))
    if (isOnPages(options)) note(`${rule}: a file and a board`, sameOnPages(set, counts, options, printed))
  }
  return findings
}

/** Every rule of `arena rate` that the set can answer, and some that it cannot. */
function optionsFor({ names, votes, weight, style }: VoteSet): RateOptions[] {
  const all: Partial<RateOptions>[] = methods.flatMap((method) => tieRules.map((ties) => ({ method, ties })))
  const kinds = intervalKinds.filter(
    (kind) => (votes.rater || !/rater|both/.test(kind)) && (votes.item || !/item|both/.test(kind)),
  )
  all.push(...kinds.flatMap((interval) => tieRules.map((ties) => ({ interval, ties }))))
  if (weight)
    all.push(
      ...[{ interval: 'bootstrap' as const }, { method: 'map' as const }, {}].map((one) => ({ ...one, weights: true })),
    )
  if (Object.keys(style).length > 0) all.push({ style: true }, { style: true, ties: 'drop' })
  for (const model of [names[0]!, names.at(-1)!]) all.push({ anchor: { model, rating: 1114 } })
  return all.map((options) => ({ ...plain, ...options }))
}

const describe = (options: RateOptions) =>
  Object.entries(options)
    .filter(([key, value]) => !isDeepStrictEqual(value, plain[key as keyof RateOptions]))
    .map(([key, value]) => `${key} ${typeof value === 'object' ? `${value.model}=${value.rating}` : value}`)
    .join(', ') || 'the published rules'

const labels = ['model_a', 'model_b', 'tie', 'both_bad']

function rowsOf({ names, votes, weight, style }: VoteSet, letter: string, order: 1 | -1): Record<string, unknown>[] {
  const nameOf = (number: number) => `${letter}${String(order * number + 1e9).padStart(10, '0')}`
  return Array.from(votes.a, (a, t) => ({
    model_a: names[a]!,
    model_b: names[votes.b[t]!]!,
    winner: labels[votes.verdict[t]!]!,
    ...(votes.rater && { rater: nameOf(votes.rater[t]!) }),
    ...(votes.item && { item: nameOf(votes.item[t]!) }),
    ...(weight && { weight: weight[t] }),
    ...Object.fromEntries(
      Object.entries(style).flatMap(([key, sides]) => [
        [`${key}_a`, sides.a[t]],
        [`${key}_b`, sides.b[t]],
      ]),
    ),
  }))
}

/** The counts of the votes as a snapshot stores them: by the ids of the models, here in falling order. */
function storedCounts({ names, votes }: VoteSet): StoredPairCount[] {
  const cells = new Map<string, StoredPairCount>()
  votes.a.forEach((a, t) => {
    const [modelA, modelB, verdict] = [`id of ${names[a]}`, `id of ${names[votes.b[t]!]}`, labels[votes.verdict[t]!]!]
    cells.getOrInsertComputed(`${modelA}\n${modelB}\n${verdict}`, () => ({ modelA, modelB, verdict, votes: 0 })).votes++
  })
  return [...cells.entries()].sort(([one], [other]) => (one < other ? 1 : -1)).map(([, count]) => count)
}

const idsOf = ({ names }: VoteSet) => names.map((name) => ({ id: `id of ${name}` }))

/** Rules that need no vote on its own. */
function isFromCounts({ method, interval, weights, style }: RateOptions): boolean {
  return method !== 'elo' && !(method === 'bt' && interval.startsWith('cluster')) && !weights && !style
}

function sameFromCounts(set: VoteSet, counts: StoredPairCount[], { anchor, ...options }: RateOptions): boolean {
  const rules: BoardRules = { ...publishedRules, ...options, weights: 'votes', evidence: true }
  if (anchor) rules.anchor = { model: set.names.indexOf(anchor.model), rating: anchor.rating }
  const columns = countColumns(idsOf(set), counts)
  return isDeepStrictEqual(
    answerOf(() => rateBoard({ counts: columns }, rules)),
    answerOf(() => rateBoard(boardVotes(set.votes), rules)),
  )
}

/** Rules that a board is published by, or that its page can be asked for. */
function isOnPages(options: RateOptions): options is RateOptions & { method: 'bt' | 'rao-kupper' | 'davidson' } {
  const { method, interval, ties, weights, style, anchor } = options
  if (method === 'elo' || method === 'map' || weights || style || anchor) return false
  return method !== 'bt' || interval === 'independent' || (interval === 'clustered' && ties === 'half')
}

/** A page leaves ties out of the votes where the command takes a rule for them. */
function sameOnPages(
  set: VoteSet,
  counts: StoredPairCount[],
  { method, ties, interval }: RateOptions,
  printed: PrintedBoard | string,
): boolean {
  const dropped: string[] = { half: [], drop: ['tie', 'both_bad'], 'drop-bothbad': ['both_bad'] }[ties]
  const kept = counts.filter(({ verdict }) => !dropped.includes(verdict))
  // Boards know who cast a vote on what; a page that leaves votes out has their counts.
  const votes = interval === 'clustered' ? set.votes : undefined
  const board = answerOf(() => fitBoard(idsOf(set), kept, { method, weights: 'votes' }, votes))
  if (typeof board === 'string' || typeof printed === 'string') return board === printed
  const main = printed.lists.find(({ rows }) => rows.some(({ rating }) => rating !== null))
  const rows = new Map(printed.lists.flatMap((list) => list.rows.map((row) => [row.model, { row, list }])))
  return board.ratings.every((stored, model) => {
    const { row, list } = rows.get(set.names[model]!) ?? {}
    const isMain = row !== undefined && list === main && row.rating !== null
    const standing = row === undefined ? 'no-votes' : row.standing === 'rated' && !isMain ? 'apart' : row.standing
    const none = [null, null, null, 1, set.names.length]
    const numbers = isMain ? [row.rating, row.lower, row.upper, row.rankBest, row.rankWorst] : none
    const { elo, low, high, rankBest, rankWorst } = stored
    const same = isDeepStrictEqual([elo, low, high, rankBest, rankWorst, stored.standing], [...numbers, standing])
    const sums = ties === 'half' && row ? [stored.votes, stored.averageWinRate] : []
    return same && isDeepStrictEqual(sums, ties === 'half' && row ? [row.battles, row.averageWinRate] : [])
  })
}

/** What a door says, or the sentence with which it refuses. */
function answerOf<Answer>(rate: () => Answer): Answer | string {
  try {
    return rate()
  } catch (error) {
    if (error instanceof Error && !(error instanceof TypeError)) return error.message
    throw error
  }
}
