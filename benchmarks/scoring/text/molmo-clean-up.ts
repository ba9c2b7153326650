import { collapseSpace, strip } from './python-text.ts'

/** What Molmo's evaluation reads in a response: the text after `Answer:`, else the most frequent line, first on ties. */
export function cleanUpForEvaluation(response: string): string {
  const text = strip(response)
  const [, afterCue] = text.split('Answer:')
  if (afterCue !== undefined) return strip(afterCue)
  return text.includes('\n') ? mostFrequentLine(text) : collapseSpace(text)
}

/** What Molmo's submission file holds for a response: the most frequent line, first on ties; one line stays as it is. */
export function cleanUpForSubmission(response: string): string {
  const text = strip(response)
  return text.includes('\n') ? mostFrequentLine(text) : text
}

function mostFrequentLine(text: string): string {
  const counts = new Map<string, number>()
  for (const line of text.split('\n').map(collapseSpace)) counts.set(line, (counts.get(line) ?? 0) + 1)
  const highest = [...counts.values()].reduce((high, count) => Math.max(high, count))
  for (const [line, count] of counts) if (count === highest) return line
  return ''
}
