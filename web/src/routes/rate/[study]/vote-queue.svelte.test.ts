import { expect, test, vi } from 'vitest'
import type { Vote } from '#server/battles/schema.ts'
import { ApiProblem, NoAnswer, sentenceOf } from '#lib/api/problem.ts'
import { DeviceStore } from '#lib/device-store.ts'
import { queueLimit, VoteQueue, type WaitingVote } from './vote-queue.svelte.ts'

let given = 0

function vote(battleId: string): WaitingVote {
  given += 1
  return { battleId, verdict: 'tie', strength: null, reasons: [], dwellMs: 5_000, item: given, at: given }
}

const saved = ({ battleId, verdict }: WaitingVote): Vote => ({
  id: 1,
  battleId,
  verdict,
  late: false,
  counted: true,
  castAt: '2026-01-01T00:00:00.000Z',
  progress: { votes: 1, goal: 100 },
})

const refusal = (status: number, type = '/problems/some') => new ApiProblem({ type, title: 'Refused', status })
const anotherRater = () => refusal(403, '/problems/another-rater')
const away = () => Promise.reject(new NoAnswer(null))
const idsOf = (votes: WaitingVote[]) => votes.map(({ battleId }) => battleId)

/** A queue whose server answers as told and whose waits end when told. */
function queueWith(send: (vote: WaitingVote) => Promise<Vote>, open: () => Storage = () => sessionStorage) {
  sessionStorage.clear()
  const waits: (() => void)[] = []
  const waitMs: number[] = []
  const log: string[] = []
  const options = {
    study: 'sample',
    rater: 'ada',
    store: new DeviceStore(open),
    send,
    wait: (ms: number) => new Promise<void>((resolve) => void (waitMs.push(ms), waits.push(resolve))),
    sentenceOf,
    onSaved: ({ battleId }: WaitingVote) => log.push(`saved ${battleId}`),
    onRefused: ({ battleId }: WaitingVote, sentence: string) => log.push(`refused ${battleId}: ${sentence}`),
  }
  const reopen = (changes: Partial<typeof options> = {}) => new VoteQueue({ ...options, ...changes })
  return { queue: reopen(), waits, waitMs, log, reopen }
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
  let offline = true
  const { queue, waits, log } = queueWith(async (vote) => {
    tried.push(vote.battleId)
    if (offline) throw new NoAnswer(null)
    return saved(vote)
  })
  queue.add(vote('a'))
  queue.add(vote('b'))
  await vi.waitFor(() => expect(queue.trouble).toBe('away'))
  offline = false
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
  await vi.waitFor(() => expect(log).toEqual(['refused a: Refused.', 'saved b']))
})

test('votes of a rater who was signed out are kept, and sent once they are back', async () => {
  let signedIn = false
  const { queue, waits, log } = queueWith(async (vote) => {
    if (!signedIn) throw refusal(401)
    return saved(vote)
  })
  queue.add(vote('a'))
  await vi.waitFor(() => expect(queue.trouble).toBe('signed-out'))
  expect(idsOf(queue.waiting)).toEqual(['a'])
  signedIn = true
  waits.shift()?.()
  await vi.waitFor(() => expect(log).toEqual(['saved a']))
  expect(queue.trouble).toBeNull()
})

test('while another rater is signed in, votes wait in order and none is lost', async () => {
  const { queue, waits, log, reopen } = queueWith(() => Promise.reject(anotherRater()))
  queue.add(vote('a'))
  queue.add(vote('b'))
  await vi.waitFor(() => expect(queue.trouble).toBe('another-rater'))
  waits.shift()?.()
  await vi.waitFor(() => expect(waits).toHaveLength(1))
  expect(log).toEqual([])
  expect(idsOf(reopen().waiting)).toEqual(['a', 'b'])
})

test('votes kept under one person are neither shown to nor sent for another, and wait for their own', async () => {
  const { queue, reopen } = queueWith(away)
  queue.add(vote('a'))
  queue.add(vote('b'))
  const sent: string[] = []
  const other = reopen({ rater: 'bo', send: async (vote) => (sent.push(vote.battleId), saved(vote)) })
  await other.drain()
  expect(sent).toEqual([])
  expect(other.waiting).toEqual([])
  expect(other.ofOthers).toBe(2)
  const own = reopen({ send: async (vote) => (sent.push(vote.battleId), saved(vote)) })
  expect(own.ofOthers).toBe(0)
  await own.drain()
  expect(sent).toEqual(['a', 'b'])
  expect(reopen().waiting).toEqual([])
})

test('a vote that the server refuses to its own rater is kept with the reason until the rater has read it', async () => {
  const { queue, reopen } = queueWith(() => Promise.reject(refusal(404)))
  queue.add(vote('a'))
  queue.add(vote('b'))
  await vi.waitFor(() => expect(idsOf(queue.refused)).toEqual(['a', 'b']))
  expect(queue.waiting).toEqual([])
  expect(queue.trouble).toBeNull()
  const later = reopen()
  expect(later.waiting).toEqual([])
  expect(later.refused).toMatchObject([
    { battleId: 'a', refused: 'Refused.' },
    { battleId: 'b', refused: 'Refused.' },
  ])
  later.closeRefused('a')
  expect(idsOf(later.refused)).toEqual(['b'])
  expect(idsOf(reopen().refused)).toEqual(['b'])
})

