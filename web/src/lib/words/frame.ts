import { words } from './en/frame.ts'
import { Part } from './part.ts'

/** What is around the content of any page that raters meet. */
export const frameWords = new Part(words, { es: () => import('./es/frame.ts'), de: () => import('./de/frame.ts') })
