import { InputError } from '../core/problem.ts'

/** What a study asks of raters before real cards; no items: nothing. */
export interface TrainingSettings {
  trainingItems: number
  trainingBar: number
  trainingTries: number
  trainingFor: 'new' | 'everybody'
}

/** The settings of a study that concern its training. */
export function trainingOf({ trainingItems, trainingBar, trainingTries, trainingFor }: TrainingSettings) {
  return { trainingItems, trainingBar, trainingTries, trainingFor }
}

/** Throws InputError where a round would ask for more right verdicts than it has items. */
export function requireReachableBar({
  trainingItems,
  trainingBar,
}: Pick<TrainingSettings, 'trainingItems' | 'trainingBar'>) {
  if (trainingItems === 0 || trainingBar <= trainingItems) return
  throw new InputError(
    `A round of ${trainingItems} training items cannot ask for ${trainingBar} right verdicts: lower the bar, or give it more items.`,
  )
}
