/** Accepted answers as people read them, whatever shape a benchmark keeps them in. Null: withheld. */
export function goldAsText(gold: unknown): string[] | null {
  if (gold === null || gold === undefined) return null
  return (Array.isArray(gold) ? gold : [gold]).map(textOf)
}

/** A gold answer that comes with how to compare it is shown by itself. */
function textOf(gold: unknown): string {
  if (typeof gold === 'string') return gold
  if (typeof gold === 'object' && gold !== null && 'answer' in gold) return textOf(gold.answer)
  return JSON.stringify(gold)
}
