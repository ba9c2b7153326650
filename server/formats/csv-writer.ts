/** Lines as CSV (RFC 4180); cells that a spreadsheet would run as formulae are escaped. */
export const csv = (lines: (string | number)[][]) => lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('')

function cell(value: string | number): string {
  const text =
    typeof value === 'string' && /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
