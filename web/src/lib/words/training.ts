import { words } from './en/training.ts'
import { Part } from './part.ts'

/** The training before real cards. */
export const trainingWords = new Part(words, {
  es: () => import('./es/training.ts'),
  de: () => import('./de/training.ts'),
})
