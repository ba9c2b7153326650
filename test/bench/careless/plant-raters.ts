import { normalTail } from '#server/ratings/chance/distributions.ts'
import { Random } from '#server/ratings/chance/random.ts'
import type { WatchedVotes } from '#server/ratings/evidence/study-raters.ts'
import { pointsPerNatural, winChance } from '#server/ratings/scale.ts'
import { verdictCode } from '#server/ratings/votes/counts.ts'
import { publishedElo } from '../molmo-study.ts'

export const carelessKinds = ['side presser', 'speeder', 'coin tosser', 'length lover'] as const
type Kind = (typeof carelessKinds)[number] | 'honest'

/** A simulated study: its votes, and what each rater is by number. */
export interface Planted {
  votes: WatchedVotes
  kinds: Kind[]
}

interface Plan {
  seed: number
  votesEach: number
  /** Share of the votes that are on a question and pair which three raters judge. */
  shared: number
}

const raterCount = 200
const carelessCount = 20
const itemCount = 14_851
/** How far two honest people see the same in the same two answers: correlation of their impressions. */
const likeness = 0.5
/** Ties at even strength are this share times a quarter. */
const evenness = 0.8

/** What tells one person from another. */
interface Temper {
  kind: Kind
  /** The pace of an honest card, in seconds. */
  pace: number
  /** Added to the chance that the left, and that the longer answer wins: nobody is without a lean. */
  leftLean: number
  lengthLean: number
  ties: number
  /** Of a side presser. */
  favours: 'left' | 'right'
}

/**
 * A study of the paper's 27 models, rated by 200 people of whom 20 are careless, five of each kind. Honest people differ
 * in pace, in ties and a little in leaning left or towards length; what two of them see in the same answers is alike.
 *
 * - side pressers press one side on nine cards of ten;
 * - speeders need about three seconds and toss a coin on half of the cards;
 * - coin tossers press one of the four verdicts by chance, at an honest pace;
 * - length lovers take the longer answer on nine cards of ten, at an honest pace.
 */
export function plantRaters({ seed, votesEach, shared }: Plan): Planted {
  const random = new Random(seed, 40)
  const tempers = Array.from({ length: raterCount }, (_, rater) => temperOf(random, rater))
  const elo = Object.values(publishedElo)
  const lengths = elo.map(() => 0.3 * random.normal())
  const cards = dealCards(random, elo.length, votesEach, shared)
  const size = cards.length
  const votes: WatchedVotes = {
    models: elo.length,
    a: new Int32Array(size),
    b: new Int32Array(size),
    verdict: new Uint8Array(size),
    rater: new Int32Array(size),
    item: new Int32Array(size),
    seconds: new Float64Array(size),
    longer: new Int8Array(size),
  }
  cards.forEach(({ low, high, item, rater, seen, longerBy }, t) => {
    const turned = random.unit() < 0.5
    const [a, b] = turned ? [high, low] : [low, high]
    const temper = tempers[rater]!
    const by = longerBy + lengths[low]! - lengths[high]!
    const longer = turned ? -Math.sign(by) : Math.sign(by)
    const impression = (turned ? -1 : 1) * seen
    const chance = winChance((elo[a]! - elo[b]!) / pointsPerNatural)
    votes.a[t] = a
    votes.b[t] = b
    votes.rater[t] = rater
    votes.item[t] = item
    votes.longer[t] = longer
    votes.verdict[t] = verdictOf(random, temper, chance, longer, impression)
    votes.seconds[t] = secondsOf(random, temper)
  })
  return { votes, kinds: tempers.map(({ kind }) => kind) }
}

function temperOf(random: Random, rater: number): Temper {
  return {
    kind: rater < raterCount - carelessCount ? 'honest' : carelessKinds[rater % 4]!,
    pace: 20 * Math.exp(0.35 * random.normal()),
    leftLean: 0.02 * random.normal(),
    lengthLean: 0.02 * random.normal(),
    ties: evenness * (0.5 + random.unit()),
    favours: rater % 8 < 4 ? 'left' : 'right',
  }
}

/** A pair of models before a rater; `seen` is what honest people see alike in it, in favour of `low`. */
interface Dealt {
  low: number
  high: number
  item: number
  rater: number
  seen: number
  longerBy: number
}

function dealCards(random: Random, models: number, votesEach: number, shared: number): Dealt[] {
  const left = new Int32Array(raterCount).fill(votesEach)
  const open = Array.from(left.keys())
  const cards: Dealt[] = []
  const give = (place: number, card: Omit<Dealt, 'rater'>) => {
    const rater = open[place]!
    cards.push({ ...card, rater })
    if (--left[rater]! === 0) open.splice(place, 1)
  }
  while (open.length > 0) {
    const i = random.below(models)
    const j = (i + 1 + random.below(models - 1)) % models
    const card = {
      ...{ low: Math.min(i, j), high: Math.max(i, j), item: random.below(itemCount) },
      ...{ seen: random.normal(), longerBy: 0.5 * random.normal() },
    }
    const several = open.length >= 3 && random.unit() < shared / (3 - 2 * shared)
    const places = several ? threeOf(random, open.length) : [random.below(open.length)]
    for (const place of places) give(place, card)
  }
  return cards
}

/** Three different places, the last first, so that taking one out moves none of the others. */
function threeOf(random: Random, places: number): number[] {
  const chosen = new Set<number>()
  while (chosen.size < 3) chosen.add(random.below(places))
  return [...chosen].sort((x, y) => y - x)
}

function verdictOf(random: Random, temper: Temper, chance: number, longer: number, impression: number): number {
  const { kind, favours } = temper
  if (kind === 'side presser' && random.unit() < 0.9)
    return favours === 'left' ? verdictCode.model_a : verdictCode.model_b
  if (kind === 'coin tosser') return random.below(4)
  if (kind === 'speeder' && random.unit() < 0.5) return random.below(2)
  if (kind === 'length lover' && random.unit() < 0.9) return longer > 0 ? verdictCode.model_a : verdictCode.model_b
  return honestVerdict(random, temper, chance, longer, impression)
}

/** A verdict whose chances are those of the ratings, moved by the person's leans; likeness changes none of them. */
function honestVerdict(random: Random, temper: Temper, chance: number, longer: number, impression: number): number {
  const leant = Math.min(0.99, Math.max(0.01, chance + temper.leftLean + longer * temper.lengthLean))
  const tie = temper.ties * leant * (1 - leant)
  const own = Math.sqrt(likeness) * impression + Math.sqrt(1 - likeness) * random.normal()
  const place = normalTail(own)
  if (place < leant - tie / 2) return verdictCode.model_a
  return place < leant + tie / 2 ? (random.unit() < 0.5 ? verdictCode.tie : verdictCode.both_bad) : verdictCode.model_b
}

function secondsOf(random: Random, { kind, pace }: Temper): number {
  const median = kind === 'speeder' ? 3 : kind === 'side presser' ? pace / 2 : pace
  return median * Math.exp(0.6 * random.normal())
}

/** The votes of the raters that are kept, without the columns that a board does not read. */
export function keepRaters({ models, a, b, verdict, rater }: WatchedVotes, keep: (rater: number) => boolean) {
  const kept = (_: number, t: number) => keep(rater[t]!)
  return { models, a: a.filter(kept), b: b.filter(kept), verdict: verdict.filter(kept) }
}
