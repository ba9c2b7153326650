import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import type { Task } from '#server/datasets/catalogue.ts'
import { openReading } from '#server/datasets/service.ts'

/**
 * Throws InputError when the data of any of these tasks is not at hand, with what each of them lacks and the names of
 * the others: better said before the first run than hours into a night of them.
 */
export async function refuseMissingData(ctx: Context, tasks: Task[], dataPath: string | undefined): Promise<void> {
  const lacking: string[] = []
  const ready: string[] = []
  for (const task of tasks) {
    try {
      await using _data = await openReading(ctx, task, dataPath)
      ready.push(`${task.benchmark.id}_${task.split}`)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      lacking.push(error.message)
    }
  }
  if (lacking.length === 0) return
  const others = ready.length > 0 ? ` The others are ready: --tasks ${ready.join(',')}` : ''
  throw new InputError(`${lacking.join(' ')}${tasks.length > 1 ? ` Nothing was asked.${others}` : ''}`)
}
