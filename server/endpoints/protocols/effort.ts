/**
 * What a word for effort is worth in tokens of thought, as a share of what may be put out. The shares are those of
 * OpenRouter, where one word serves models that take words and models that take budgets.
 */
const shares: Record<string, number> = { minimal: 0.1, low: 0.2, medium: 0.5, high: 0.8, xhigh: 0.95, max: 0.95 }

/**
 * The tokens of thought for an effort, between what a model takes at least and at most, and the limit of all tokens with
 * them: where they would leave no room for an answer, they come on top. An unknown word is `medium`.
 */
export function budgetFor(
  effort: string,
  maxTokens: number,
  [least, most]: readonly [number, number],
): { budget: number; limit: number } {
  const share = Math.floor(maxTokens * (shares[effort] ?? shares['medium']!))
  const budget = Math.min(most, Math.max(least, share))
  return { budget, limit: budget < maxTokens ? maxTokens : maxTokens + budget }
}
