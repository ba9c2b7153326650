import type { StoredRendering } from '#drizzle/schema/battles.ts'
import type { Answer } from '../schema.ts'
import { escapeHtml } from './maths.ts'
import { renderAnswer } from './render-answer.ts'

/** Raised whenever the same text would be shown otherwise: stored renderings of another version are made anew. */
export const rendererVersion = 1

/** An answer as a study shows it that shows points, and as one that does not; null: the same. */
export interface Renderings {
  pointed: StoredRendering
  pointless: StoredRendering | null
}

/** Both renderings of a response. `scale`: see readPoints. */
export function renderTwice(response: string, scale: number): Renderings {
  const pointed = renderAnswer(response, scale, { pointsShown: true })
  const pointless = renderAnswer(response, scale, { pointsShown: false })
  const same = pointed.html === pointless.html && pointed.points.length === 0
  return { pointed: storedOf(pointed, response), pointless: same ? null : storedOf(pointless, response) }
}

const storedOf = ({ text, ...answer }: Answer, response: string): StoredRendering => ({
  ...answer,
  text: text === response ? null : text,
})

const mostPlain = 65_536

/** What is shown of a response that cannot be rendered within its bounds: its characters, and no points. */
export function plainRendering(response: string): Renderings {
  const text = response.slice(0, mostPlain).replaceAll('\0', '')
  const html = `<p dir="auto">${escapeHtml(text).replaceAll('\n', '<br>')}</p>`
  const pointed = { html, words: text.split(' ').length, points: [], text: text === response ? null : text }
  return { pointed, pointless: null }
}
