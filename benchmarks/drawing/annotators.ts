/** Ten people's answers, from how many of them gave each. Throws when they do not add up to ten. */
export function annotators(counts: Record<string, number>): string[] {
  const answers = Object.entries(counts).flatMap(([answer, count]) => Array.from({ length: count }, () => answer))
  if (answers.length !== 10) throw new Error(`${answers.length} annotators answered, not ten`)
  return answers
}
