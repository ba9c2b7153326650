import type { TaskReply, TaskRequest } from '#server/core/processes/task-processes.ts'
import { renderTwice } from './render-twice.ts'

// A process that renders answers for the one that started it, one after the other, and ends with it.
process.on('message', ({ args }: TaskRequest) => process.send!(carryOut(args)))
process.on('disconnect', () => process.exit())
// An interrupt from the keyboard reaches every process of the terminal; the one that started us says when to end.
process.on('SIGINT', () => {})

function carryOut(args: unknown[]): TaskReply {
  try {
    return { result: renderTwice(...(args as Parameters<typeof renderTwice>)) }
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}
