import { ApiProblem, NoAnswer } from '../api/problem.ts'

/**
 * What raters may be refused, by the type of the problem. Where a type has several reasons, each has words of its own after
 * a slash.
 */
type RaterProblem =
  | 'already-voted'
  | 'another-rater'
  | 'busy'
  | 'consent-needed'
  | 'foreign-request'
  | 'invalid-input'
  | 'lease-over'
  | 'link-personal'
  | 'link-spent'
  | 'link-spent/expired'
  | 'link-spent/revoked'
  | 'link-spent/used-up'
  | 'link-unknown'
  | 'not-allowed'
  | 'not-enrolled'
  | 'not-found'
  | 'operators-try'
  | 'panel-id-missing'
  | 'panel-over'
  | 'panel-over/expired'
  | 'panel-over/full'
  | 'panel-over/stopped'
  | 'panel-unknown'
  | 'rater-excluded'
  | 'rater-paused'
  | 'sign-in-needed'
  | 'sign-in-needed/link-taken-back'
  | 'study-over'
  | 'study-paused'
  | 'tls-needed'
  | 'too-late-to-undo'
  | 'too-many-requests'
  | 'training-needed'
  | 'vote-published'
  | 'vote-withdrawn'

interface ProblemSentences {
  /** The server answered, and the answer is no. */
  problems: Record<RaterProblem, string>
  /** Of a problem that has no words here; what it said is in English. */
  refused: (problem: { said: string }) => string
  unreachable: string
  unreadable: string
}

/** Says what failed in the words of one language. */
export function inWords({ problems, refused, unreachable, unreadable }: ProblemSentences) {
  const known: Partial<Record<string, string>> = problems
  return (failure: unknown): string => {
    if (failure instanceof NoAnswer) return unreachable
    if (!(failure instanceof ApiProblem)) return unreadable
    const name = failure.type.replace('/problems/', '')
    const words = known[`${name}/${failure.reason}`] ?? known[name]
    if (words) return words
    if (failure.status === 429) return problems['too-many-requests']
    return failure.passing ? problems.busy : refused({ said: failure.message })
  }
}