test('a no from something between page and server is no refusal', async () => {
  const { queue } = queueWith(() => Promise.reject(refusal(404, 'about:blank')))
  queue.add(vote('a'))
  await vi.waitFor(() => expect(queue.trouble).toBe('away'))
  expect(idsOf(queue.waiting)).toEqual(['a'])
})

test.each([408, 425, 429, 500, 502, 503])('%i is asked again', async (status) => {
  const { queue } = queueWith(() => Promise.reject(refusal(status)))
  queue.add(vote('a'))
  await vi.waitFor(() => expect(queue.trouble).toBe('away'))
  expect(idsOf(queue.waiting)).toEqual(['a'])
})

test('waits double up to half a minute, and begin anew after a success', async () => {
  const replies: (number | null)[] = [503, 503, 503, 503, 503, 503, 503, null, 503, null]
  const { queue, waits, waitMs } = queueWith(async (vote) => {
    const status = replies.shift()
    if (status) throw refusal(status)
    return saved(vote)
  })
  queue.add(vote('a'))
  queue.add(vote('b'))
  await vi.waitFor(() => {
    waits.shift()?.()
    expect(queue.waiting).toEqual([])
  })
  expect(waitMs).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 1_000])
})

test('a text that is no vote keeps none of the votes from being found', () => {
  const { queue, reopen } = queueWith(away)
  queue.add(vote('a'))
  sessionStorage.setItem('vote:sample:broken', '{')
  sessionStorage.setItem('vote:sample:other', '{"verdict":"better"}')
  sessionStorage.setItem('vote:sample2:a', sessionStorage.getItem('vote:sample:a')!)
  expect(idsOf(reopen().waiting)).toEqual(['a'])
})

test('a vote kept before votes named their rater goes out with the present one', () => {
  const { reopen } = queueWith(away)
  sessionStorage.setItem('vote:sample:old', JSON.stringify(vote('old')))
  expect(idsOf(reopen().waiting)).toEqual(['old'])
})

test('without storage votes live as long as the page, which knows it', async () => {
  let reachable = false
  const { queue, waits, log } = queueWith(
    async (vote) => (reachable ? saved(vote) : away()),
    () => {
      throw new DOMException('denied', 'SecurityError')
    },
  )
  expect(queue.lasting).toBe(false)
  expect(queue.atRisk).toBe(false)
  queue.add(vote('a'))
  expect(queue.atRisk).toBe(true)
  await vi.waitFor(() => expect(queue.trouble).toBe('away'))
  expect(idsOf(queue.waiting)).toEqual(['a'])
  reachable = true
  waits.shift()?.()
  await vi.waitFor(() => expect(log).toEqual(['saved a']))
  expect(queue.atRisk).toBe(false)
})

test('leaving is a risk only while a vote waits that is not going out', async () => {
  const { queue } = queueWith(away)
  expect(queue.lasting).toBe(true)
  expect(queue.atRisk).toBe(false)
  queue.add(vote('a'))
  expect(queue.atRisk).toBe(false)
  await vi.waitFor(() => expect(queue.trouble).toBe('away'))
  expect(queue.atRisk).toBe(true)
})

test('the end of an attempt can be waited for, of that very vote', async () => {
  let answer: (saved: Vote) => void = () => undefined
  const { queue, log } = queueWith(() => new Promise((resolve) => (answer = resolve)))
  queue.add(vote('a'))
  queue.add(vote('b'))
  await queue.attemptEnded('b')
  const ended = queue.attemptEnded('a').then(() => log.push('ended a'))
  expect(log).toEqual([])
  answer(saved(vote('a')))
  await ended
  expect(log.slice(0, 2)).toEqual(['saved a', 'ended a'])
})

test('a tab opened later finds the votes that an earlier one could not send, in order', async () => {
  const { queue, reopen } = queueWith(away)
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
  const { queue } = queueWith(away)
  const taken = Array.from({ length: queueLimit + 1 }, (_, index) => queue.add(vote(`battle ${index}`)))
  expect(queueLimit).toBe(20)
  expect(taken.filter(Boolean)).toHaveLength(20)
  expect(taken.at(-1)).toBe(false)
  expect(queue.full).toBe(true)
})

test('a vote can be taken back until it is on its way', async () => {
  const { queue, waits } = queueWith(away)
  queue.add(vote('a'))
  queue.add(vote('b'))
  expect(queue.remove('a')).toBe(false)
  expect(queue.remove('b')).toBe(true)
  await vi.waitFor(() => expect(waits).toHaveLength(1))
  expect(queue.remove('a')).toBe(true)
  expect(queue.waiting).toEqual([])
})
