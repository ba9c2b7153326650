/** A mean or a ratio in [0, 1] with its 95 % interval. */
interface MeanInterval {
  value: number
  low: number
  high: number
  n: number
}

const z = 1.959963984540054

/** Mean of marks with a 95 % interval: `ratioInterval` with every weight 1. Null for no marks. */
export function meanInterval(marks: { value: number; cluster: string }[]): MeanInterval | null {
  return ratioInterval(marks.map(({ value, cluster }) => ({ value, weight: 1, cluster })))
}

/**
 * Sum of values over sum of weights, each value within [0, its weight], with a 95 % interval. The variance is that of the
 * ratio estimator by the delta method: residuals value − ratio × weight, over the squared sum of weights (Cochran,
 * Sampling Techniques, 1977, 6.3). Marks that share a cluster (questions on one picture) are not independent: residuals
 * are summed by cluster first (Liang and Zeger 1986). Near 0 and 1, where a normal interval leaves [0, 1], it is Wilson's
 * (1927) with the sample size that the clustered variance is worth. Marks without weight tell nothing and are not counted
 * in `n`. Null when the weights add up to nothing.
 */
export function ratioInterval(marks: { value: number; weight: number; cluster: string }[]): MeanInterval | null {
  const weighty = marks.filter(({ weight }) => weight > 0)
  const n = weighty.length
  if (n === 0) return null
  const total = weighty.reduce((sum, { weight }) => sum + weight, 0)
  const value = weighty.reduce((sum, mark) => sum + mark.value, 0) / total
  const residuals = new Map<string, number>()
  for (const mark of weighty)
    residuals.set(mark.cluster, (residuals.get(mark.cluster) ?? 0) + mark.value - value * mark.weight)
  const clusters = residuals.size
  const squares = [...residuals.values()].reduce((sum, residual) => sum + residual * residual, 0)
  const variance = clusters > 1 ? (squares / (total * total)) * (clusters / (clusters - 1)) : 0
  const halfWidth = z * Math.sqrt(variance)
  const nearEdge = Math.min(value, 1 - value) * clusters < 10
  if (variance > 0 && !nearEdge)
    return { value, low: Math.max(0, value - halfWidth), high: Math.min(1, value + halfWidth), n }
  // With no spread at all, each cluster is worth one observation.
  const worth = variance > 0 ? Math.min(n, (value * (1 - value)) / variance) : clusters
  return { value, ...wilson(value, worth), n }
}

/** Wilson's 95 % interval for a share of n independent observations. */
export function wilson(value: number, n: number): { low: number; high: number } {
  const centre = (value + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const halfWidth = (z / (1 + (z * z) / n)) * Math.sqrt((value * (1 - value)) / n + (z * z) / (4 * n * n))
  return {
    low: Math.max(0, Math.min(value, centre - halfWidth)),
    high: Math.min(1, Math.max(value, centre + halfWidth)),
  }
}
