import { words } from './en/rate.ts'
import { Part } from './part.ts'

/** What stands on the rating page from the first moment. */
export const rateWords = new Part(words, { es: () => import('./es/rate.ts'), de: () => import('./de/rate.ts') })
