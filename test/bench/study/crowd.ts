import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { CardBatch, Vote } from '#server/battles/schema.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { expectedScore } from '#server/ratings/scale.ts'
import { recount } from '../../support/vote-checker.ts'
import { studySlug } from './answers.ts'
import { databaseSize, withDatabase } from './database.ts'
import type { Step, StudyFolder } from './plan.ts'
import { arena, startServer } from './programs.ts'
import { post, Refused } from './post.ts'
import { timesOf } from './times.ts'

const holds = 3
/** Joining in a minute: the server lets an address try so many links. */
const joinsAMinute = 500

/** Every rater thinks, votes and takes the next card, whatever the others do, until each pair has its votes. */
export const rateAll: Step = async (folder) => {
  const server = await startServer(folder)
  try {
    await joinAll(folder, server.api)
    const crowd = new Crowd(server.api, folder)
    const begun = performance.now()
    const memory: number[] = []
    const watching = setInterval(() => memory.push(server.nowMb()), 1_000)
    await Promise.all(folder.raters.map((cookie, number) => crowd.rate(cookie, number)))
    clearInterval(watching)
    const seconds = (performance.now() - begun) / 1000
    const proofs = await prove(folder)
    const vote = timesOf('vote', crowd.voteMs, { p99: 50 })
    const lease = timesOf('lease of the next card', crowd.leaseMs, { p50: 5, p99: 100 })
    const third = memory[Math.floor(memory.length / 3)] ?? 0
    const last = memory.at(-1) ?? 0
    const lines = [
      `${folder.raters.length} raters, a mean pause of ${folder.plan.thinkMs / 1000} s: ${(crowd.voteMs.length / seconds).toFixed(0)} votes a second`,
      vote.line,
      `${lease.line}; ${crowd.putOff} put off by a busy server`,
      `the server took ${server.peakMb()} MB at most; after a third ${third} MB, at the end ${last} MB`,
      ...proofs.lines,
      ...(await databaseSize(folder, ['battles', 'votes', 'pair_counts'])),
    ]
    return { lines, holds: proofs.holds && vote.holds && lease.holds && last <= 1.25 * third }
  } finally {
    await server.stop()
  }
}

/** Invites everybody by one link, as an operator does, and uses it as many times. */
async function joinAll(folder: StudyFolder, api: string): Promise<void> {
  const { raters } = folder.plan
  if (folder.raters.length >= raters) return
  const { output } = await arena(folder, ['admin-link'])
  const admin = await useLink(api, codeIn(output))
  const { body } = await post(`${api}/studies/${studySlug}/links`, admin, { maxUses: raters })
  const code = codeIn((body as { url: string }).url)
  while (folder.raters.length < raters) {
    folder.addRater(await useLink(api, code))
    await pause(60_000 / joinsAMinute)
  }
}

const codeIn = (url: string) => /\/join\/([\w-]{22})/.exec(url)![1]!

async function useLink(api: string, code: string): Promise<string> {
  const { headers } = await post(`${api}/links/${code}`, '', { consent: true })
  return String(headers['set-cookie']).split(';')[0]!
}

class Crowd {
  readonly voteMs: number[] = []
  readonly leaseMs: number[] = []
  /** Leases that a busy server had asked again. */
  putOff = 0
  readonly #api: string
  readonly #folder: StudyFolder
  readonly #acknowledged: string

  constructor(api: string, folder: StudyFolder) {
    this.#api = api
    this.#folder = folder
    this.#acknowledged = acknowledgedFile(folder)
  }

