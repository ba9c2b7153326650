import { expect, test } from 'vitest'
import { ApiProblem, NoAnswer } from './api/problem.ts'
import { orLastCopy } from './last-copy.ts'

const failing = (failure: Error) => (): Promise<{ votes: number }> => Promise.reject(failure)
const refusal = (status: number) => new ApiProblem({ type: 'about:blank', title: 'No', status })

test('what was read stands in for a call that failed for now, of the same page only', async () => {
  const read = await orLastCopy('arena:study', 'a', () => Promise.resolve({ votes: 3 }))
  expect(read).toEqual({ votes: 3 })
  for (const failure of [new NoAnswer('offline'), refusal(503), refusal(429)]) {
    const kept = await orLastCopy('arena:study', 'a', failing(failure))
    expect(kept).toEqual({ votes: 3, stale: { of: 'arena:study', since: expect.any(Date), why: failure.message } })
  }
  await expect(orLastCopy('arena:study', 'b', failing(new NoAnswer('offline')))).rejects.toThrow(NoAnswer)
  await expect(orLastCopy('arena:board', 'a', failing(new NoAnswer('offline')))).rejects.toThrow(NoAnswer)
})

test.each([401, 403, 404])('status %d takes the page away: the answer is a plain no', async (status) => {
  await orLastCopy('arena:study', 'a', () => Promise.resolve({ votes: 3 }))
  await expect(orLastCopy('arena:study', 'a', failing(refusal(status)))).rejects.toThrow(ApiProblem)
})

const pages = import.meta.glob<string>('../routes/**/*.{ts,svelte}', { query: '?raw', import: 'default', eager: true })
const sources = Object.values(pages)
const polled = sources.flatMap((text) =>
  [...text.matchAll(/refresh\(.*invalidate\('(arena:\w+)'\)/g)].map(([, of]) => of!),
)

test.each([...new Set(polled)])('the page that asks again for %s keeps its last copy', (of) => {
  expect(sources.filter((text) => text.includes(`depends('${of}')`)).length).toBeGreaterThan(0)
  for (const text of sources.filter((source) => source.includes(`depends('${of}')`)))
    expect(text).toContain(`orLastCopy('${of}'`)
})
