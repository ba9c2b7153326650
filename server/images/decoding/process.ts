import sharp from 'sharp'
import { InputError } from '#server/core/problem.ts'
import type { TaskReply, TaskRequest } from '#server/core/processes/task-processes.ts'
import { tasks } from './tasks.ts'

// A process that decodes pictures for the one that started it, one after the other, and ends with it.
sharp.cache(false)
sharp.concurrency(1)

process.on('message', async ({ name, args }: TaskRequest) => process.send!(await carryOut(name, args)))
process.on('disconnect', () => process.exit())
// An interrupt from the keyboard reaches every process of the terminal; the one that started us says when to end.
process.on('SIGINT', () => {})

async function carryOut(name: string, args: unknown[]): Promise<TaskReply> {
  const task = tasks[name as keyof typeof tasks] as (...args: unknown[]) => Promise<unknown>
  try {
    return { result: await task(...args) }
  } catch (error) {
    if (error instanceof InputError) return { refusal: error.message }
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}
