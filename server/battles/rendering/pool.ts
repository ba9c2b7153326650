import { busy, Problem } from '#server/core/problem.ts'
import { TaskProcesses } from '#server/core/processes/task-processes.ts'
import { plainRendering, type Renderings } from './render-twice.ts'

const renderers = new TaskProcesses({
  script: new URL('./process.ts', import.meta.url),
  processes: 1,
  taskMs: 2_000,
  mostMb: 512,
  mostHeapMb: 128,
  mostWaiting: 2_000,
  tooMany: () => busy('Too many answers are waiting to be made ready'),
  tooMuch: (what) => new Error(`An answer takes more than ${what} to render`),
  ended: () => new Error('An answer ended the process that rendered it'),
  refused: (sentence) => new Error(sentence),
})

/**
 * Renders a response in a process that is kept for it: 2 s of the processor and 512 MB at most, else its characters are shown as they are.
 * Throws busy when two thousand wait already.
 */
export async function rendered(response: string, scale: number): Promise<Renderings> {
  try {
    return (await renderers.run('render', [response, scale])) as Renderings
  } catch (error) {
    if (error instanceof Problem) throw error
    return plainRendering(response)
  }
}
