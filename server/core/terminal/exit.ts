import { notice } from './notices.ts'
import { isOutage } from '../postgres/outage.ts'
import { printable } from '../printable.ts'
import { Problem, StartError } from '../problem.ts'
import { isNoRoom } from '../whole-file.ts'

/**
 * 0: complete. 1: incomplete, or failed. 2: called wrongly. 3: paused, and can be resumed. 4: a gate says no. 5: a gate
 * cannot say. 130: interrupted, and can be resumed.
 */
export const exitCodes = { ok: 0, fault: 1, usage: 2, paused: 3, refused: 4, undecided: 5, interrupted: 130 } as const

/** Prints one sentence for what people can act on, the whole trace only for what is our fault, and sets the exit code. */
export function endWithSentence(error: unknown): void {
  if (error instanceof Problem) {
    say(error)
    process.exitCode = error.status < 500 ? exitCodes.usage : exitCodes.fault
  } else if (error instanceof StartError) {
    say(error)
    process.exitCode = exitCodes.fault
  } else if (isNoRoom(error)) {
    console.error('arena: The disk is full. Free some space, then run the same command again; what was done is kept.')
    process.exitCode = exitCodes.fault
  } else if (isOutage(error)) {
    console.error('arena: The database does not answer. See that it runs, then run the same command again.')
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

/** What a person reads who asks a command to end; asked for when it happens. */
export interface EndingWords {
  /** What is still done, and how long it may take. */
  first: () => string
  /** What was left, and how to go on. */
  second: () => string
}

/** One press of Ctrl+C may come twice: from the terminal, and from npm, which passes it on. */
const samePressMs = 500

/** Aborted by the first SIGINT or SIGTERM, which is answered in words; a second one ends the process at once, in words too. */
export function interruption(words: EndingWords): AbortSignal {
  const interrupted = new AbortController()
  let pressedAt = -Infinity
  const end = () => {
    const again = interrupted.signal.aborted
    if (again && performance.now() - pressedAt < samePressMs) return
    notice(again ? words.second() : words.first())
    if (again) process.exit(exitCodes.interrupted)
    pressedAt = performance.now()
    interrupted.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end)
  return interrupted.signal
}
