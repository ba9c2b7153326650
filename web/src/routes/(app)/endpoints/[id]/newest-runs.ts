import { isGoing, type RunSummary } from '#server/runs/schema.ts'

/**
 * The newest run of each benchmark and split that nobody cancelled or took off the boards, by benchmark; `runs` come newest
 * first.
 */
export function newestRuns(runs: RunSummary[]): RunSummary[] {
  const newest = new Map<string, RunSummary>()
  for (const run of runs.filter(stands)) if (!newest.has(placeOf(run))) newest.set(placeOf(run), run)
  return [...newest.values()].sort((one, other) => one.benchmark.title.localeCompare(other.benchmark.title, 'en'))
}

/** The newest run whose score is whole, of the same benchmark and split: `run` itself once it has one. */
export function scoredRun(runs: RunSummary[], run: RunSummary): RunSummary {
  return runs.find((other) => stands(other) && placeOf(other) === placeOf(run) && isWhole(other)) ?? run
}

const stands = ({ status, withdrawn }: RunSummary) => status !== 'cancelled' && withdrawn === null
const placeOf = ({ benchmark, split }: RunSummary) => `${benchmark.id} ${split}`
const isWhole = ({ status }: RunSummary) => status === 'complete' || status === 'finalised'

/** Calls that runs which go on have still to make, and what all of these have cost where prices are known. */
export function sumOf(runs: RunSummary[]): { going: number; left: number; spent: number | null } {
  const going = runs.filter(({ status }) => isGoing(status))
  const known = runs.flatMap(({ cost }) => cost.spent ?? [])
  return {
    going: going.length,
    left: going.reduce((sum, { counts }) => sum + counts.pending, 0),
    spent: known.length === 0 ? null : known.reduce((sum, spent) => sum + spent, 0),
  }
}
