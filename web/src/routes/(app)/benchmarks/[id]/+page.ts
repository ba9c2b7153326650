import { getBenchmark } from '#lib/api/benchmarks.ts'
import { getBenchmarkScores, getPaperTable } from '#lib/api/boards.ts'
import type { PageLoad } from './$types'
import { scoreLines } from './score-lines.ts'

/** A benchmark, and what the paper and this installation say of models on it. */
export const load: PageLoad = async ({ fetch, params }) => {
  const [benchmark, computed, table] = await Promise.all([
    getBenchmark(fetch, params.id),
    getBenchmarkScores(fetch, params.id),
    getPaperTable(fetch),
  ])
  return { benchmark, table, ...scoreLines(benchmark, computed, table) }
}
