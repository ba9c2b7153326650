import { longestDrainMs } from '../calls/plan-execution.ts'
import type { EndingWords } from '../core/terminal/exit.ts'

/** What a server or a worker says when it is told to end. */
export const stoppingWork: EndingWords = {
  first: () =>
    `Stopping: answers that are under way are waited for, ${longestDrainMs / 1000} s at most. Ctrl+C again ends at once.`,
  second: () =>
    'Ended at once. Runs go on with the next worker or server that starts; answers that were under way are asked for again.',
}
