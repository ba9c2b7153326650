import type { Example } from '#benchmarks/benchmark.ts'

/** The answer most annotators gave, the first accepted one, or the only one. */
export function goldAnswer({ gold }: Pick<Example, 'gold'>): string {
  if (Array.isArray(gold)) {
    const count = (answer: unknown) => gold.filter((other) => other === answer).length
    return String(gold.toSorted((a, b) => count(b) - count(a))[0])
  }
  return typeof gold === 'object' && gold !== null && 'answer' in gold ? String(gold.answer) : String(gold)
}
