import type { CategoryRule, QueryCategory } from './schema.ts'

/** Writing without spaces between words, in which a word is found wherever its letters stand. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** Lower-case words with one space before, between and behind them. */
function folded(text: string): string {
  return ` ${text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()} `
}

/** What the rules say of a question. */
interface Spoken {
  category: QueryCategory
  /** The words that spoke for it, in the order of the rules. */
  because: string
}

/**
 * Makes of rules what they say of a question: the category whose words make up most of it, at equal length the one whose
 * rule is first; null where none of the words stands in it. Case, marks between words and their number of spaces say nothing.
 */
export function speakFor(rules: Pick<CategoryRule, 'category' | 'words'>[]): (question: string) => Spoken | null {
  const sought = rules.map(({ category, words }) => {
    const whole = folded(words)
    return { category, words, letters: unspaced.test(whole) ? whole.trim() : whole }
  })
  return (question) => {
    const text = folded(question)
    const found = new Map<QueryCategory, { length: number; words: string[] }>()
    for (const { category, words, letters } of sought) {
      if (!text.includes(letters)) continue
      const before = found.get(category) ?? { length: 0, words: [] }
      found.set(category, { length: before.length + letters.trim().length, words: [...before.words, words] })
    }
    const [first, ...others] = found
    if (!first) return null
    const [category, { words }] = others.reduce((best, one) => (one[1].length > best[1].length ? one : best), first)
    return { category, because: words.join(', ') }
  }
}
