import { verdictCode, type Votes } from '../votes/counts.ts'
import { expectedScore, meanRating } from '../scale.ts'

/**
 * Online Elo: votes in their order, each moving both models by k·(score - expected), any tie scoring one half. Returns
 * ratings in Elo points from 1000 each; their sum never changes. The order of votes matters, so this shows activity and
 * never a rank. (The arena's constants of 2023: k = 4.)
 */
export function onlineElo({ models, a, b, verdict }: Votes, k = 4): Float64Array {
  const ratings = new Float64Array(models).fill(meanRating)
  for (let t = 0; t < a.length; t++) {
    const i = a[t]!
    const j = b[t]!
    const score = verdict[t] === verdictCode.model_a ? 1 : verdict[t] === verdictCode.model_b ? 0 : 0.5
    const change = k * (score - expectedScore(ratings[i]!, ratings[j]!))
    ratings[i]! += change
    ratings[j]! -= change
  }
  return ratings
}
