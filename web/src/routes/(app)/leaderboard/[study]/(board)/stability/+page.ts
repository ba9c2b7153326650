import { ApiProblem, sentenceOf } from '../../../../../../lib/api/problem.ts'
import { getStability, getWhatIf } from '../../../../../../lib/api/boards.ts'
import { orErrorPage } from '../../../../../../lib/load.ts'
import type { PageLoad } from './$types'
import { readRules } from './rules.ts'

/** The board under the rules of the address; rules that give no ratings become a sentence on the page. */
export const load: PageLoad = async ({ fetch, params, url }) => {
  const rules = readRules(url.searchParams)
  const [whatIf, stability] = await Promise.all([
    getWhatIf(fetch, params.study, rules).catch((failure: unknown) => {
      if (failure instanceof ApiProblem && (failure.status === 422 || failure.status === 400))
        return sentenceOf(failure)
      if (failure instanceof ApiProblem && failure.type === '/problems/no-snapshot') return null
      return orErrorPage(Promise.reject(failure as Error))
    }),
    orErrorPage(getStability(fetch, params.study)),
  ])
  return { rules, whatIf, stability }
}
