import type { ExpectedVerdict } from '#server/battles/gold/schema.ts'

/** The verdict that is right of a gold item, as it is chosen and shown. */
export const expectedWords: Record<ExpectedVerdict, string> = {
  first: 'The first answer is better',
  second: 'The second answer is better',
  tie: 'Both are good',
  both_bad: 'Both are bad',
}

/** The verdicts in the order in which they are offered. */
export const expectedVerdicts = Object.keys(expectedWords) as ExpectedVerdict[]
