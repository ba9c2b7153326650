import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { deadWorkers, newWorkerName } from '#server/calls/worker-name.ts'

/** The name of one who runs here, with other parts. */
function named(changes: { place?: string; pid?: number; start?: string }): string {
  const [place, pid, start, random] = newWorkerName().split('/')
  return [changes.place ?? place, changes.pid ?? pid, changes.start ?? start, random].join('/')
}

const pidOfTheGone = () => spawnSync(process.execPath, ['-e', '']).pid

test('two workers of one process have different names', () => {
  expect(newWorkerName()).not.toBe(newWorkerName())
})

test('a worker whose process runs is not dead; one whose process ended is', () => {
  const [alive, gone] = [newWorkerName(), named({ pid: pidOfTheGone() })]
  expect(deadWorkers([alive, gone])).toEqual([gone])
})

test('a later process with the same id is not taken for the worker', () => {
  const earlier = named({ start: '1' })
  expect(deadWorkers([earlier])).toEqual([earlier])
})

test('nobody here says of a worker of another place that it is dead', () => {
  expect(deadWorkers([named({ place: 'elsewhere:1', pid: pidOfTheGone() })])).toEqual([])
})

test('of no workers none is dead', () => {
  expect(deadWorkers([])).toEqual([])
})
