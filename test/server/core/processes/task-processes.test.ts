import { expect, test } from 'vitest'
import { TaskProcesses } from '#server/core/processes/task-processes.ts'

const pool = new TaskProcesses({
  script: new URL('../../../support/unruly-process.ts', import.meta.url),
  processes: 1,
  taskMs: 1_500,
  mostMb: 400,
  mostHeapMb: 64,
  mostWaiting: 3,
  tooMany: () => new Error('too many'),
  tooMuch: (what) => new Error(`more than ${what}`),
  ended: () => new Error('ended'),
  refused: (sentence) => new Error(`refused: ${sentence}`),
})

test('a task that hangs, grows or ends its process fails alone, and those after it are done', async () => {
  const tasks = [pool.run('hang', []), pool.run('give', [1]), pool.run('grow', []), pool.run('give', [2])]
  expect(() => pool.run('give', [3])).toThrow('too many')
  expect(
    (await Promise.allSettled(tasks)).map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))),
  ).toEqual(['Error: more than 1.5 s', [1], 'Error: more than 400 MB', [2]])
  await expect(pool.run('end', [])).rejects.toThrow('ended')
  await expect(pool.run('fail', [])).rejects.toThrow('It failed')
  await expect(pool.run('refuse', [])).rejects.toThrow('refused: No.')
  expect(await pool.run('give', ['again'])).toEqual(['again'])
})

test('what a busy machine keeps waiting is not taken for what takes too long', async () => {
  expect(await pool.run('wait', ['its turn'])).toEqual(['its turn'])
})