  /** One rater's sitting, to the study's end. */
  async rate(cookie: string, number: number): Promise<void> {
    const random = new Random(7, number)
    const pauses = () => -this.#folder.plan.thinkMs * Math.log(1 - random.unit())
    await pause(random.unit() * this.#folder.plan.thinkMs)
    let cards: CardBatch['cards'] = []
    for (;;) {
      if (cards.length < holds) {
        const { batch, ms } = await this.#lease(cookie, cards, holds - cards.length)
        if (cards.length === holds - 1) this.leaseMs.push(ms)
        cards = [...cards, ...batch.cards]
        if (cards.length === 0 && batch.done) return
      }
      await pause(pauses())
      const [card, ...rest] = cards
      if (!card) continue
      await this.#vote(cookie, card, random)
      cards = rest
    }
  }

  async #lease(cookie: string, cards: CardBatch['cards'], count: number): Promise<{ batch: CardBatch; ms: number }> {
    const holding = cards.map(({ battleId }) => battleId)
    for (;;) {
      try {
        const { body, ms } = await post(`${this.#api}/studies/${studySlug}/battles/lease`, cookie, { count, holding })
        return { batch: body as CardBatch, ms }
      } catch (error) {
        // A busy server puts off what is no vote; the page asks again as well.
        if (!(error instanceof Refused) || error.status !== 503) throw error
        this.putOff++
        await pause(2_000)
      }
    }
  }

  async #vote(cookie: string, card: CardBatch['cards'][number], random: Random): Promise<void> {
    const verdict = verdictOn(card, random)
    const { body, ms } = await post(`${this.#api}/battles/${card.battleId}/vote`, cookie, { verdict, dwellMs: 5_000 })
    this.voteMs.push(ms)
    appendFileSync(this.#acknowledged, `${(body as Vote).id}\n`)
  }
}

const acknowledgedFile = ({ path }: StudyFolder) => join(path, 'acknowledged.txt')

const strengthOf = ({ text }: { text: string }) => Number(/There are (\d+)/.exec(text)![1])

/** Ties are as likely as keeps the expected score, a tie being half a win, at what the models' strengths say. */
function verdictOn({ answerA, answerB }: CardBatch['cards'][number], random: Random) {
  if (random.unit() < 0.02) return 'unsure'
  const score = expectedScore(strengthOf(answerA), strengthOf(answerB))
  const ties = 0.6 * Math.min(score, 1 - score)
  const lot = random.unit()
  if (lot < ties) return lot < ties / 3 ? 'both_bad' : 'tie'
  return lot < ties / 2 + score ? 'model_a' : 'model_b'
}

/** What must hold of every study, read from its votes and from what raters were told. */
async function prove(folder: StudyFolder): Promise<{ lines: string[]; holds: boolean }> {
  const file = acknowledgedFile(folder)
  const acknowledged = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  return withDatabase(folder, async ({ sql }) => {
    const { votes, counted, differences, strange } = await recount({ sql })
    const stored = await sql<{ id: string }[]>`select id::text as id from votes`
    const ids = new Set(stored.map(({ id }) => id))
    const lost = acknowledged.filter((id) => !ids.has(id)).length
    const twice = acknowledged.length - new Set(acknowledged).size
    const [pairs] = await sql<{ pairs: number; least: number; most: number; lean: number }[]>`
      select count(*)::int as pairs, min(votes) as least, max(votes) as most, max(abs(lean)) as lean from pair_totals`
    const [again] = await sql<{ queries: number }[]>`
      select count(*)::int as queries from (select from votes group by rater_id, query_id having count(*) > 1) x`
    const { votesPerPair, models } = folder.plan
    const { least, most, lean } = pairs!
    const facts: [string, boolean][] = [
      [
        `${acknowledged.length} votes acknowledged, ${votes} stored, ${counted} counted, ${lost} lost, ${twice} twice`,
        lost === 0 && twice === 0 && votes === acknowledged.length,
      ],
      [
        `${pairs!.pairs} pairs with ${least} to ${most} votes`,
        pairs!.pairs === (models * (models - 1)) / 2 && least === votesPerPair && most === votesPerPair,
      ],
      [`sides differ by ${lean} at most`, lean <= 1],
      [`${again!.queries} questions came twice to a rater`, again!.queries === 0],
      [`${differences.length} kept counts differ from the votes`, differences.length + strange.length === 0],
    ]
    return { lines: facts.map(([line]) => line), holds: facts.every(([, held]) => held) }
  })
}
