import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { DeviceStore } from '#lib/device-store.ts'
import { RatingSession } from './rating-session.svelte.ts'
import { battle, scriptServer } from './scripted-server.ts'

const rater = '11111111-1111-4111-8111-111111111111'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  sessionStorage.clear()
})
afterEach(() => void vi.useRealTimers())

function newSession() {
  const session = new RatingSession({ study: 'sample', rater, store: new DeviceStore(() => sessionStorage) })
  onTestFinished(() => session.pause())
  return session
}

/** A sitting that has begun. */
async function sitting(script: Parameters<typeof scriptServer>[0] = {}) {
  const server = scriptServer(script)
  const session = newSession()
  await session.start()
  return { server, session, held: () => session.cards.map(({ battleId }) => battleId) }
}

/** Replies that are on their way arrive. */
const settle = () => vi.advanceTimersByTimeAsync(0)
const lost = { status: 409, type: '/problems/lease-over' }
const signedOut = { status: 401, type: '/problems/sign-in-needed' }
const displaced = { status: 403, type: '/problems/another-rater' }

test('a sitting begins with one card in sight and three behind it, in the name of its rater and its page', async () => {
  const { server, session, held } = await sitting()
  expect(held()).toEqual([1, 2, 3, 4].map(battle))
  const [lease] = server.asked('/lease')
  expect(lease?.body).toMatchObject({ count: 4, holding: [], rater })
  expect(lease?.body.holder).toMatch(/^[0-9a-f-]{36}$/)
  expect(session.item).toBe(1)
})

test('two pages of one rater have different names', async () => {
  const { server } = await sitting()
  await newSession().start()
  const [one, other] = server.asked('/lease').map(({ body }) => body.holder)
  expect(one).not.toBe(other)
})

test('a verdict moves on at once, is sent with its time, and the pile is filled with what is not held', async () => {
  const { server, session, held } = await sitting()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(session.vote('model_b')).toBe(true)
  expect(session.card?.battleId).toBe(battle(2))
  expect(session.item).toBe(2)
  await settle()
  expect(server.battlesOf('/vote')).toEqual([battle(1)])
  expect(server.asked('/vote')[0]?.body).toMatchObject({ verdict: 'model_b', dwellMs: 5_000, rater })
  expect(held()).toEqual([2, 3, 4, 5].map(battle))
  expect(server.asked('/lease')[1]?.body).toMatchObject({ count: 1, holding: [1, 2, 3, 4].map(battle) })
  expect(session.said).toBe('Saved, item 1')
})

test('a lease that was answered before a vote and arrives after it does not count the rater back', async () => {
  const { server, session, held } = await sitting()
  Object.assign(server, { voteMs: 100, leaseBackMs: 300 })
  session.vote('tie')
  await vi.advanceTimersByTimeAsync(150)
  expect(session.item).toBe(2)
  await vi.advanceTimersByTimeAsync(200)
  expect(held()).toHaveLength(4)
  expect(session.item).toBe(2)
})

test('nor forward where it knows of a vote whose own reply is still on its way', async () => {
  const { server, session, held } = await sitting()
  server.voteBackMs = 300
  session.vote('tie')
  await settle()
  expect(held()).toHaveLength(4)
  expect(session.item).toBe(2)
  await vi.advanceTimersByTimeAsync(300)
  expect(session.item).toBe(2)
})

test('pauses and hidden tabs are no reading time', async () => {
  const { server, session } = await sitting()
  await vi.advanceTimersByTimeAsync(1_000)
  session.visible(false)
  await vi.advanceTimersByTimeAsync(7_000)
  session.visible(true)
  await vi.advanceTimersByTimeAsync(500)
  session.pause()
  session.visible(true)
  await vi.advanceTimersByTimeAsync(7_000)
  await session.resume()
  await vi.advanceTimersByTimeAsync(250)
  session.vote('tie')
  await settle()
  expect(server.asked('/vote')[0]?.body.dwellMs).toBe(1_750)
})

test('the goal is met with its last vote and not before; who goes on is not stopped again', async () => {
  const { session } = await sitting({ goal: 2 })
  session.vote('tie')
  expect(session.complete).toBe(false)
  session.vote('tie')
  expect(session.complete).toBe(true)
  await settle()
  expect(session.complete).toBe(true)
  session.goingOn = true
  expect(session.complete).toBe(false)
})

