import { getBenchmark } from '#lib/api/benchmarks.ts'
import { getBenchmarkScores, getPaperTable } from '#lib/api/boards.ts'
import { orErrorPage } from '#lib/load.ts'
import type { PageLoad } from './$types'
import { scoreLines } from './score-lines.ts'

/** A benchmark, and what the paper and this installation say of models on it. */
export const load: PageLoad = async ({ fetch, params }) => {
  const [benchmark, computed, table] = await Promise.all([
    orErrorPage(getBenchmark(fetch, params.id)),
    orErrorPage(getBenchmarkScores(fetch, params.id)),
    orErrorPage(getPaperTable(fetch)),
  ])
  return { benchmark, table, ...scoreLines(benchmark, computed, table) }
}
