import { words } from './en/home.ts'
import { Part } from './part.ts'

/** A rater's start page. */
export const homeWords = new Part(words, { es: () => import('./es/home.ts'), de: () => import('./de/home.ts') })
