import type { NewGoldItem } from '#server/battles/gold/schema.ts'
import { addGold } from '#server/battles/gold/gold-items.ts'
import type { Arena } from './arena.ts'

export const keyOf = (q: number) => `q${String(q).padStart(5, '0')}`

/** A gold item on the first queries of a study each: what its first model says against something made up. */
export async function addGoldItems({ ctx, study }: Arena, queries: number, model = 'Ann'): Promise<string[]> {
  const ids: string[] = []
  for (let q = 0; q < queries; q++) ids.push(await addGold(ctx, study.slug, madeUpItem(q, model)))
  return ids
}

export function madeUpItem(q: number, model = 'Ann'): NewGoldItem {
  return {
    query: keyOf(q),
    first: { model },
    second: { text: `Something beside question ${q}.` },
    expected: 'first',
    note: '',
    use: 'hidden',
  }
}
