import { snapshots } from '#drizzle/schema/snapshots.ts'
import type { Context } from '#server/core/context.ts'
import { maySeeUnreleased } from '#server/core/policy.ts'
import { present, rowsOf } from '#server/core/postgres/rows.ts'
import { defineProblem } from '#server/core/problem.ts'
import { NoFiniteRatings } from '#server/ratings/fits/bradley-terry.ts'
import { readCovered, type CoveredVotes } from '#server/snapshots/covered-votes.ts'
import { filterVotes, looksThroughVotes } from '#server/snapshots/filter-votes.ts'
import {
  designEffectOf,
  fitBoard,
  type FitRules,
  type FittedBoard,
  type FittedCount,
} from '#server/snapshots/fit-board.ts'
import { requireVotes } from '../charts/read-battles.ts'
import { boardRows, getBoardStudy, readModels, standingNotes, type BoardModel } from '../read-boards.ts'
import type { WhatIf, WhatIfQuery, WhatIfRow } from './schema.ts'

export const noSuchFit = defineProblem('no-such-fit', 422, 'These rules give no ratings')
export const tooFewRaters = defineProblem('too-few-raters', 422, 'A cut of the votes is shown from five raters on')

/** Visitors are shown a part of the votes only when at least this many people cast it. */
export const fewestRaters = 5

/**
 * A board read by other rules, beside its newest snapshot. It rests on the votes of that snapshot, so that nobody can
 * watch a vote come in; the stored counts answer unless votes have to be told apart by more than pair, category and
 * verdict, which visitors of an open study may not ask for. Nothing is stored. Throws no-snapshot, no-such-fit,
 * too-few-raters, battles-closed, and what getBoard and `filterVotes` throw.
 */
export async function readWhatIf(ctx: Context, slug: string, query: WhatIfQuery): Promise<WhatIf> {
  const study = await getBoardStudy(ctx, slug)
  const models = await readModels(ctx, study)
  const covered = await readCovered(ctx, study.id, query.category ?? null)
  const rules = { ...fitRules(query), ...designEffectOf(covered.parameters) }
  const scanned = looksThroughVotes(query)
  if (scanned) requireVotes(ctx, study)
  const { counts, leftOut, raters } = scanned
    ? await filterVotes(ctx, covered, query)
    : { counts: await countsFor(ctx, covered, rules), leftOut: {}, raters: Infinity }
  if (raters < fewestRaters && !maySeeUnreleased(ctx.actor)) throw tooFewRaters()
  const kept = dropTies(counts, query.ties)
  if (kept.counts.every(({ verdict }) => verdict === 'unsure'))
    throw noSuchFit('No vote is left that says which model is stronger; loosen a rule')
  const fitted = fitOrProblem(covered, kept.counts, rules)
  const rows = compareRows(models, covered, fitted)
  return {
    snapshotId: covered.id,
    rules: query,
    readFrom: scanned ? 'votes' : 'counts',
    votesUsed: sumOf(kept.counts.filter(({ verdict }) => verdict !== 'unsure')),
    leftOut: { ...covered.excluded, ...leftOut, ...kept.leftOut },
    interval: rules.method !== 'bt' ? 'model' : rules.designEffect === undefined ? 'independent' : 'widened',
    tieParameter: fitted.tieParameter,
    converged: fitted.converged,
    notes: [...standingNotes(rows), ...fitted.notes],
    rows,
  }
}

function fitRules({ ties, weights }: WhatIfQuery): FitRules {
  if (ties === 'half' || ties === 'drop' || ties === 'drop-bothbad') return { method: 'bt', weights }
  if (weights !== 'votes')
    throw noSuchFit('Under a model of ties every vote weighs the same; leave the weights at votes')
  return { method: ties, weights }
}

/** The counts of the snapshot; by category, where categories are to weigh the same, from the snapshots that go with it. */
async function countsFor(ctx: Context, covered: CoveredVotes, { weights }: FitRules): Promise<FittedCount[]> {
  if (weights !== 'equal-categories' || covered.category !== null) return covered.counts
  const rows = await rowsOf(ctx, { category: present(snapshots.category), counts: snapshots.counts })`
    select distinct on (category) category, counts from snapshots
    where study_id = ${covered.studyId} and category is not null and created_at <= ${covered.createdAt}::text::timestamptz
    order by category, created_at desc`
  return rows.flatMap(({ category, counts }) => counts.map((count) => ({ ...count, category })))
}

/** Dropping ties is leaving them out: what remains is fitted like any other votes. */
function dropTies(counts: FittedCount[], ties: WhatIfQuery['ties']) {
  const dropped = ties === 'drop' ? ['tie', 'both_bad'] : ties === 'drop-bothbad' ? ['both_bad'] : []
  const leftOut = dropped.map((verdict) => [verdict, sumOf(counts.filter((count) => count.verdict === verdict))])
  return {
    counts: counts.filter(({ verdict }) => !dropped.includes(verdict)),
    leftOut: Object.fromEntries(leftOut) as Record<string, number>,
  }
}

const sumOf = (counts: { votes: number }[]) => counts.reduce((sum, { votes }) => sum + votes, 0)

function fitOrProblem({ ratings }: CoveredVotes, counts: FittedCount[], rules: FitRules): FittedBoard {
  try {
    return fitBoard(
      ratings.map(({ modelId }) => ({ id: modelId })),
      counts,
      rules,
    )
  } catch (error) {
    if (error instanceof NoFiniteRatings) throw noSuchFit(error.message)
    throw error
  }
}

function compareRows(models: BoardModel[], { ratings }: CoveredVotes, fitted: FittedBoard): WhatIfRow[] {
  const before = withPlaces(boardRows(models, ratings))
  return withPlaces(boardRows(models, fitted.ratings)).map((row) => {
    const { elo, low, high, rankBest, rankWorst, place } = before.find(({ model }) => model.slug === row.model.slug)!
    const change = place === null || row.place === null ? null : place - row.place
    return { ...row, published: { elo, low, high, rankBest, rankWorst, place }, change }
  })
}

function withPlaces(rows: ReturnType<typeof boardRows>) {
  return rows.map((row, index) => ({ ...row, place: row.elo === null ? null : index + 1 }))
}
