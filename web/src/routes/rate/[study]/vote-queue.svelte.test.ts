import { expect, test, vi } from 'vitest'
import type { Vote } from '#server/battles/schema.ts'
import { ApiProblem, NoAnswer } from '#lib/api/problem.ts'
import { queueLimit, VoteQueue, type WaitingVote } from './vote-queue.svelte.ts'

let given = 0

function vote(battleId: string): WaitingVote {
  given += 1
  return { battleId, verdict: 'tie', dwellMs: 5_000, item: given, at: given }
}

const saved = ({ battleId, verdict }: WaitingVote): Vote => ({
  id: 1,
  battleId,
  verdict,
  late: false,
  castAt: '2026-01-01T00:00:00.000Z',
  progress: { votes: 1, goal: 100 },
})

const refusal = (status: number) => new ApiProblem({ type: '/problems/some', title: 'Refused', status })

/** A queue whose server answers as told and whose waits end when told. */
function queueWith(send: (vote: WaitingVote) => Promise<Vote>) {
  sessionStorage.clear()
  const waits: (() => void)[] = []
  const log: string[] = []
  const options = {
    study: 'sample',
    store: sessionStorage,
    send,
    wait: () => new Promise<void>((resolve) => waits.push(resolve)),
    onSaved: ({ battleId }: WaitingVote) => log.push(`saved ${battleId}`),
    onRefused: ({ battleId }: WaitingVote) => log.push(`refused ${battleId}`),
  }
  return { queue: new VoteQueue(options), waits, log, reopen: () => new VoteQueue(options) }
}

test('votes reach the server in the order in which they were given, one at a time', async () => {
  let open = 0
  let most = 0
  const { queue, log } = queueWith(async (vote) => {
    most = Math.max(most, ++open)
    await Promise.resolve()
    open -= 1
    return saved(vote)
  })
  for (const battle of ['a', 'b', 'c']) queue.add(vote(battle))
  await vi.waitFor(() => expect(log).toEqual(['saved a', 'saved b', 'saved c']))
  expect(most).toBe(1)
  expect(queue.waiting).toEqual([])
})

test('a vote that gets no answer is tried again, and those after it wait their turn', async () => {
  const tried: string[] = []
  let away = true
  const { queue, waits, log } = queueWith(async (vote) => {
    tried.push(vote.battleId)
    if (away) throw new NoAnswer(null)
    return saved(vote)
  })
  queue.add(vote('a'))
  queue.add(vote('b'))
  await vi.waitFor(() => expect(queue.trouble).toBe('away'))
  away = false
  waits.shift()?.()
  await vi.waitFor(() => expect(log).toEqual(['saved a', 'saved b']))
  expect(tried).toEqual(['a', 'a', 'b'])
  expect(queue.trouble).toBeNull()
})

test('a busy server is asked again; a refusal is told and the next vote goes out', async () => {
  const replies = [refusal(503), refusal(409)]
  const { queue, waits, log } = queueWith(async (vote) => {
    const reply = replies.shift()
    if (reply) throw reply
    return saved(vote)
  })
  queue.add(vote('a'))
  queue.add(vote('b'))
  await vi.waitFor(() => expect(waits).toHaveLength(1))
  expect(log).toEqual([])
  waits.shift()?.()
  await vi.waitFor(() => expect(log).toEqual(['refused a', 'saved b']))
})

test('votes of a rater who was signed out are kept', async () => {
  const { queue } = queueWith(() => Promise.reject(refusal(401)))
  queue.add(vote('a'))
  await vi.waitFor(() => expect(queue.trouble).toBe('signed-out'))
  expect(queue.waiting.map(({ battleId }) => battleId)).toEqual(['a'])
})

test('a tab opened later finds the votes that an earlier one could not send, in order', async () => {
  const { queue, reopen } = queueWith(() => Promise.reject(new NoAnswer(null)))
  for (const battle of ['c', 'a', 'b']) queue.add(vote(battle))
  expect(reopen().waiting.map(({ battleId }) => battleId)).toEqual(['c', 'a', 'b'])
})

test('a confirmed vote is no longer kept on the device', async () => {
  const { queue, log, reopen } = queueWith(async (vote) => saved(vote))
  queue.add(vote('a'))
  await vi.waitFor(() => expect(log).toEqual(['saved a']))
  expect(reopen().waiting).toEqual([])
})

test('the queue takes twenty votes and no more', () => {
  const { queue } = queueWith(() => Promise.reject(new NoAnswer(null)))
  const taken = Array.from({ length: queueLimit + 1 }, (_, index) => queue.add(vote(`battle ${index}`)))
  expect(queueLimit).toBe(20)
  expect(taken.filter(Boolean)).toHaveLength(20)
  expect(taken.at(-1)).toBe(false)
  expect(queue.full).toBe(true)
})

test('a vote can be taken back until it is on its way', async () => {
  const { queue, waits } = queueWith(() => Promise.reject(new NoAnswer(null)))
  queue.add(vote('a'))
  queue.add(vote('b'))
  expect(queue.remove('a')).toBe(false)
  expect(queue.remove('b')).toBe(true)
  await vi.waitFor(() => expect(waits).toHaveLength(1))
  expect(queue.remove('a')).toBe(true)
  expect(queue.waiting).toEqual([])
})
