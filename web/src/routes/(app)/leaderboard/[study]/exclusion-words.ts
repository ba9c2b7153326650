const words: Record<string, string> = {
  unsure: 'Left out: the rater did not know',
  duplicate: 'Left out: a second vote of one rater on the same query and pair',
  late: 'Left out: came late, when the pair was full',
  withdrawn: 'Left out: withdrawn by the rater',
  rater: 'Left out: its rater was excluded',
  report: 'Left out: by the decision on a report',
}

/** Why votes were left out, in words; a reason that has none yet says its own name. */
export function exclusionWords(reason: string): string {
  return words[reason] ?? `Left out: ${reason.replaceAll('_', ' ').replaceAll('-', ' ')}`
}
