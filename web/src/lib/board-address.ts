import type { QueryCategory } from '#server/queries/categories/schema.ts'

/** The views of a board, in the order of their tabs; the table has the short address. */
export const boardViews = {
  table: 'Table',
  matrix: 'Matrix',
  scatter: 'Scatter',
  categories: 'Categories',
  stability: 'Stability',
  method: 'Method',
} as const
export type BoardView = keyof typeof boardViews

/** Address of a view of a board; what is null is left out. */
export function boardAddress(
  study: string,
  view: BoardView | 'battles' = 'table',
  query: { category?: QueryCategory | null } & Record<string, string | number | null | undefined> = {},
): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '')
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return `/leaderboard/${encodeURIComponent(study)}${view === 'table' ? '' : `/${view}`}${search ? `?${search}` : ''}`
}

/**
 * Computes every digit of a snapshot again from its archive: fetched where everybody may have it, else packed by whoever
 * runs the study.
 */
export function replayCommand(study: string, snapshot: string, archive: URL | null): string {
  const packed = archive
    ? `curl --fail --location --output board.zip '${archive.href}'`
    : `npx arena snapshot create ${study} --snapshot ${snapshot} --output board.zip`
  return `${packed} && npx arena snapshot replay board.zip`
}
