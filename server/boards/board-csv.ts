import { csv } from '#server/formats/csv-writer.ts'
import type { Board, BoardRow, ReferenceBoard } from './schema.ts'

/**
 * A board as CSV (RFC 4180): one line a model, scores in percent; `server_scored` names the benchmarks whose score
 * their own evaluation server gave, `not_as_published` those whose requests depart from the published protocol. Cells that a spreadsheet would run as formulae are escaped.
 */
export function boardCsv({ benchmarks, rows }: Board): string {
  const head = [
    'rank_best',
    'rank_worst',
    'model',
    'organisation',
    'openness',
    'baseline',
    'standing',
    'elo',
    'low',
    'high',
  ]
  const tallies = ['votes', 'wins', 'losses', 'ties', 'both_bad']
  const averages = ['average', 'average_low', 'average_high']
  const ids = benchmarks.map(({ id }) => id)
  const lines = rows.map(({ average, scores, ...row }) => [
    ...facts(row),
    ...[average?.value, average?.low, average?.high].map(percent),
    ...ids.map((id) => percent(scores[id]?.value)),
    ids.filter((id) => scores[id]?.serverScored).join(' '),
    ids.filter((id) => scores[id]?.departures.length).join(' '),
  ])
  return csv([[...head, ...tallies, ...averages, ...ids, 'server_scored', 'not_as_published'], ...lines])
}

/** A published table as CSV (RFC 4180), in the digits in which it was printed. */
export function referenceCsv({ benchmarks, rows }: ReferenceBoard): string {
  const ids = benchmarks.map(({ id }) => id)
  const lines = rows.map(({ rank, name, openness, elo, average, scores }) => [
    ...[rank, name, openness, elo],
    ...[average, ...ids.map((id) => scores[id]!)].map((share) => (share * 100).toFixed(1)),
  ])
  return csv([['rank', 'model', 'openness', 'elo', 'average', ...ids], ...lines])
}

/** Names the file of one of a board's tables: `sample-matrix`, `sample-matrix-charts`. */
export const csvName =
  (kind: string) =>
  ({ slug, category }: { slug: string; category?: string | undefined }) =>
    [slug, kind, category].filter(Boolean).join('-')

function facts({
  model,
  rankBest,
  rankWorst,
  standing,
  elo,
  low,
  high,
  ...row
}: Omit<BoardRow, 'average' | 'scores'>): (string | number)[] {
  const rating = [elo, low, high].map((value) => value?.toFixed(2) ?? '')
  const { name, organisation, openness, baseline } = model
  const named = [name, organisation, openness, baseline ? 'yes' : 'no', standing]
  return [rankBest, rankWorst, ...named, ...rating, row.votes, row.wins, row.losses, row.ties, row.bothBad]
}

const percent = (share: number | null | undefined) => (share == null ? '' : (share * 100).toFixed(2))
