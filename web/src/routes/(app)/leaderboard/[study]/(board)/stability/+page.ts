import { browser } from '$app/env'
import { ApiProblem, sentenceOf } from '#lib/api/problem.ts'
import { getFitTest, getFragility, getStability, getWhatIf } from '#lib/api/boards.ts'
import type { PageLoad } from './$types'
import { readRules } from './rules.ts'

/**
 * The board under the rules of the address; rules that give no ratings become a sentence on the page. What looks through
 * the votes of every rater comes after the page, which does not wait for it.
 */
export const load: PageLoad = async ({ fetch, params, url }) => {
  const rules = readRules(url.searchParams)
  const [whatIf, stability, fit] = await Promise.all([
    getWhatIf(fetch, params.study, rules).catch((failure: unknown) => {
      if (failure instanceof ApiProblem && [400, 403, 422].includes(failure.status)) return sentenceOf(failure)
      if (failure instanceof ApiProblem && failure.type === '/problems/no-snapshot') return null
      throw failure
    }),
    getStability(fetch, params.study),
    getFitTest(fetch, params.study),
  ])
  const fragility = browser && whatIf !== null ? getFragility(fetch, params.study).catch(sentenceOf) : never
  return { rules, whatIf, stability, fit, fragility }
}

const never = new Promise<never>(() => {})
