import { sentenceOf } from '../api/problem.ts'
import { Part } from './part.ts'

/** The sentence that a rater reads of a call that failed. In English it is the server's own. */
export const problemWords = new Part<{ sentenceOf: (failure: unknown) => string }>(
  { sentenceOf },
  { es: () => import('./es/problems.ts'), de: () => import('./de/problems.ts') },
)
