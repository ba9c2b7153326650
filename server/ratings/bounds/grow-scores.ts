import type { Covariance } from './intervals.ts'

/** The votes of one cluster: the models they name, ascending, and their information as a Laplacian over these. */
interface OwnVotes {
  models: Int32Array
  information: Float64Array
}

/** The information of all votes, n × n as a Laplacian, and its inverse with the mean of all models fixed. */
export interface WholeInformation {
  matrix: Float64Array
  inverse: Covariance
}

/** A pair of which a cluster holds all but this share has no other votes. */
const leastLeft = 1e-9

/**
 * Replaces the summed scores s of a cluster by those without its own pull on the fit, y = s + L·C·y with L the cluster's
 * information and C the inverse of all: the jackknife of one step, CR3. By conjugate gradients in the inner product of C,
 * so that the work grows with the models which the cluster names. Leaves the scores as they are and returns false where
 * the votes do not join all models without the cluster.
 */
export function growScores(own: OwnVotes, whole: WholeInformation, scores: Float64Array): boolean {
  if (!joinsWithout(own, whole)) return false
  const { models, information } = own
  const { inverse } = whole
  const size = models.length
  const n = inverse.models
  const spread = (from: Float64Array, to: Float64Array) => {
    for (let k = 0; k < size; k++) {
      const row = models[k]! * n
      let sum = 0
      for (let l = 0; l < size; l++) sum += inverse.matrix[row + models[l]!]! * from[l]!
      to[k] = sum
    }
  }
  const rest = Float64Array.from(models, (model) => scores[model]!)
  const grown = new Float64Array(size)
  const step = rest.slice()
  const image = new Float64Array(size)
  spread(step, image)
  const restImage = image.slice()
  const left = new Float64Array(size)
  let length = dot(rest, restImage)
  const enough = 1e-26 * length
  for (let round = 0; length > enough; round++) {
    if (round > 2 * size + 20) return false
    for (let k = 0; k < size; k++) {
      let pulled = 0
      for (let l = 0, entry = k * size; l < size; l++, entry++) pulled += information[entry]! * image[l]!
      left[k] = step[k]! - pulled
    }
    const curvature = dot(image, left)
    if (!(curvature > 0)) return false
    const along = length / curvature
    for (let k = 0; k < size; k++) {
      grown[k]! += along * step[k]!
      rest[k]! -= along * left[k]!
    }
    spread(rest, restImage)
    const next = dot(rest, restImage)
    const turn = next / length
    for (let k = 0; k < size; k++) {
      step[k] = rest[k]! + turn * step[k]!
      image[k] = restImage[k]! + turn * image[k]!
    }
    length = next
  }
  models.forEach((model, k) => (scores[model] = grown[k]!))
  return true
}

/** Whether votes of others join all models; they do where the cluster holds no pair for itself. */
function joinsWithout(
  { models, information }: OwnVotes,
  { matrix, inverse: { models: n } }: WholeInformation,
): boolean {
  const size = models.length
  const held = new Set<number>()
  for (let k = 0; k < size; k++) {
    for (let l = 0; l < k; l++) {
      const pair = models[k]! * n + models[l]!
      const own = -information[k * size + l]!
      if (own > 0 && own >= (1 - leastLeft) * -matrix[pair]!) held.add(pair)
    }
  }
  if (held.size === 0) return true
  const reached = new Uint8Array(n)
  const waiting = [0]
  reached[0] = 1
  for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
    for (let j = 0; j < n; j++) {
      const pair = i > j ? i * n + j : j * n + i
      if (reached[j] || i === j || matrix[pair]! >= 0 || held.has(pair)) continue
      reached[j] = 1
      waiting.push(j)
    }
  }
  return reached.every((one) => one === 1)
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0
  for (let k = 0; k < one.length; k++) sum += one[k]! * other[k]!
  return sum
}
