/** "yes ×7, no ×3": answers of several people, the most frequent first. */
export function tally(gold: string[]): string {
  const counts = new Map<string, number>()
  for (const answer of gold) counts.set(answer, (counts.get(answer) ?? 0) + 1)
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([answer, count]) => (count > 1 ? `${answer} ×${count}` : answer))
    .join(', ')
}
