/** The most of an answer that is shown; what is cut is said so. */
const mostCharacters = 65_536

/**
 * A response as people see it, the same for every model: thinking blocks left out, invisible controls made visible, at
 * most 64 Ki characters. The response itself stays as it came.
 */
export function visibleText(response: string): string {
  const text = showControls(stripThinking(response)).trim()
  if (text.length <= mostCharacters) return text
  return `${text.slice(0, mostCharacters).replace(/[\uD800-\uDBFF]$/, '')}\n\n(The answer goes on; the rest is not shown.)`
}

/**
 * Leaves out what a model thought before it answered: `<think>…</think>` and its spellings, also when only the end tag
 * came because the start was part of the prompt's template. A block that never ends leaves nothing.
 */
export function stripThinking(response: string): string {
  let kept = ''
  let end: number | null = 0
  for (const { index, 0: tag } of response.matchAll(thinkingTags)) {
    const isEnd = tag.startsWith('</')
    if (end !== null && !isEnd) {
      kept += response.slice(end, index)
      end = null
    } else if (end === null && isEnd) end = index + tag.length
  }
  return afterLastEnd(end === null ? kept : kept + response.slice(end))
}

const thinkingTags = /<\/?(?:think|thinking|thought|reasoning)>/gi

function afterLastEnd(text: string): string {
  const last = Array.from(text.matchAll(thinkingTags)).findLast(([tag]) => tag.startsWith('</'))
  return last ? text.slice(last.index + last[0].length) : text
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
