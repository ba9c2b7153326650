import { words } from './en/join.ts'
import { Part } from './part.ts'

/** How people come in: by a link, or from a panel. */
export const joinWords = new Part(words, { es: () => import('./es/join.ts'), de: () => import('./de/join.ts') })
