/**
 * P-values of several tests, raised so that calling those at most 0.05 real leaves a chance of 5 % of any false call
 * (Holm, Scandinavian Journal of Statistics 6, 1979), in the order given. As R's `p.adjust` with "holm".
 */
export function holmAdjusted(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((one, other) => values[one]! - values[other]!)
  const adjusted = new Array<number>(values.length)
  let largest = 0
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (values.length - rank) * values[index]!))
    adjusted[index] = largest
  }
  return adjusted
}
