import type { ExclusionInput } from '#server/battles/exclusions/schema.ts'
import type { StudyRater } from '#server/boards/raters/schema.ts'

type Reason = ExclusionInput['reason']

/** Why a rater is excluded, as it is chosen and shown. */
export const reasonWords: Record<Reason, string> = {
  side: 'Chooses one side',
  speed: 'Too fast to look',
  length: 'Chooses by length',
  fit: 'Goes against the others',
  model: 'Favours or punishes a model',
  agreement: 'Disagrees on shared items',
  gold: 'Misses gold items',
  training: 'Failed the training',
  asked: 'Asked to be left out',
  other: 'Another reason',
}

/** How far somebody is in the training, in a word or two. */
export function trainingWords({ state, count, of }: StudyRater['training']): string {
  const figure = of === 0 ? '' : ` ${count}/${of}`
  const words = {
    none: '–',
    due: 'to do',
    begun: `under way${figure}`,
    passed: `passed${figure}`,
    failed: `failed${figure}`,
  }
  return words[state]
}

/** A share in whole percent; a dash where there is nothing to count. */
export function shareWords({ count, of }: StudyRater['left']): string {
  return of === 0 ? '–' : `${Math.round((100 * count) / of)} %`
}
