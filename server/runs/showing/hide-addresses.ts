import type { Prediction, Run, RunSummary } from '../schema.ts'

/** Whose words a person may read: those of the endpoint under test, and those of the judge. */
export interface Sees {
  model: boolean
  judge: boolean
}

/** What stands in a command for an endpoint that its reader registers under a name of their own. */
export const ownEndpoint = 'YOUR-ENDPOINT'
export const ownJudge = 'YOUR-JUDGE'

/**
 * A line of a list for whoever may not use its endpoint: neither the endpoint's name, which is made of its host unless
 * somebody chose another, nor what it said of itself.
 */
export function hideInSummary(run: RunSummary, sees: Sees, builtIn: boolean): RunSummary {
  if (sees.model && sees.judge) return run
  return {
    ...run,
    endpoint: sees.model || builtIn ? run.endpoint : null,
    // Either endpoint may have given it.
    reason: null,
  }
}

/** A run for this reader, without addresses, names and sentences of endpoints that are not theirs to use. */
export function hideInRun(run: Run, sees: Sees, builtIn: boolean, command: string): Run {
  if (sees.model && sees.judge) return run
  return {
    ...run,
    ...hideInSummary(run, sees, builtIn),
    reason: sees.model ? run.progress.reason : null,
    command,
    progress: sees.model ? run.progress : quietProgress(run.progress),
    failedAttempts: run.failedAttempts.map((failed) => ({ ...failed, said: '' })),
    judge:
      run.judge && !sees.judge ? { ...quietJudge(run.judge), progress: quietProgress(run.judge.progress) } : run.judge,
    formerScorings: run.formerScorings.map((former) =>
      former.judge && !sees.judge ? { ...former, judge: quietJudge(former.judge) } : former,
    ),
    endpointSettings: sees.model || builtIn ? run.endpointSettings : { ...run.endpointSettings, baseUrl: null },
    // "baseUrl of the judge was "…", now "…"" says both addresses.
    acceptedChanges: run.acceptedChanges.map(({ change, at }) => ({
      change: `${change.split(' was ')[0]} changed`,
      at,
    })),
  }
}

/** One example's evidence for this reader: what went wrong as a class, not in the endpoint's words. */
export function hideInPrediction(prediction: Prediction, sees: Sees): Prediction {
  const { judged, attempts, errorMessage } = prediction
  return {
    ...prediction,
    attempts: sees.model ? attempts : quietAttempts(attempts),
    errorMessage: sees.model ? errorMessage : null,
    judged: judged && !sees.judge ? quietJudged(judged) : judged,
  }
}

function quietJudged(judged: NonNullable<Prediction['judged']>): typeof judged {
  const errorMessage = judged.errorMessage === null ? null : 'what it said is shown to its owner'
  return { ...quietJudge(judged), errorMessage, attempts: quietAttempts(judged.attempts) }
}

function quietAttempts(attempts: Prediction['attempts']): typeof attempts {
  return attempts.map((attempt) => ({ ...attempt, message: null }))
}

function quietProgress(progress: Run['progress']): typeof progress {
  return { ...progress, reason: null, waits: progress.waits.map((wait) => ({ ...wait, said: '' })) }
}

/** A judge by the name of its model, which stands on every score that it decides. */
function quietJudge<Named extends { name: string; baseUrl: string | null; remoteModel: string }>(judge: Named): Named {
  return { ...judge, name: judge.remoteModel, baseUrl: null }
}