test('offline, twenty verdicts are taken and the next leaves its card in sight', async () => {
  const { server, session } = await sitting({ goal: 100 })
  server.fails.set('/vote', 'no answer')
  const taken: boolean[] = []
  for (let n = 0; n < 21; n++) {
    taken.push(session.vote('tie'))
    await settle()
  }
  expect(taken.filter(Boolean)).toHaveLength(20)
  expect(taken[20]).toBe(false)
  expect(session.card?.battleId).toBe(battle(21))
  server.fails.clear()
  session.wake()
  await settle()
  expect(server.battlesOf('/vote').slice(-20)).toEqual(Array.from({ length: 20 }, (_, n) => battle(n + 1)))
  expect(session.queue.waiting).toEqual([])
})

test('a verdict that has not left is taken back from memory', async () => {
  const { server, session, held } = await sitting()
  server.fails.set('/vote', 'no answer')
  session.vote('tie')
  await settle()
  await session.undo()
  expect(held()[0]).toBe(battle(1))
  expect(session.item).toBe(1)
  expect(server.asked('/withdraw')).toEqual([])
  server.fails.clear()
  session.wake()
  await settle()
  expect(session.queue.waiting).toEqual([])
  expect(server.battlesOf('/vote')).toEqual([battle(1)])
})

test('a verdict that is saved is withdrawn, and its pair comes back as a new battle', async () => {
  const { server, session } = await sitting()
  session.vote('tie')
  await settle()
  await session.undo()
  expect(server.requests.find(({ path }) => path.endsWith('/withdraw'))?.path).toBe('/votes/1/withdraw')
  expect(session.card?.battleId).toBe(server.open[0])
  expect(session.said).toBe('Item 1 is open again')
  expect(session.undoable).toBe(false)
})

test('while a verdict is taken back none is given', async () => {
  const { session } = await sitting()
  session.vote('tie')
  await settle()
  const undone = session.undo()
  expect(session.undoing).toBe(true)
  expect(session.vote('tie')).toBe(false)
  await undone
  expect(session.vote('tie')).toBe(true)
})

test('what is on its way when undo is pressed is withdrawn once it has arrived', async () => {
  const { server, session } = await sitting()
  session.vote('tie')
  await session.undo()
  expect(server.asked('/vote')).toHaveLength(1)
  expect(server.asked('/withdraw')).toHaveLength(1)
})

test('five verdicts can be taken back, not six', async () => {
  const { server, session } = await sitting()
  for (let n = 0; n < 6; n++) {
    session.vote('tie')
    await settle()
  }
  for (let n = 0; n < 5; n++) {
    expect(session.undoable).toBe(true)
    await session.undo()
  }
  expect(session.undoable).toBe(false)
  await session.undo()
  expect(server.asked('/withdraw').map(({ path }) => path)).toEqual(
    [6, 5, 4, 3, 2].map((vote) => `/votes/${vote}/withdraw`),
  )
})

test('an undo that the server refuses is told, and nothing moves', async () => {
  const { server, session, held } = await sitting()
  session.vote('tie')
  await settle()
  const before = held()
  server.fails.set('/withdraw', { status: 409, type: '/problems/too-late-to-undo' })
  await session.undo()
  expect(held()).toEqual(before)
  expect(session.said).toBe('Item 1 was not undone. Refused.')
  expect(session.undoing).toBe(false)
})

test('a page that closes gives back what nobody has seen, in its own name, and keeps the card in sight', async () => {
  const { server, session, held } = await sitting()
  session.releaseUnseen()
  expect(server.battlesOf('/release')).toEqual([2, 3, 4].map(battle))
  const { holder } = server.asked('/lease')[0]!.body
  expect(server.asked('/release').map(({ body }) => body)).toEqual([{ holder }, { holder }, { holder }])
  expect(held()).toEqual([battle(1)])
})

test('cards that arrive after a pause are given back, and fetched again when the rater goes on', async () => {
  const server = scriptServer()
  const session = newSession()
  const started = session.start()
  session.pause()
  await started
  expect(session.cards).toEqual([])
  expect(server.battlesOf('/release')).toEqual([1, 2, 3, 4].map(battle))
  await session.resume()
  await settle()
  expect(session.cards).toHaveLength(4)
})

