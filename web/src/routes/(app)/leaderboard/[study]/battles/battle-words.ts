import type { Verdict } from '#server/battles/schema.ts'

/** What a vote says, in words, with the names of A and B: "Molmo-72B is better". */
export function outcomeWords(verdict: Verdict, nameA: string, nameB: string): string {
  switch (verdict) {
    case 'model_a':
      return `${nameA} is better`
    case 'model_b':
      return `${nameB} is better`
    case 'tie':
      return 'Both good'
    case 'both_bad':
      return 'Both bad'
    case 'unsure':
      return 'Don’t know, not counted'
  }
}
