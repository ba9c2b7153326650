import type { PrintedBoard, PrintedRow } from './rate-board.ts'
import { alignColumns } from '../align-columns.ts'

/** A board as text: what was counted, one table for each list of models that can be compared, then the notes. */
export function boardText(board: PrintedBoard): string {
  const { model_a: left, model_b: right, tie, both_bad: bothBad } = board.outcomes
  const leftOut = [
    board.unsure > 0 ? `${board.unsure} unsure left out` : '',
    board.notBlind > 0 ? `${board.notBlind} not blind left out` : '',
    board.repeats > 0 ? `${board.repeats} repeats left out` : '',
  ].filter((words) => words !== '')
  const counted = `${board.votes} votes: ${left} left, ${right} right, ${tie} ties, ${bothBad} both bad`
  const parts = [[counted, ...leftOut].join('; ')]
  const weighted = board.weighted ? ', weighted' : ''
  parts.push(`Method ${board.method}, ties ${board.ties}${weighted}, interval ${board.interval} (95 %)`)
  if (board.anchor) parts.push(`Shown with ${readable(board.anchor.model)} at ${board.anchor.rating}`)
  for (const { rows } of board.lists) parts.push('', listText(rows, board.ties))
  if (board.tieParameter !== null) parts.push('', `Tie parameter ${board.tieParameter.toFixed(4)}`)
  if (board.coefficients.length > 0) parts.push('', 'Style, log-odds for one standard deviation:')
  for (const { name, value, lower, upper } of board.coefficients)
    parts.push(`  ${name.padEnd(8)} ${value.toFixed(3)} (${lower.toFixed(3)} to ${upper.toFixed(3)})`)
  if (board.notes.length > 0) parts.push('', ...board.notes.map(readable))
  return parts.join('\n')
}

function listText(rows: PrintedRow[], ties: PrintedBoard['ties']): string {
  // Two treatments of ties stand side by side: the one asked for, and the one that differs from it most.
  const other = ties === 'drop' ? 'half' : 'drop'
  const besides = rows.some(({ underTies }) => underTies && underTies[other] !== null)
  const headings = ['rank', 'model', 'rating', '95 % interval', 'votes', 'average win rate', 'both bad']
  const lines = rows.map((row) => [
    rankText(row),
    readable(row.model),
    ratingText(row),
    row.lower === null ? '–' : `${row.lower.toFixed(1)} to ${row.upper!.toFixed(1)}`,
    String(row.battles),
    percent(row.averageWinRate),
    percent(row.bothBadRate),
    ...(besides ? [row.underTies?.[other]?.toFixed(1) ?? '–'] : []),
  ])
  return alignColumns([besides ? [...headings, `ties ${other}`] : headings, ...lines])
}

function rankText({ rankBest, rankWorst }: PrintedRow): string {
  if (rankBest === null) return '–'
  return rankBest === rankWorst ? String(rankBest) : `${rankBest}–${rankWorst}`
}

function ratingText({ rating, standing, prior }: PrintedRow): string {
  if (rating !== null) return rating.toFixed(1)
  return prior === null ? standing : `${standing} (prior ${prior.toFixed(0)})`
}

/** Line breaks and control characters of a name as JSON writes them: a table has one line for a model. */
function readable(name: string): string {
  return name.replace(/\p{Cc}/gu, (sign) => {
    const code = sign.charCodeAt(0).toString(16).padStart(4, '0')
    return { '\n': '\\n', '\t': '\\t', '\r': '\\r' }[sign] ?? `\\u${code}`
  })
}

const percent = (value: number) => (Number.isNaN(value) ? '–' : `${(100 * value).toFixed(1)} %`)
