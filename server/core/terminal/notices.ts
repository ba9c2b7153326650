import { printable } from '../printable.ts'

let show = (line: string) => console.error(line)

/** Says one line to whoever sits at the terminal, on standard error, beside what is drawn there. */
export function notice(line: string): void {
  show(printable(line))
}

/** Has notices shown by whoever draws on the terminal, until the function that it returns is called. */
export function showNoticesWith(draw: (line: string) => void): () => void {
  const before = show
  show = draw
  return () => (show = before)
}
