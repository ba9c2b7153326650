import { csv } from '#server/formats/csv-writer.ts'
import type { BoardFitTest, Fragility, Stability } from './schema.ts'

const share = (value: number) => value.toFixed(4)

/** One line a pair of neighbours on the board. */
export function stabilityCsv({ neighbours }: Stability): string {
  const lines = neighbours.map(({ above, below, gap, error, votes, votesLeft }) => [
    ...[above.name, below.name, gap.toFixed(2), error.toFixed(2)],
    ...[votes, votesLeft ?? ''],
  ])
  return csv([['above', 'below', 'gap', 'standard_error', 'votes_between', 'votes_left'], ...lines])
}

/** One line a pair, from the model that wins more often than the scale expects; shares and counts are of decisive votes. */
export function fitCsv(pairs: BoardFitTest['pairs']): string {
  const head = ['model', 'against', 'decisive_votes', 'wins', 'losses', 'observed', 'expected', 'residual']
  const lines = pairs.map(({ model, against, votes, wins, observed, expected, residual }) => [
    ...[model.name, against.name, votes, wins, votes - wins],
    ...[observed, expected, residual].map(share),
  ])
  return csv([head, ...lines])
}

/** One line a rater left out, under a pseudonym; a model that may not be named is empty. */
export function fragilityCsv(without: Fragility['without']): string {
  const head = [
    'rater',
    'votes',
    'all_rated',
    'first',
    'first_changes',
    'lead',
    'models_moved',
    'furthest',
    'from',
    'to',
  ]
  const yesNo = (yes: boolean) => (yes ? 'yes' : 'no')
  const lines = without.map(({ rater, votes, rated, first, firstChanges, lead, moved, furthest }) => [
    ...[rater, votes, yesNo(rated), first?.name ?? '', yesNo(firstChanges), lead?.toFixed(2) ?? '', moved],
    ...[furthest?.model?.name ?? '', furthest?.from ?? '', furthest?.to ?? ''],
  ])
  return csv([head, ...lines])
}
