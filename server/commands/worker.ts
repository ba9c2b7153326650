import { Command } from 'commander'
import { withContext } from '../core/program.ts'
import { work } from '../worker.ts'

/** `arena worker`: queued jobs and calls, on as many machines as wanted. */
export function workerCommand(): Command {
  return new Command('worker').description('work on queued jobs and model calls until interrupted').action(async () => {
    const stopping = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
    await withContext(async (ctx) => {
      console.log(
        'Working on jobs and calls. Ctrl+C stops; what is under way is finished or taken up by another worker.',
      )
      await work(ctx, stopping.signal)
    })
  })
}
