import type { Board, BoardRow } from './rate-board.ts'
import { alignColumns } from './run-table.ts'

/** A board as text: what was counted, one table for each list of models that can be compared, then the notes. */
export function boardText(board: Board): string {
  const { model_a: left, model_b: right, tie, both_bad: bothBad } = board.outcomes
  const leftOut = [
    board.unsure > 0 ? `${board.unsure} unsure left out` : '',
    board.notBlind > 0 ? `${board.notBlind} not blind left out` : '',
  ].filter((words) => words !== '')
  const counted = `${board.votes} votes: ${left} left, ${right} right, ${tie} ties, ${bothBad} both bad`
  const parts = [[counted, ...leftOut].join('; ')]
  parts.push(`Method ${board.method}, ties ${board.ties}, interval ${board.interval} (95 %)`)
  if (board.anchor) parts.push(`Shown with ${board.anchor.model} at ${board.anchor.rating}`)
  for (const { rows } of board.lists) parts.push('', listText(rows))
  if (board.tieParameter !== null) parts.push('', `Tie parameter ${board.tieParameter.toFixed(4)}`)
  if (board.coefficients.length > 0) parts.push('', 'Style, log-odds for one standard deviation:')
  for (const { name, value, lower, upper } of board.coefficients)
    parts.push(`  ${name.padEnd(8)} ${value.toFixed(3)} (${lower.toFixed(3)} to ${upper.toFixed(3)})`)
  if (board.notes.length > 0) parts.push('', ...board.notes)
  return parts.join('\n')
}

function listText(rows: BoardRow[]): string {
  const dropped = rows.some(({ tiesDropped }) => tiesDropped !== null)
  const headings = ['rank', 'model', 'rating', '95 % interval', 'votes', 'average win rate', 'both bad']
  const lines = rows.map((row) => [
    rankText(row),
    row.model,
    ratingText(row),
    row.lower === null ? '–' : `${row.lower.toFixed(1)} to ${row.upper!.toFixed(1)}`,
    String(row.battles),
    percent(row.averageWinRate),
    percent(row.bothBadRate),
    ...(dropped ? [row.tiesDropped === null ? '–' : row.tiesDropped.toFixed(1)] : []),
  ])
  return alignColumns([dropped ? [...headings, 'ties dropped'] : headings, ...lines])
}

function rankText({ rankBest, rankWorst }: BoardRow): string {
  if (rankBest === null) return '–'
  return rankBest === rankWorst ? String(rankBest) : `${rankBest}–${rankWorst}`
}

function ratingText({ rating, place, prior }: BoardRow): string {
  if (rating !== null) return rating.toFixed(1)
  const words = { above: 'above', below: 'below', mixed: 'unknown', core: 'unknown' }[place]
  return prior === null ? words : `${words} (prior ${prior.toFixed(0)})`
}

const percent = (value: number) => (Number.isNaN(value) ? '–' : `${(100 * value).toFixed(1)} %`)
