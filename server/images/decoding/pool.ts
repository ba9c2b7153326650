import { availableParallelism } from 'node:os'
import { busy, InputError } from '../../core/problem.ts'
import { TaskProcesses } from '../../core/processes/task-processes.ts'
import type { TaskName, Tasks } from './tasks.ts'

const decoders = new TaskProcesses({
  script: new URL('./process.ts', import.meta.url),
  processes: Math.max(1, Math.min(2, availableParallelism() - 1)),
  taskMs: 20_000,
  mostMb: 768,
  mostHeapMb: 256,
  mostWaiting: 1_000,
  tooMany: () => busy('Too many pictures are waiting to be read'),
  tooMuch: (what) => new InputError(`The picture takes more than ${what} to decode; save it smaller`),
  ended: () => new InputError('The picture ended the process that decoded it; save it again as PNG or JPEG'),
  refused: (sentence) => new InputError(sentence),
})

/**
 * Does something to a picture in one of a few processes that are kept for it: 20 s of the processor and 768 MB for each,
 * then its process is ended. Throws what the task throws, an InputError for a picture that takes more, and busy when a
 * thousand wait already.
 */
export async function decoded<Name extends TaskName>(
  name: Name,
  ...args: Parameters<Tasks[Name]>
): Promise<Awaited<ReturnType<Tasks[Name]>>> {
  return (await decoders.run(name, args)) as Awaited<ReturnType<Tasks[Name]>>
}
