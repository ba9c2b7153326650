import { longestDrainMs } from '#server/calls/plan-execution.ts'
import type { Context } from '#server/core/context.ts'
import { DatabaseAway } from '#server/core/postgres/patience.ts'
import { StartError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { isNoRoom } from '#server/core/whole-file.ts'
import { exitCodes, interruption, type EndingWords } from '#server/core/terminal/exit.ts'
import { notice } from '#server/core/terminal/notices.ts'

/** What a command that carries out runs says when it is told to end. `run` is the one that is under way. */
export class RunInHand implements EndingWords {
  run: number | undefined

  readonly first = () =>
    `Stopping: answers that are under way are waited for, ${longestDrainMs / 1000} s at most. Ctrl+C again ends at once.`

  readonly second = () => `Ended at once. ${this.next}`

  get next(): string {
    if (this.run === undefined) return 'No run had begun.'
    return `What is answered is kept; go on with: npx arena resume ${this.run}`
  }
}

/** Does the work of a command that Ctrl+C and SIGTERM interrupt, and says how to go on; also when the database is away. */
export async function withRunInHand(
  work: (ctx: Context, hand: RunInHand, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const hand = new RunInHand()
  const signal = interruption(hand)
  await withContext(async (ctx) => {
    try {
      await work(ctx, hand, signal)
    } catch (error) {
      if (isNoRoom(error) && hand.run !== undefined) {
        const words = `The disk is full: free some space. ${hand.next}`
        if (!signal.aborted) throw new StartError(words, { cause: error })
        notice(words)
        process.exitCode = exitCodes.interrupted
        return
      }
      if (!(error instanceof DatabaseAway)) throw error
      notice(`${error.message} ${hand.next}`)
      process.exit(exitCodes.interrupted) // there is nothing that could be closed in an orderly way
    }
  }, signal)
}
