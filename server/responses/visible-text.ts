import { separateThinking } from '../endpoints/protocols/thinking.ts'

const usualTags = ['usual']
/** The most of an answer that is shown; what is cut is said so. */
const mostCharacters = 65_536

/**
 * A response as people see it, the same for every model: thoughts between the usual tags left out, also where an endpoint
 * keeps them, invisible controls made visible, at most 64 Ki characters. The response itself stays as it came.
 */
export function visibleText(response: string): string {
  const text = showControls(separateThinking(response, usualTags).answer).trim()
  if (text.length <= mostCharacters) return text
  return `${text.slice(0, mostCharacters).replace(/[\uD800-\uDBFF]$/, '')}\n\n(The answer goes on; the rest is not shown.)`
}

/** Direction overrides could turn a line round and zero-width marks hide a watermark; joiners stay, scripts and emoji need them. */
function showControls(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\u202A-\u202E\u2066-\u2069\u200B\u200E\u200F\u2060\uFEFF\u00AD]/g, (control) => {
      return `[U+${control.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`
    })
    .replaceAll(/[^\P{Cc}\n\t]|[\uE000-\uF8FF]/gu, '\uFFFD')
}
