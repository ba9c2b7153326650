/** A text in three parts around the words that a reason quotes as “…”; `found` is empty where it quotes none of them. */
export function splitAtReason(text: string, reason: string): { before: string; found: string; after: string } {
  const open = reason.indexOf('“')
  const close = reason.indexOf('”', open)
  const quoted = open >= 0 && close > open ? reason.slice(open + 1, close) : ''
  const at = quoted === '' ? -1 : text.toLowerCase().indexOf(quoted.toLowerCase())
  if (at < 0) return { before: text, found: '', after: '' }
  const end = at + quoted.length
  return { before: text.slice(0, at), found: text.slice(at, end), after: text.slice(end) }
}
