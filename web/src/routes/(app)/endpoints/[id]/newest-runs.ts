import { isGoing, type RunSummary } from '#server/runs/schema.ts'

/** The newest run of each benchmark and split that nobody cancelled, by benchmark; `runs` come newest first. */
export function newestRuns(runs: RunSummary[]): RunSummary[] {
  const newest = new Map<string, RunSummary>()
  for (const run of runs) {
    const place = `${run.benchmark.id} ${run.split}`
    if (run.status !== 'cancelled' && !newest.has(place)) newest.set(place, run)
  }
  return [...newest.values()].sort((one, other) => one.benchmark.title.localeCompare(other.benchmark.title, 'en'))
}

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
