import { words } from './en/terms.ts'
import { Part } from './part.ts'

/** What is told of a study, of an own address, and of the way back to a panel, on several pages. */
export const termWords = new Part(words, { es: () => import('./es/terms.ts'), de: () => import('./de/terms.ts') })
