import type { VoteReason } from '#server/battles/schema.ts'

/** Why an answer is better, as raters choose it and readers see it. */
export const reasonWords: Record<VoteReason, string> = {
  correct: 'More correct',
  complete: 'More complete',
  clear: 'Clearer',
  concise: 'More to the point',
  points: 'Points better at the picture',
  safe: 'Safer',
}
