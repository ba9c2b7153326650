import { printable } from './printable.ts'
import { Problem, StartError } from './problem.ts'

/** 1: a fault here. 2: called wrongly. 3: finished, but some examples have no answer. 130: interrupted, can be resumed. */
export const exitCodes = { ok: 0, fault: 1, usage: 2, unanswered: 3, interrupted: 130 } as const

/** Prints one sentence for what people can act on, the whole trace only for what is our fault, and sets the exit code. */
export function endWithSentence(error: unknown): void {
  if (error instanceof Problem) {
    say(error)
    process.exitCode = error.status < 500 ? exitCodes.usage : exitCodes.fault
  } else if (error instanceof StartError) {
    say(error)
    process.exitCode = exitCodes.fault
  } else if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
    console.error('arena: The disk is full. Free some space, then run the same command again; what was done is kept.')
    process.exitCode = exitCodes.fault
  } else {
    console.error(error)
    process.exitCode = exitCodes.fault
  }
}

/** Messages quote what files and endpoints hold. */
function say({ message }: Error): void {
  console.error(`arena: ${printable(message)}`)
}

/** Aborted by the first SIGINT or SIGTERM; a second one ends the process at once. */
export function interruption(): AbortSignal {
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted.abort()
      process.once(signal, () => process.exit(exitCodes.interrupted))
    })
  }
  return interrupted.signal
}
