import { expect, test, vi } from 'vitest'
import { Action } from './action.svelte.ts'
import { ApiProblem } from './api/problem.ts'

test('a press while the one before goes on does nothing', async () => {
  const action = new Action()
  let finish = () => {}
  const work = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)))
  const first = action.run(work)
  expect(action.busy).toBe(true)
  expect(await action.run(work)).toBeUndefined()
  finish()
  expect(await first).toBeUndefined()
  expect(work).toHaveBeenCalledOnce()
  expect(action.busy).toBe(false)
})

test('a refusal is returned and said in a sentence, until the next press', async () => {
  const action = new Action()
  const problem = new ApiProblem({ type: 'about:blank', title: 'Nobody may do that', status: 403 })
  expect(await action.run(() => Promise.reject(problem))).toBe(problem)
  expect(action.failure).toBe('Nobody may do that.')
  expect(action.busy).toBe(false)
  await action.run(() => {
    expect(action.failure).toBe('')
    return Promise.resolve()
  })
  expect(action.failure).toBe('')
})
