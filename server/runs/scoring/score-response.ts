import type { Benchmark } from '#benchmarks/benchmark.ts'
import type { Mark, NeedsJudge, Question, Scorer } from '#benchmarks/scoring/scorer.ts'
import { InputError } from '#server/core/problem.ts'

/** What became of one answered call. Scores are in [0, 1]; `withheld` predictions have none. */
export interface ScoredResponse {
  outcome: 'scored' | 'unparsed' | 'refused' | 'withheld'
  answer: string | null
  score: number | null
  also: Record<string, number> | null
  steps: string[]
}

/** What scoring needs of a reply. */
interface Read {
  response: string
  refused: boolean
  truncated: boolean
}

/** The scorer of a profile. Throws InputError with the profiles that the benchmark has. */
export function scorerOf(benchmark: Benchmark, profile: string): Scorer {
  const scorers: Record<string, Scorer | undefined> = benchmark.scorers
  const scorer = scorers[profile]
  if (scorer) return scorer
  throw new InputError(
    `${benchmark.id} has no scoring profile '${profile}'. It has ${Object.keys(scorers).join(', ')}.`,
  )
}

/** Whether some responses can only be read by a judge under this profile; false for one that is no longer there. */
export function needsJudge(benchmark: Benchmark, profile: string): boolean {
  const scorers: Record<string, Scorer | undefined> = benchmark.scorers
  return scorers[profile]?.needsJudge !== undefined
}

/** The profile of a run that names none: `official`, or `no_judge` where official needs a judge and there is none. */
export function defaultProfile(benchmark: Benchmark, { judged = false } = {}): string {
  return benchmark.scorers.official.needsJudge && !judged ? 'no_judge' : 'official'
}

/** Throws InputError for an unknown profile, and for one that only a judge can carry out. */
export function refuseWithoutJudge(benchmark: Benchmark, profile: string): void {
  if (!scorerOf(benchmark, profile).needsJudge) return
  throw new InputError(
    `The profile '${profile}' of ${benchmark.id} needs a judge endpoint, and none is named. Name one, or take no_judge, which reads responses by rule.`,
  )
}

/**
 * Reads and marks one response, or says what a judge is to be asked. A refusal and a response without an answer count
 * as 0, each under its own name.
 */
export function readResponse(
  scorer: Scorer,
  question: Question,
  { response, refused, truncated }: Read,
): ScoredResponse | NeedsJudge {
  if (refused) {
    const steps = ['the endpoint refused to answer → 0']
    return { outcome: 'refused', answer: null, score: 0, also: furtherValues(scorer, question), steps }
  }
  if (truncated && response.trim() === '') {
    return unparsed(scorer, question, 'the reply was cut off before it came to an answer → 0')
  }
  const extracted = scorer.extract(response, question)
  if (extracted === null) return unparsed(scorer, question, 'no answer was found in the response → 0')
  return typeof extracted === 'string' ? scoreAnswer(scorer, question, extracted) : extracted
}

/** Reads and marks one response under a profile that needs no judge. */
export function scoreResponse(scorer: Scorer, question: Question, response: string, refused: boolean): ScoredResponse {
  const read = readResponse(scorer, question, { response, refused, truncated: false })
  if ('kind' in read) throw new Error(`Only a judge can read the response to ${question.id}, and there is none`)
  return read
}

/**
 * Marks what a judge found in a response. Nothing at all, `NONE`, and a judge that would not read it leave the response
 * without an answer.
 */
export function scoreJudgement(
  scorer: Scorer,
  question: Question,
  { response, refused, truncated }: Read,
): ScoredResponse {
  if (truncated && response.trim() === '')
    return unparsed(scorer, question, 'the judge was cut off before it came to an answer → 0')
  if (refused) return unparsed(scorer, question, 'the judge refused to read the response → 0')
  const found = response.trim()
  if (found === '' || found === 'NONE')
    return unparsed(scorer, question, 'the judge found no answer in the response → 0')
  const { steps, ...scored } = scoreAnswer(scorer, question, found)
  return { ...scored, steps: [`the judge read “${found}” in the response`, ...steps] }
}

function scoreAnswer(scorer: Scorer, question: Question, answer: string): ScoredResponse {
  if (question.gold === null) {
    const steps = ['the gold answer is withheld by its authors']
    return { outcome: 'withheld', answer, score: null, also: null, steps }
  }
  const mark = scorer.score(answer, question)
  return {
    outcome: 'scored',
    answer,
    score: mark.value,
    also: furtherValues(scorer, question, mark),
    steps: mark.steps,
  }
}

/** A response without an answer: most scorers give 0 for it, some have a rule of their own or further values. */
function unparsed(scorer: Scorer, question: Question, reason: string): ScoredResponse {
  const mark = question.gold === null ? undefined : scorer.unparsed?.(question)
  return {
    outcome: 'unparsed',
    answer: null,
    score: mark?.value ?? 0,
    also: furtherValues(scorer, question, mark),
    steps: mark?.steps ?? [reason],
  }
}

/** Further values of the mark and of the question itself; null where there are none. */
function furtherValues(scorer: Scorer, question: Question, mark?: Mark): Record<string, number> | null {
  const ofQuestion = question.gold === null ? undefined : scorer.ofQuestion?.(question)
  return ofQuestion ? { ...ofQuestion, ...mark?.also } : (mark?.also ?? null)
}
