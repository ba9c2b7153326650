import { csv } from '#server/formats/csv-writer.ts'
import type { PayList, StudyRater } from './schema.ts'

const fixed = (value: number | null, digits: number) => value?.toFixed(digits) ?? ''

/** One line a rater with every figure; shares as counts, so that they can be added up. */
export function ratersCsv(raters: StudyRater[]): string {
  const head = [
    ...['number', 'id', 'cohort', 'state', 'votes', 'counted', 'unsure', 'median_seconds', 'hasty', 'timed', 'left'],
    ...[
      'decided',
      'left_p',
      'ties',
      'longer',
      'unlike_lengths',
      'agreeing',
      'shared',
      'same_again',
      'repeats',
      'gold_right',
      'gold',
      'training',
      'training_rounds',
      'training_right',
      'training_items',
      'rule',
    ],
    ...['rule_p', 'reports', 'proposed_because', 'excluded_at', 'excluded_because', 'note'],
  ]
  const lines = raters.map((one) => [
    ...[one.number, one.id, one.cohort, one.state, one.votes, one.counted, one.unsure, fixed(one.medianSeconds, 1)],
    ...[one.hasty.count, one.hasty.of, one.left.count, one.left.of, one.leftP?.toPrecision(3) ?? '', one.ties.count],
    ...[one.longer.count, one.longer.of, one.agreement.count, one.agreement.of, one.repeats.count, one.repeats.of],
    ...[one.gold.count, one.gold.of],
    ...[one.training.state, one.training.rounds, one.training.count, one.training.of],
    ...[one.test?.reason ?? '', one.test?.pValue.toPrecision(3) ?? '', one.reports, one.proposal?.join(' ') ?? ''],
    ...[one.exclusion?.at ?? '', one.exclusion?.reason ?? '', one.exclusion?.note ?? ''],
  ])
  return csv([head, ...lines])
}

/** One line a rater: what they gave, what of it counts, and how long they sat at it. */
export function payCsv({ raters }: PayList): string {
  const lines = raters.map(({ number, id, cohort, votes, counted, minutes, excluded }) => [
    ...[number, id, cohort, votes, counted, minutes.toFixed(1), excluded ? 'yes' : 'no'],
  ])
  return csv([['rater', 'id', 'cohort', 'votes', 'counted_votes', 'minutes', 'excluded'], ...lines])
}
