import { onTestFinished, vi } from 'vitest'
import type { Answer, Card } from '#server/battles/schema.ts'

/** Drawn by its own address; what the page appends lies behind the `#`. */
const picture = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>')}#`
const answer: Answer = { text: 'An answer.', html: '<p>An answer.</p>', words: 2, points: [] }

/** A card whose picture every test page can load. */
function cardOf(battleId: string, changes: Partial<Card> = {}): Card {
  return {
    battleId,
    category: 'general',
    language: 'en',
    question: `What is on picture ${battleId}?`,
    image: { url: picture, width: 40, height: 30 },
    pointsShown: false,
    answerA: answer,
    answerB: answer,
    leasedUntil: '2026-01-01T00:00:00.000Z',
    ...changes,
  }
}

interface Request {
  path: string
  body: Record<string, unknown>
}

/** The n-th battle's id. */
export const battle = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

/**
 * The rater's server, played by the test in place of `fetch`: it leases battles 1, 2, 3 … up to `battles`, takes every
 * vote, and notes what it is asked. A reply set in `fails` by the end of a path comes instead: a problem, or no answer.
 */
export function scriptServer({ battles = 100, goal = 10, leastCardSeconds = 1, followUp = 'nothing' } = {}) {
  /** How long each request is on its way to the server, a vote so much longer, and the replies to votes and leases on their way back. */
  const script = { slowMs: 0, voteMs: 0, voteBackMs: 0, leaseBackMs: 0 }
  const requests: Request[] = []
  const fails = new Map<string, { status: number; type: string } | 'no answer'>()
  let votes = 0
  let offered: string[] = []
  const open = Array.from({ length: battles }, (_, index) => battle(index + 1))

  function replyTo(path: string, body: Record<string, unknown>): object | null {
    const [, , , id = ''] = path.split('/').slice(1)
    if (path.endsWith('/lease')) return lease(body as { count: number; holding: string[] })
    if (path.endsWith('/vote')) {
      votes += 1
      open.splice(open.indexOf(id), 1)
      return {
        id: votes,
        battleId: id,
        verdict: body.verdict,
        late: false,
        counted: true,
        castAt: cast,
        progress: { votes, goal },
      }
    }
    if (path.endsWith('/withdraw')) {
      votes -= 1
      offered = [battle(1_000 + requests.length)]
      open.unshift(...offered)
      return { battleId: offered[0] }
    }
    return path.endsWith('/renew') ? { battleId: id, leasedUntil: cast } : null
  }

  function lease({ count, holding }: { count: number; holding: string[] }) {
    const cards = open.filter((id) => !holding.includes(id)).slice(0, count)
    const done = open.length === 0
    return {
      cards: cards.map((id) => cardOf(id)),
      progress: { votes, goal },
      sittingFrom: null,
      leastCardSeconds,
      followUp,
      done,
      answers: cards.length === 0 && !done ? { ready: 3, asked: 9 } : null,
      waiting: cards.length === 0 && !done ? '3 of 9 answers are in.' : null,
    }
  }

  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    const body = JSON.parse(typeof init.body === 'string' ? init.body : '{}') as Record<string, unknown>
    requests.push({ path: path.replace('/api/v1', ''), body })
    const isVote = path.endsWith('/vote')
    await after(script.slowMs + (isVote ? script.voteMs : 0))
    const failure = [...fails].find(([end]) => path.endsWith(end))?.[1]
    if (failure === 'no answer') throw new TypeError('Failed to fetch')
    if (failure) return responseOf({ title: 'Refused', ...failure }, failure.status)
    const reply = responseOf(replyTo(path, body))
    await after(isVote ? script.voteBackMs : path.endsWith('/lease') ? script.leaseBackMs : 0)
    return reply
  })
  onTestFinished(() => void vi.unstubAllGlobals())
  /** What was asked of a kind, by battle. */
  const asked = (end: string) => requests.filter(({ path }) => path.endsWith(end))
  const battlesOf = (end: string) => asked(end).map(({ path }) => path.split('/')[2])
  return Object.assign(script, { requests, fails, asked, battlesOf, open })
}

const after = (ms: number) => (ms > 0 ? new Promise<void>((resolve) => setTimeout(resolve, ms)) : undefined)

/** All of a response that pages read; unlike the browser's own it is there without a turn of the event loop. */
const responseOf = (body: object | null, status = 200) => ({ ok: status < 400, status, json: async () => body })

const cast = '2026-01-01T00:00:00.000Z'
