import type { Benchmark, Scorer } from '#benchmarks/benchmark.ts'
import type { Question } from '#benchmarks/scoring/scorer.ts'
import { UsageError } from '../core/problem.ts'

/** What became of one answered call. Scores are in [0, 1]; `withheld` predictions have none. */
export interface ScoredResponse {
  outcome: 'scored' | 'unparsed' | 'refused' | 'withheld'
  answer: string | null
  score: number | null
  also: Record<string, number> | null
  steps: string[]
}

/** The scorer of a profile. Throws UsageError with the profiles that the benchmark has. */
export function scorerOf(benchmark: Benchmark, profile: string): Scorer {
  const scorers: Record<string, Scorer | undefined> = benchmark.scorers
  const scorer = scorers[profile]
  if (scorer) return scorer
  throw new UsageError(
    `${benchmark.id} has no scoring profile '${profile}'. It has ${Object.keys(scorers).join(', ')}.`,
  )
}

/** The profile of a run that names none: `official`, or `no_judge` where official needs a judge. It stands on the run. */
export function defaultProfile(benchmark: Benchmark): string {
  return benchmark.scorers.official.needsJudge ? 'no_judge' : 'official'
}

/** Throws UsageError for an unknown profile, and for one that only a judge can carry out: runs have none to name yet. */
export function refuseWithoutJudge(benchmark: Benchmark, profile: string): void {
  if (!scorerOf(benchmark, profile).needsJudge) return
  throw new UsageError(
    `The profile '${profile}' of ${benchmark.id} needs a judge endpoint, and this run names none. Take no_judge, which reads responses by rule.`,
  )
}

/** Reads and marks one response. A refusal and a response without an answer count as 0, each under its own name. */
export function scoreResponse(scorer: Scorer, question: Question, response: string, refused: boolean): ScoredResponse {
  if (refused) {
    return { outcome: 'refused', answer: null, score: 0, also: null, steps: ['the endpoint refused to answer → 0'] }
  }
  const extracted = scorer.extract(response, question)
  if (extracted === null) return unparsed(scorer, question, 'no answer was found in the response → 0')
  if (typeof extracted !== 'string') {
    return unparsed(scorer, question, 'only a judge could read the answer, and none was named → 0')
  }
  if (question.gold === null) {
    return {
      outcome: 'withheld',
      answer: extracted,
      score: null,
      also: null,
      steps: ['the gold answer is withheld by its authors'],
    }
  }
  const mark = scorer.score(extracted, question)
  return { outcome: 'scored', answer: extracted, score: mark.value, also: mark.also ?? null, steps: mark.steps }
}

/** Most scorers give nothing for it; some have a rule of their own, or further values. */
function unparsed(scorer: Scorer, question: Question, reason: string): ScoredResponse {
  const mark = question.gold === null ? undefined : scorer.unparsed?.(question)
  return {
    outcome: 'unparsed',
    answer: null,
    score: mark?.value ?? 0,
    also: mark?.also ?? null,
    steps: mark?.steps ?? [reason],
  }
}
