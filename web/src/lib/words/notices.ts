import { words } from './en/notices.ts'
import { Part } from './part.ts'

/** What is said beside the card or in its place: of votes, of breaks, and how a sitting ends. */
export const noticeWords = new Part(words, { es: () => import('./es/notices.ts'), de: () => import('./de/notices.ts') })
