import { error } from '@sveltejs/kit'
import { ApiProblem, isPassing, NoAnswer } from './api/problem.ts'

/** Waits for a call in a `load`; a failure becomes the error page with the server's own sentence and what to do next. */
export async function orErrorPage<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (failure) {
    if (failure instanceof ApiProblem)
      error(failure.status, { message: failure.message, next: nextStep(failure.status) })
    if (failure instanceof NoAnswer) error(503, { message: failure.message, next: 'Try again in a moment.' })
    throw failure
  }
}

function nextStep(status: number): string {
  if (status === 401)
    return 'Open your sign-in or invite link again. A new one comes from the person who runs this arena.'
  if (status === 403) return 'The released scores are on the leaderboard.'
  if (status === 404) return 'The address may be old or mistyped.'
  if (isPassing(status)) return 'Nothing was lost. Try it again in a moment.'
  return 'Look at the address: a part of it does not fit.'
}
