/** What a scorer sees: an example without its pictures. `gold: null` means withheld. */
export interface Question<Gold = unknown> {
  id: string
  question: string
  choices?: string[]
  tags: string[]
  gold: Gold | null
}

/** An extraction that only a judge endpoint can finish. */
export interface NeedsJudge {
  kind: 'needs-judge'
  /** What to ask; never holds the gold answer. `marker` is a line that the response cannot hold: it stands around it. */
  prompt(marker: string): string
}

/** `value` in [0, 1]. `also`: further values that metrics name (close, valid). `steps`: for the example page, "4.2 vs 4.0, 5 % → right". */
export interface Mark {
  value: number
  also?: Record<string, number>
  steps: string[]
}

/** How one profile reads and marks responses: pure, total, the same for the same input. */
export interface Scorer<Gold = unknown> {
  /** The answer found in a response; null when there is nothing to mark. */
  extract(response: string, question: Question<Gold>): string | null | NeedsJudge
  score(answer: string, question: Question<Gold>): Mark
  /** Some responses can only be read by a judge endpoint: the name of what it is asked, raised with its wording. */
  needsJudge?: string
  /** Further values that a question has whatever the response: what recall divides by counts refusals, too. */
  ofQuestion?(question: Question<Gold>): Record<string, number>
  /** The mark where `extract` found nothing, if metrics need more than a plain 0. */
  unparsed?(question: Question<Gold>): Mark
}

/** The gold of a question that is being marked. Throws when it is withheld: such predictions are submitted, not scored. */
export function goldOf<Gold>(question: Question<Gold>): Gold {
  if (question.gold === null)
    throw new Error(`The gold answer of ${question.id} is withheld, so it cannot be scored here`)
  return question.gold
}
