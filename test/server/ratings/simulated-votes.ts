import { verdictCode, type Votes } from '#server/ratings/votes/counts.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { pointsPerNatural, winChance } from '#server/ratings/scale.ts'

/** Draws one vote: a win by the chance of the ratings, a tie with chance evenness·p(1-p), taken from both sides alike. */
export function drawVerdict(random: Random, gap: number, evenness: number): number {
  const p = winChance(gap / pointsPerNatural)
  const tie = evenness * p * (1 - p)
  const place = random.unit()
  if (place < tie) return verdictCode.tie
  return place < tie + p - tie / 2 ? verdictCode.model_a : verdictCode.model_b
}

/** Votes on uniform pairs, sides swapped at random, by ratings in Elo points. */
export function simulateVotes(ratings: ArrayLike<number>, size: number, seed: number, evenness = 0.8): Votes {
  const random = new Random(seed, 0)
  const votes = {
    models: ratings.length,
    a: new Int32Array(size),
    b: new Int32Array(size),
    verdict: new Uint8Array(size),
  }
  for (let t = 0; t < size; t++) {
    const i = random.below(ratings.length)
    const j = (i + 1 + random.below(ratings.length - 1)) % ratings.length
    votes.a[t] = i
    votes.b[t] = j
    votes.verdict[t] = drawVerdict(random, ratings[i]! - ratings[j]!, evenness)
  }
  return votes
}

/** The kinds of bad rater that are planted. */
const badKinds = ['random', 'always left', 'inverted', 'fan'] as const

/**
 * Votes of forty raters, every fifth bad: two each who vote at random, always left, the wrong way round, or always for
 * one model of the weaker half (a fan of the best is hard to tell from an honest rater). Raters 32 to 39 are the bad ones.
 */
export function simulateRaters(seed: number): Votes {
  const random = new Random(seed, 1)
  const ratings = Array.from({ length: 6 }, (_, i) => 1000 + (i - 2.5) * 90 + 20 * random.normal())
  const rows: [a: number, b: number, verdict: number, rater: number][] = []
  for (let rater = 0; rater < 40; rater++) {
    const kind = rater < 32 ? 'honest' : badKinds[rater % 4]!
    const favourite = random.below(3)
    const votes = 25 + random.below(66)
    for (let vote = 0; vote < votes; vote++) {
      const a = random.below(6)
      const b = (a + 1 + random.below(5)) % 6
      rows.push([a, b, badVerdict(random, kind, favourite, a, b, ratings), rater])
    }
  }
  return {
    models: 6,
    a: Int32Array.from(rows, (row) => row[0]),
    b: Int32Array.from(rows, (row) => row[1]),
    verdict: Uint8Array.from(rows, (row) => row[2]),
    rater: Int32Array.from(rows, (row) => row[3]),
  }
}

function badVerdict(
  random: Random,
  kind: (typeof badKinds)[number] | 'honest',
  favourite: number,
  a: number,
  b: number,
  ratings: number[],
): number {
  const honest = drawVerdict(random, ratings[a]! - ratings[b]!, 0.8)
  switch (kind) {
    case 'honest':
      return honest
    case 'random':
      return random.below(2)
    case 'always left':
      return random.unit() < 0.95 ? verdictCode.model_a : honest
    case 'inverted':
      return honest < 2 ? 1 - honest : honest
    case 'fan':
      return a === favourite ? verdictCode.model_a : b === favourite ? verdictCode.model_b : honest
  }
}
