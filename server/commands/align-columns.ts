import { printable } from '#server/core/printable.ts'

/** Columns two spaces apart, printable whatever they hold; those that hold only numbers are right-aligned. */
export function alignColumns(cells: string[][]): string {
  const rows = cells.map((row) => row.map(printable))
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const numeric = rows[0]!.map((_, column) => rows.slice(1).every((row) => /^[\d.,–-]*$/.test(row[column]!)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => (numeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
