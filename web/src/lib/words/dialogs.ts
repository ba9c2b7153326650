import { words } from './en/dialogs.ts'
import { Part } from './part.ts'

/** What a rater opens over the card. */
export const dialogWords = new Part(words, { es: () => import('./es/dialogs.ts'), de: () => import('./de/dialogs.ts') })
