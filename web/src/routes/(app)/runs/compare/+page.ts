import { browser } from '$app/env'
import { sentenceOf } from '#lib/api/problem.ts'
import { compareAll, compareRuns, listRuns } from '#lib/api/runs.ts'
import type { PageLoad } from './$types'

const never = new Promise<never>(() => {})
const isRunNumber = (number: number) => Number.isInteger(number) && number > 0

/**
 * The runs that the address names, held against each other; with fewer than two, the runs to choose from. A comparison goes
 * through every example, so the page does not wait for it.
 */
export const load: PageLoad = async ({ fetch, url }) => {
  const named = (url.searchParams.get('runs') ?? '').split(',').map(Number).filter(isRunNumber)
  const [a, b] = named
  if (a === undefined || b === undefined) return { named, choice: await listRuns(fetch) }
  if (!browser) return { named, pair: never }
  if (named.length > 2) return { named, matrix: compareAll(fetch, named).catch(sentenceOf) }
  return { named, pair: compareRuns(fetch, a, b).catch(sentenceOf) }
}
