import type { ExpectedVerdict, GoldUse } from '#server/battles/gold/schema.ts'

/** The verdict that is right of a gold item, as it is chosen and shown. */
export const expectedWords: Record<ExpectedVerdict, string> = {
  first: 'The first answer is better',
  second: 'The second answer is better',
  tie: 'Both are good',
  both_bad: 'Both are bad',
}

/** The verdicts in the order in which they are offered. */
export const expectedVerdicts = Object.keys(expectedWords) as ExpectedVerdict[]

/** What an item is for, as it is chosen and shown. */
export const useWords: Record<GoldUse, string> = {
  hidden: 'Hidden among the cards',
  training: 'Shown in the training',
}
export const goldUses = Object.keys(useWords) as GoldUse[]

/** To whom the reason of an item is told. */
export const whyWords: Record<GoldUse, string> = {
  hidden: 'Why, for those who run the study',
  training: 'Why, as raters are told',
}
