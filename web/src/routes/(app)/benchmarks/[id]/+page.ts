import { getBenchmark } from '#lib/api/benchmarks.ts'
import { getBenchmarkScores, getPaperTable } from '#lib/api/boards.ts'
import { maySeeBoards } from '#lib/doors.ts'
import type { PageLoad } from './$types'
import { scoreLines } from './score-lines.ts'

/** A benchmark, and what the paper and this installation say of models on it; the latter not to whoever rates. */
export const load: PageLoad = async ({ fetch, params, parent }) => {
  const { me } = await parent()
  const [benchmark, computed, table] = await Promise.all([
    getBenchmark(fetch, params.id),
    maySeeBoards(me) ? getBenchmarkScores(fetch, params.id) : { scores: [] },
    getPaperTable(fetch),
  ])
  return { benchmark, table, ...scoreLines(benchmark, computed, table) }
}
