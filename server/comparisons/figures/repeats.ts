/** Scores of the same questions, asked several times: a row for each question, all rows equally long. */
type RepeatedScores = ArrayLike<number>[]

/** What repeats of the same questions say. Variances and errors are of scores in [0, 1]. */
interface RepeatFigures {
  n: number
  repeats: number
  mean: number
  /** Of the mean, from how questions differ; null for a single question. */
  standardError: number | null
  /** How far answers to one question vary by chance: the mean of the questions' sample variances. Null without repeats. */
  varianceWithin: number | null
  /** How far questions differ, the chance within them taken out. By chance it can fall a little below zero. */
  varianceBetween: number | null
  /** Share of questions that are right in more than half of the repeats. */
  majority: number
  /** Share of pairs of repeats of a question that agree whether it is right; null without repeats. */
  selfAgreement: number | null
}

/**
 * Mean, both variances apart (Miller, Adding Error Bars to Evals, arXiv 2411.00640, section 3), majority and agreement of
 * a model with itself. A score from 0.5 on is right. Throws RangeError for no questions, no repeats, or uneven rows.
 */
export function repeatFigures(scores: RepeatedScores): RepeatFigures {
  const n = scores.length
  const repeats = repeatsOf(scores)
  const means = scores.map((row) => meanOf(row))
  const mean = meanOf(means)
  const varianceOfMeans = sampleVariance(means, mean)
  const varianceWithin = repeats > 1 ? meanOf(scores.map((row, index) => sampleVariance(row, means[index]!)!)) : null
  const right = scores.map(countRight)
  const agreeing = (count: number) => count * (count - 1) + (repeats - count) * (repeats - count - 1)
  return {
    n,
    repeats,
    mean,
    standardError: varianceOfMeans === null ? null : Math.sqrt(varianceOfMeans / n),
    varianceWithin,
    varianceBetween:
      varianceOfMeans === null || varianceWithin === null ? null : varianceOfMeans - varianceWithin / repeats,
    majority: right.filter((count) => 2 * count > repeats).length / n,
    selfAgreement: repeats > 1 ? meanOf(right.map((count) => agreeing(count) / (repeats * (repeats - 1)))) : null,
  }
}

/**
 * The chance that at least one of k answers is right, without bias: the mean over questions of 1 − C(r−c, k)/C(r, k), c
 * of r repeats right (Chen et al., arXiv 2107.03374). Throws RangeError unless k is a whole number from 1 to r.
 */
export function passAtK(scores: RepeatedScores, k: number): number {
  const repeats = repeatsOf(scores)
  if (!Number.isInteger(k) || k < 1 || k > repeats) throw new RangeError(`of ${repeats} repeats no ${k} can be drawn`)
  return meanOf(scores.map((row) => 1 - noneRight(repeats, countRight(row), k)))
}

/** C(r−c, k)/C(r, k): none of k repeats, drawn without putting back, is among the c of r that are right. */
function noneRight(repeats: number, right: number, k: number): number {
  let chance = 1
  for (let drawn = 0; drawn < k && chance > 0; drawn++)
    chance *= Math.max(0, repeats - right - drawn) / (repeats - drawn)
  return chance
}

function repeatsOf(scores: RepeatedScores): number {
  const repeats = scores[0]?.length ?? 0
  if (repeats === 0) throw new RangeError('there are no answers to count')
  if (scores.some((row) => row.length !== repeats))
    throw new RangeError('some questions were asked more often than others')
  return repeats
}

function countRight(row: ArrayLike<number>): number {
  let right = 0
  for (let k = 0; k < row.length; k++) if (row[k]! >= 0.5) right++
  return right
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let k = 0; k < values.length; k++) sum += values[k]!
  return sum / values.length
}

function sampleVariance(values: ArrayLike<number>, mean: number): number | null {
  if (values.length < 2) return null
  let squares = 0
  for (let k = 0; k < values.length; k++) squares += (values[k]! - mean) ** 2
  return squares / (values.length - 1)
}
