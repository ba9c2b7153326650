import type { GlyphKind } from './components/Glyph.svelte'
import { maySetUp } from './doors.ts'
import type { ErrorClass } from '#server/endpoints/schema.ts'
import type { Me } from '#server/accounts/schema.ts'
import type { Outcome, OutcomeCounts, PredictionSummary, Run, RunStatus } from '#server/runs/schema.ts'

/** Whether somebody may pause, resume and end a run, and is told where its endpoint answers. */
export function mayUseRun(person: Me['person'], { team }: Pick<Run, 'team'>): boolean {
  return maySetUp({ person }) || (person?.team != null && person.team.name === team)
}

interface StatusWords {
  kind: GlyphKind
  words: string
}

/** A run's state with its glyph. */
export function runStatusWords(status: RunStatus): StatusWords {
  switch (status) {
    case 'preparing':
      return { kind: 'wait', words: 'preparing' }
    case 'running':
      return { kind: 'wait', words: 'running' }
    case 'paused':
      return { kind: 'warn', words: 'paused' }
    case 'complete':
      return { kind: 'good', words: 'complete' }
    case 'finalised':
      return { kind: 'good', words: 'finalised' }
    case 'incomplete':
      return { kind: 'warn', words: 'incomplete' }
    case 'cancelled':
      return { kind: 'off', words: 'cancelled' }
  }
}

/** What became of one prediction, as the list and the evidence say it. */
export function outcomeWords(
  prediction: Pick<PredictionSummary, 'outcome' | 'score' | 'truncated' | 'empty'>,
): StatusWords {
  const { outcome, score, truncated, empty } = prediction
  switch (outcome) {
    case 'scored':
      return scoredWords(score, truncated ? ', cut off' : empty ? ', empty' : '')
    case 'unparsed':
      return {
        kind: 'warn',
        words: truncated ? 'cut off, no answer found' : empty ? 'empty answer' : 'no answer found',
      }
    case 'refused':
      return { kind: 'warn', words: 'refused' }
    case 'withheld':
      return { kind: 'good', words: 'gold withheld' }
    case 'error':
      return { kind: 'bad', words: 'no reply' }
    case 'pending':
      return { kind: 'off', words: 'waiting' }
    case 'skipped':
      return { kind: 'off', words: 'skipped' }
  }
}

function scoredWords(score: number | null, how: string): StatusWords {
  if (score === 1) return { kind: 'good', words: `right${how}` }
  if (score === null || score === 0) return { kind: 'bad', words: `wrong${how}` }
  return { kind: 'warn', words: `partly right, ${score.toFixed(2)}${how}` }
}

const waitWords: Partial<Record<ErrorClass, string>> = {
  rate_limit: 'the rate limit',
  overloaded: 'the service, which is overloaded',
  connection: 'the endpoint, which is away',
  timeout: 'another try after no answer came in time',
  server: 'the endpoint, which has a fault',
  protocol: 'another try after an unreadable reply',
  internal: 'another try after a stop',
}

/** What calls of this class wait for. */
export function waitReason(errorClass: ErrorClass): string {
  return waitWords[errorClass] ?? `another try after ${errorClass.replaceAll('_', ' ')}`
}

/** "1.4 %" of the answers; nothing where there are none of the kind. */
export function shareOf(count: number, counts: OutcomeCounts): string {
  const answered = counts.scored + counts.unparsed + counts.refused + counts.withheld
  return count === 0 || answered === 0 ? '' : `${((100 * count) / answered).toFixed(1)} %`
}

/** Predictions that have come to an end, whatever it was. */
export function settled(counts: OutcomeCounts): number {
  return counts.scored + counts.unparsed + counts.refused + counts.withheld + counts.error + counts.skipped
}

/** The outcomes that a page lists as trouble, in its order. */
export const troubles: {
  outcome: Extract<Outcome, 'unparsed' | 'refused' | 'error' | 'skipped'> | 'truncated' | 'empty'
  words: string
}[] = [
  { outcome: 'unparsed', words: 'No answer found' },
  { outcome: 'refused', words: 'Refused' },
  { outcome: 'truncated', words: 'Cut off at the token limit' },
  { outcome: 'empty', words: 'Empty answer' },
  { outcome: 'error', words: 'No reply' },
]
