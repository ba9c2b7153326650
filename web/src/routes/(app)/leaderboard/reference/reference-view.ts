import type { Openness } from '#server/models/schema.ts'
import type { ReferenceBoard, ReferenceRow } from '#server/boards/schema.ts'

/** How the published table is shown; it stands in the address, so that a view can be passed on. */
interface ReferenceView {
  /** `rank`, `model`, `elo`, `average` or the id of a benchmark. */
  sort: string
  /** Whether rows stay within the paper's four groups. */
  grouped: boolean
}

interface ReferenceGroup {
  /** Null: all rows in one list. */
  openness: Openness | null
  rows: ReferenceRow[]
}

/** Reads a view from an address; an unknown column means the order of Elo. */
export function readView({ benchmarks }: ReferenceBoard, address: URLSearchParams): ReferenceView {
  const known = ['rank', 'model', 'average', ...benchmarks.map(({ id }) => id)]
  const wanted = address.get('sort') ?? 'rank'
  return { sort: known.includes(wanted) ? wanted : 'rank', grouped: address.get('groups') === '1' }
}

/** The address of a view, relative to the page; what is the default is left out. */
export function addressOf({ sort, grouped }: ReferenceView): string {
  const parts = [...(sort === 'rank' ? [] : [`sort=${sort}`]), ...(grouped ? ['groups=1'] : [])]
  return parts.length > 0 ? `?${parts.join('&')}` : '/leaderboard/reference'
}

/** The rows in the view's order: ranks and names upwards, scores from the best down, equal ones by rank. */
export function sortRows({ rows }: ReferenceBoard, { sort, grouped }: ReferenceView): ReferenceGroup[] {
  const sorted = [...rows].sort((one, other) => compare(one, other, sort) || one.rank - other.rank)
  if (!grouped) return [{ openness: null, rows: sorted }]
  const inPaper = [...new Set(rows.map(({ openness }) => openness))]
  return inPaper.map((openness) => ({ openness, rows: sorted.filter((row) => row.openness === openness) }))
}

function compare(one: ReferenceRow, other: ReferenceRow, sort: string): number {
  switch (sort) {
    case 'rank':
      return one.rank - other.rank
    case 'model':
      return one.name.localeCompare(other.name, 'en', { numeric: true })
    case 'average':
      return other.average - one.average
    default:
      return (other.scores[sort] ?? 0) - (one.scores[sort] ?? 0)
  }
}
