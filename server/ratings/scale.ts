/** Elo points in one natural-log unit of strength: 400 points are a factor of ten in odds. */
export const pointsPerNatural = 400 / Math.LN10

/** Ratings are shown with this mean, the gauge of every fit. */
export const meanRating = 1000

/** The chance that a model ahead by `z` natural units wins: 1/(1+e^-z), in [0,1]. */
export function winChance(z: number): number {
  return 1 / (1 + Math.exp(-z))
}

/** The expected score of a rating against another, both in Elo points. */
export function expectedScore(rating: number, opponent: number): number {
  return 1 / (1 + 10 ** ((opponent - rating) / 400))
}

/** Natural-log strengths as ratings in Elo points; strengths of mean zero give ratings of mean 1000. */
export function toRatings(strengths: Float64Array): Float64Array {
  return strengths.map((strength) => meanRating + pointsPerNatural * strength)
}

/** Moves strengths in place so that their mean is zero, and returns them. */
export function centre(strengths: Float64Array): Float64Array {
  let sum = 0
  for (const strength of strengths) sum += strength
  const mean = sum / strengths.length
  for (let i = 0; i < strengths.length; i++) strengths[i]! -= mean
  return strengths
}
