/** Calls `again` every so often while the page is in sight, never twice at once. Returns what ends it. */
export function refresh(everyMs: number, again: () => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout>
  let ended = false
  const turn = async () => {
    if (document.visibilityState === 'visible') await again().catch(() => undefined)
    if (!ended) timer = setTimeout(() => void turn(), everyMs)
  }
  timer = setTimeout(() => void turn(), everyMs)
  return () => {
    ended = true
    clearTimeout(timer)
  }
}