test('a lease that is over costs an unseen card its place, and is told of the card in sight', async () => {
  const { server, session, held } = await sitting()
  server.fails.set(`${battle(3)}/renew`, lost)
  await session.renew()
  await settle()
  expect(held()).toEqual([1, 2, 4, 3].map(battle))
  expect(session.returned).toBe(false)
  server.fails.clear()
  server.fails.set(`${battle(1)}/renew`, lost)
  await session.renew()
  expect(held()[0]).toBe(battle(1))
  expect(session.returned).toBe(true)
  session.vote('tie')
  expect(session.returned).toBe(false)
})

test.each([
  ['the server is away', 'no answer'],
  ['the server is busy', { status: 503, type: '/problems/busy' }],
  ['the rater is signed out', signedOut],
] as const)('no card is given up because %s', async (_, failure) => {
  const { server, session, held } = await sitting()
  server.fails.set('/renew', failure)
  await session.renew()
  expect(held()).toEqual([1, 2, 3, 4].map(battle))
  expect(session.returned).toBe(false)
})

test('a verdict refused to its own rater is told, set aside, and cannot be taken back', async () => {
  const { server, session } = await sitting()
  server.fails.set('/vote', { status: 404, type: '/problems/not-found' })
  session.vote('tie')
  await settle()
  expect(session.said).toBe('Item 1 was not taken. Refused.')
  expect(session.queue.refused.map(({ battleId }) => battleId)).toEqual([battle(1)])
  expect(session.undoable).toBe(false)
  expect(session.card?.battleId).toBe(battle(2))
})

test('whoever was signed out and is back gets their votes sent and cards again', async () => {
  const { server, session } = await sitting()
  server.fails.set('/vote', signedOut)
  server.fails.set('/lease', signedOut)
  for (let n = 0; n < 4; n++) session.vote('tie')
  await settle()
  expect(session.card).toBeNull()
  expect(session.queue.waiting).toHaveLength(4)
  server.fails.clear()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(session.queue.waiting).toEqual([])
  expect(session.failure).toBeNull()
  expect(session.cards).toHaveLength(4)
})

test('with another rater signed in the page stops, whether a vote or the next card is refused first', async () => {
  for (const end of ['/vote', '/lease']) {
    const { server, session } = await sitting()
    server.fails.set(end, displaced)
    session.vote('tie')
    await settle()
    expect(session.displaced, end).toBe(true)
    server.fails.clear()
    session.wake()
    await settle()
    expect(session.displaced, end).toBe(false)
  }
})

test('while answers are collected the page asks again by itself; when all is done it does not', async () => {
  const { server, session } = await sitting({ battles: 1 })
  server.fails.set('/vote', 'no answer')
  session.vote('tie')
  await settle()
  expect(session.awaited).toBe('3 of 9 answers are in.')
  const asked = server.asked('/lease').length
  await vi.advanceTimersByTimeAsync(2_999)
  expect(server.asked('/lease')).toHaveLength(asked)
  await vi.advanceTimersByTimeAsync(1)
  expect(server.asked('/lease')).toHaveLength(asked + 1)
  server.fails.clear()
  session.wake()
  await settle()
  await vi.advanceTimersByTimeAsync(3_000)
  expect(session.done).toBe(true)
  const finally_ = server.asked('/lease').length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(server.asked('/lease')).toHaveLength(finally_)
})

test('a server that is away is asked for cards again, one that refuses is not', async () => {
  const server = scriptServer()
  server.fails.set('/lease', 'no answer')
  const session = newSession()
  await session.start()
  expect(session.failure).toMatch(/cannot be reached/)
  server.fails.set('/lease', { status: 409, type: '/problems/study-over' })
  await vi.advanceTimersByTimeAsync(3_000)
  expect(session.failure).toBe('Refused.')
  const asked = server.asked('/lease').length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(server.asked('/lease')).toHaveLength(asked)
})

test('a rater who was excluded keeps no card, is told that their work is done, and is asked no more', async () => {
  const { server, session } = await sitting()
  server.fails.set('/lease', { status: 403, type: '/problems/rater-excluded' })
  session.vote('model_a')
  await settle()
  expect(session.excluded).toBe(true)
  expect(session.cards).toEqual([])
  const asked = server.asked('/lease').length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(server.asked('/lease')).toHaveLength(asked)
})

