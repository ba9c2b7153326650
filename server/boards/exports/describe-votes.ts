import { randomBytes } from 'node:crypto'
import { snapshots } from '#drizzle/schema/snapshots.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf, type RowOf } from '#server/core/postgres/rows.ts'
import { krippendorffAlpha, labelVotes, percentAgreement, unitTable } from '#server/ratings/evidence/agreement.ts'
import { indexVotes, numberValues, type NamedVote } from '#server/ratings/votes/index-votes.ts'
import { nameModels, readCovered, streamVotes, summariseCovered } from '#server/snapshots/covered-votes.ts'
import type { StoredStudy } from '#server/studies/service.ts'
import { getBattleStudy } from '../charts/read-battles.ts'
import { citeSnapshot } from './read-snapshots.ts'
import type { ExportQuery } from './schema.ts'

const fitRow = {
  id: snapshots.id,
  createdAt: snapshots.createdAt,
  votesUsed: snapshots.votesUsed,
  raters: snapshots.raters,
  excluded: snapshots.excluded,
  method: snapshots.method,
  parameters: snapshots.parameters,
  codeVersion: snapshots.codeVersion,
  ratings: snapshots.ratings,
  counts: snapshots.counts,
}

/** Labels that several raters gave to the same query and pair; null where no two did. */
interface Agreement {
  units: number
  pairs: number
  /** The share of pairs of labels that are the same. */
  share: number
  /** Krippendorff's, on nominal labels; NaN where all are the same. */
  alpha: number
}

/** The votes of a board's newest snapshot in numbers, for people who read about them. */
export interface DescribedVotes {
  study: StoredStudy
  category: string | null
  fit: RowOf<typeof fitRow>
  models: string[]
  queries: number
  languages: string[]
  first: string | null
  last: string | null
  verdicts: Map<string, number>
  agreement: Agreement | null
  citation: string
}

/** Reads them. For whom votes are: throws what getBattleStudy throws, and no-snapshot. */
export async function describeVotes(
  ctx: Context,
  slug: string,
  { category, unreleased = false }: Omit<ExportQuery, 'format'> & { unreleased?: boolean },
): Promise<DescribedVotes> {
  const study = await getBattleStudy(ctx, slug)
  const covered = await readCovered(ctx, study.id, category ?? null)
  const named = await nameModels(ctx, covered, { unreleased })
  const [fit] = await rowsOf(ctx, fitRow)`
    select id, created_at as "createdAt", votes_used as "votesUsed", raters, excluded, method, parameters,
      code_version as "codeVersion", ratings, counts from snapshots where id = ${covered.id}`
  const { queries, languages, first, last } = await summariseCovered(ctx, covered)
  const votes = streamVotes(ctx, covered, { salt: randomBytes(32), models: named })
  return {
    ...{ study, category: category ?? null, fit: fit!, queries, languages, first, last },
    models: [...named.values()].map(({ name }) => name),
    verdicts: sumVerdicts(fit!.counts),
    agreement: await measureAgreement(votes),
    citation: citeSnapshot(ctx, study, fit!),
  }
}

function sumVerdicts(counts: { verdict: string; votes: number }[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { verdict, votes } of counts) sums.set(verdict, (sums.get(verdict) ?? 0) + votes)
  return sums
}

type PlainVote = NamedVote & { rater: string; item: string }

async function measureAgreement(batches: AsyncIterable<PlainVote[]>): Promise<Agreement | null> {
  const kept: PlainVote[] = []
  for await (const rows of batches)
    for (const { model_a, model_b, winner, rater, item } of rows) kept.push({ model_a, model_b, winner, rater, item })
  const { votes, rows } = indexVotes(kept)
  const numbersOf = (read: (vote: PlainVote) => string) =>
    numberValues(Array.from(rows, (row) => read(kept[row]!))).numbers
  const rater = numbersOf((vote) => vote.rater)
  const table = unitTable(labelVotes({ ...votes, rater, item: numbersOf((vote) => vote.item) }))
  if (table.length === 0) return null
  const { pairs, agreement } = percentAgreement(table)
  return { units: table.length, pairs, share: agreement, alpha: krippendorffAlpha(table, 'nominal') }
}
