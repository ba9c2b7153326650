import { error } from '@sveltejs/kit'
import type { Language } from '#server/accounts/schema.ts'
import { ApiProblem } from '../api/problem.ts'
import { frameWords } from './frame.ts'
import { loadWords } from './part.ts'
import { problemWords } from './problems.ts'

/** Ends a load whose call failed with an error page in the rater's language; in English the page says what the server says. */
export async function refuse(failure: unknown, language: Language): Promise<never> {
  if (language === 'en' || !(failure instanceof ApiProblem)) throw failure
  const { sentenceOf } = await loadWords(language, problemWords, frameWords)
  error(failure.status, { message: sentenceOf(failure), language })
}