test('a report leaves its item out without a verdict; one that fails leaves it in sight', async () => {
  const { server, session } = await sitting()
  server.fails.set('/report', 'no answer')
  await expect(session.report({ reason: 'leak' })).rejects.toThrow()
  expect(session.card?.battleId).toBe(battle(1))
  server.fails.clear()
  await session.report({ reason: 'leak' })
  expect(server.asked('/report')[1]?.body).toMatchObject({ reason: 'leak' })
  expect(session.card?.battleId).toBe(battle(2))
  expect(server.asked('/vote')).toEqual([])
  expect(session.said).toBe('Item 1 reported and left out')
})

test('what an earlier tab left behind is sent first, and is not handed out again', async () => {
  const before = await sitting()
  before.server.fails.set('/vote', 'no answer')
  before.session.vote('model_a')
  await settle()
  const { server, held } = await sitting()
  expect(server.asked('/lease')[0]?.body.holding).toEqual([battle(1)])
  await settle()
  expect(server.battlesOf('/vote')).toContain(battle(1))
  expect(held()).not.toContain(battle(1))
})

test('the study says how long a card must be in sight', async () => {
  const { session } = await sitting({ leastCardSeconds: 3 })
  expect(session.leastCardSeconds).toBe(3)
})

test('undo outlives a reload: of a vote that was saved and of one that waits', async () => {
  const { server, session } = await sitting()
  session.vote('tie')
  await settle()
  session.pause()
  const reloaded = newSession()
  await reloaded.start()
  expect(reloaded.undoable).toBe(true)
  await reloaded.undo()
  expect(server.asked('/withdraw')).toHaveLength(1)
  expect(reloaded.said).toBe('Item 1 is open again')
  server.fails.set('/vote', 'no answer')
  const judged = reloaded.card?.battleId
  reloaded.vote('model_a')
  await settle()
  reloaded.pause()
  const again = newSession()
  await again.start()
  await again.undo()
  expect(again.card?.battleId).toBe(judged)
  expect(again.queue.waiting).toEqual([])
})

test('a vote taken back in another tab is not called saved any more', async () => {
  const { session } = await sitting()
  session.vote('tie')
  await settle()
  expect(session.said).toBe('Saved, item 1')
  const other = newSession()
  await other.start()
  await other.undo()
  session.learnOfOtherTabs()
  expect(session.said).toBe('Item 1 was taken back in another tab')
  expect(session.undoable).toBe(false)
})

test('the last vote can be taken back after a report', async () => {
  const { server, session } = await sitting()
  session.vote('tie')
  await settle()
  await session.report({ reason: 'other' })
  await session.undo()
  expect(server.asked('/withdraw')).toHaveLength(1)
  expect(session.said).toBe('Item 1 is open again')
})

test.each(['no answer', 'slow'] as const)(
  'where the network is weak (%s), cards for twenty verdicts are held, and all that are given without it arrive',
  async (how) => {
    const { server, session } = await sitting({ goal: 100 })
    if (how === 'slow') server.slowMs = 2_500
    else server.fails.set('/vote', 'no answer')
    session.vote('tie')
    await vi.advanceTimersByTimeAsync(3_000)
    server.fails.clear()
    await vi.advanceTimersByTimeAsync(30_000)
    server.slowMs = 0
    expect(session.cards).toHaveLength(21)
    const sent = server.battlesOf('/vote').length
    for (const end of ['/vote', '/lease', '/renew']) server.fails.set(end, 'no answer')
    for (let n = 0; n < 20; n++) expect(session.vote('model_b'), String(n)).toBe(true)
    expect(session.card).not.toBeNull()
    expect(session.queue.full).toBe(true)
    expect(session.vote('model_b')).toBe(false)
    server.fails.clear()
    session.wake()
    await vi.advanceTimersByTimeAsync(40_000)
    expect(session.queue.waiting).toEqual([])
    expect(new Set(server.battlesOf('/vote').slice(sent)).size).toBe(20)
  },
)

test('after a report the verdict before it can still be taken back', async () => {
  const { server, session } = await sitting()
  session.vote('tie')
  await settle()
  await session.report({ reason: 'image' })
  await settle()
  expect(session.undoable).toBe(true)
  await session.undo()
  await settle()
  expect(server.asked('/withdraw')).toHaveLength(1)
  expect(session.said).toBe('Item 1 is open again')
})
