/** From `start` up to, not including, `end`, in UTF-16 units. */
export interface CodeRange {
  start: number
  end: number
  fenced: boolean
}

/**
 * Where a text is code by Markdown's marks, in order: fenced blocks that are closed, and spans between equal runs of
 * backticks on one line. Reads the text once.
 */
export function codeRangesIn(text: string): CodeRange[] {
  const ranges: CodeRange[] = []
  let fence: { mark: string; start: number; spans: CodeRange[] } | null = null
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at)
    const end = newline === -1 ? text.length : newline + 1
    const line = text.slice(at, end)
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line.slice(0, 256))?.[1]
    const closes = fence && mark?.startsWith(fence.mark) && line.trim() === mark
    if (fence && closes) {
      ranges.push({ start: fence.start, end, fenced: true })
      fence = null
    } else if (!fence && mark) fence = { mark, start: at, spans: [] }
    else (fence?.spans ?? ranges).push(...spansIn(line, at))
    at = end
  }
  // What was taken for a fence and never closed was none.
  return fence ? [...ranges, ...fence.spans] : ranges
}

function spansIn(line: string, offset: number): CodeRange[] {
  const runs = Array.from(line.matchAll(/`+/g), ({ 0: run, index }) => ({ index, length: run.length }))
  const lastOf = new Map(runs.map(({ length }, number) => [length, number]))
  const spans: CodeRange[] = []
  for (let number = 0; number < runs.length; number++) {
    const { index, length } = runs[number]!
    if (lastOf.get(length) === number) continue
    do number++
    while (runs[number]!.length !== length)
    spans.push({ start: offset + index, end: offset + runs[number]!.index + length, fenced: false })
  }
  return spans
}
