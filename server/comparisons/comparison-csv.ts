import { csv } from '../formats/csv-writer.ts'
import type { Comparison, ScoreDifference } from './schema.ts'

const headings = [
  'score',
  'examples',
  'pictures',
  'mean_a',
  'mean_b',
  'difference',
  'low',
  'high',
  'standard_error',
  'df',
  'p',
  'p_holm',
  'detectable',
  'a_only',
  'b_only',
  'both',
  'neither',
  'mcnemar_p',
]

/** A comparison as a table: a line for the whole, then one for each sub-score; differences are A less B, in [-1, 1]. */
export function comparisonCsv({ overall, subScores }: Comparison): string {
  if (!overall) return csv([headings])
  return csv([
    headings,
    line('all', overall, null),
    ...subScores.map(({ holmP, name, ...score }) => line(name, score, holmP)),
  ])
}

function line(name: string, score: ScoreDifference, holmP: number | null): (string | number)[] {
  const { n, pictures, meanA, meanB, difference, bounds, flips } = score
  const tested = bounds
    ? [bounds.low, bounds.high, bounds.standardError, bounds.degrees, bounds.p]
    : ['', '', '', '', '']
  const counted = [flips.aOnly, flips.bOnly, flips.both, flips.neither, flips.mcnemarP ?? '']
  return [name, n, pictures, meanA, meanB, difference, ...tested, holmP ?? '', bounds?.detectable ?? '', ...counted]
}
