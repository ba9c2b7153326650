import { mergeSides, type PairCounts } from './counts.ts'

/** What a line of a leaderboard says of a model beside its rating, by model. */
export interface Tally {
  votes: Float64Array
  wins: Float64Array
  losses: Float64Array
  ties: Float64Array
  bothBad: Float64Array
  /** Mean score against an opponent, any tie a half, every opponent once however often it was met; NaN without votes. */
  averageWinRate: Float64Array
}

/** Sums of each model's votes from counts, without a matrix: thousands of models cost no more than their pairs. */
export function tallyModels(counts: PairCounts): Tally {
  const { models, a, b, winsA, winsB, ties, bothBad } = mergeSides(counts)
  const column = () => new Float64Array(models)
  const opponents = column()
  const scores = column()
  const tally = { votes: column(), wins: column(), losses: column(), ties: column(), bothBad: column() }
  for (let cell = 0; cell < a.length; cell++) {
    const votes = winsA[cell]! + winsB[cell]! + ties[cell]! + bothBad[cell]!
    if (votes === 0) continue
    const sides = [
      { model: a[cell]!, won: winsA[cell]!, lost: winsB[cell]! },
      { model: b[cell]!, won: winsB[cell]!, lost: winsA[cell]! },
    ]
    for (const { model, won, lost } of sides) {
      tally.votes[model]! += votes
      tally.wins[model]! += won
      tally.losses[model]! += lost
      tally.ties[model]! += ties[cell]!
      tally.bothBad[model]! += bothBad[cell]!
      opponents[model]!++
      scores[model]! += (won + (ties[cell]! + bothBad[cell]!) / 2) / votes
    }
  }
  return { ...tally, averageWinRate: scores.map((sum, model) => sum / opponents[model]!) }
}
