import { Command } from 'commander'
import { interruption } from '../core/terminal/exit.ts'
import { openProgram } from '../core/program.ts'
import { stoppingWork } from './stopping-work.ts'
import { work } from '../worker.ts'

/** `arena worker`: queued jobs and calls, on as many machines as wanted. */
export function workerCommand(): Command {
  return new Command('worker').description('work on queued jobs and model calls until interrupted').action(async () => {
    const stopping = interruption(stoppingWork)
    const program = await openProgram()
    try {
      console.log(
        'Working on jobs and calls. Ctrl+C stops; what is under way is finished or taken up by another worker.',
      )
      await work(program.context, stopping)
    } finally {
      await program.close()
    }
  })
}
