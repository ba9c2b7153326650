import type { CaughtError } from '@sveltejs/kit/hooks'
import { ApiProblem, isPassing, NoAnswer } from './problem.ts'

/**
 * What the error page says, on the server and in the browser: the API's own sentence where a call of a `load` failed, with
 * its status and what to do next; else that nothing is there, or `otherwise` for a fault of ours, whose details are logged.
 */
export function errorPage(caught: CaughtError, otherwise: App.Error): App.Error {
  switch (caught.kind) {
    case 'app':
      return caught.error
    case 'framework':
    case 'validation':
      return caught.error.status === 404
        ? { ...caught.error, message: 'There is nothing at this address.', next: 'It may be old or mistyped.' }
        : caught.error
    case 'unknown': {
      const { error } = caught
      if (error instanceof ApiProblem) return { status: error.status, message: error.message, next: nextStep(error) }
      if (error instanceof NoAnswer) return { status: 503, message: error.message, next: 'Try again in a moment.' }
      console.error(error)
      return otherwise
    }
  }
}

function nextStep({ status, type }: ApiProblem): string {
  if (type === '/problems/rating-blind') return 'What you may rate is on the start page.'
  if (status === 401)
    return 'Open your sign-in or invite link again. A new one comes from the person who runs this arena.'
  if (status === 403) return 'The released scores are on the leaderboard.'
  if (status === 404) return 'The address may be old or mistyped.'
  if (status === 410) return 'If this browser came in by it before, it is signed in still: go on from the start page.'
  if (isPassing(status)) return 'Nothing was lost. Try it again in a moment.'
  return 'Look at the address: a part of it does not fit.'
}
