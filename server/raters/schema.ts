import { z } from 'zod'

/** Why a rater was excluded, as archives say it; what was found of the person stands in the note, which never leaves. */
export const ExclusionReason = z.enum([
  'side',
  'fit',
  'model',
  'length',
  'speed',
  'agreement',
  'gold',
  'training',
  'asked',
  'other',
])
export type ExclusionReason = z.infer<typeof ExclusionReason>
