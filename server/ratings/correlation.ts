/**
 * Pearson's product-moment correlation of two equally long lists, in [-1, 1]; NaN where it does not exist, which is for
 * fewer than two pairs or a list without spread.
 */
export function pearson(xs: readonly number[], ys: readonly number[]): number {
  if (xs.length !== ys.length) throw new RangeError(`${xs.length} values cannot be paired with ${ys.length}`)
  const [meanX, meanY] = [meanOf(xs), meanOf(ys)]
  let [xx, xy, yy] = [0, 0, 0]
  for (let index = 0; index < xs.length; index++) {
    const [x, y] = [xs[index]! - meanX, ys[index]! - meanY]
    xx += x * x
    xy += x * y
    yy += y * y
  }
  return xx > 0 && yy > 0 ? Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy))) : NaN
}

/** Spearman's rank correlation: Pearson's of the ranks, where equal values share the mean of their ranks. */
export function spearman(xs: readonly number[], ys: readonly number[]): number {
  return pearson(midRanks(xs), midRanks(ys))
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

function midRanks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((one, other) => values[one]! - values[other]!)
  const ranks = new Array<number>(values.length)
  for (let from = 0; from < order.length;) {
    let to = from
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++
    for (let place = from; place <= to; place++) ranks[order[place]!] = (from + to) / 2 + 1
    from = to + 1
  }
  return ranks
}
