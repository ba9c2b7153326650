import { quantile } from '../chance/distributions.ts'
import type { Votes } from '../votes/counts.ts'
import { Random } from '../chance/random.ts'

/**
 * What raters said of the same thing. A unit is an item with an unordered pair of models; the label is 0 where the pair's
 * first model by number won, 1 for a tie of either kind, 2 where the second won.
 */
interface Labels {
  unit: Int32Array
  rater: Int32Array
  label: Uint8Array
}

/** How a difference between two labels counts: all alike, by rank, or by distance. */
type Scale = 'nominal' | 'ordinal' | 'interval'

const categories = 3

/** Labels of votes that carry raters and items; of several votes of a rater on a unit the first counts. */
export function labelVotes(votes: Votes): Labels {
  const { models, a, b, verdict, rater, item } = votes
  if (!rater || !item) throw new RangeError('agreement needs the rater and the item of every vote')
  const units = new Map<number, number>()
  const seen = new Set<number>()
  const labels: { unit: number; rater: number; label: number }[] = []
  for (let t = 0; t < a.length; t++) {
    const turned = a[t]! > b[t]!
    const key = (item[t]! * models + Math.min(a[t]!, b[t]!)) * models + Math.max(a[t]!, b[t]!)
    const unit = units.get(key) ?? units.size
    units.set(key, unit)
    const once = rater[t]! * (a.length + 1) + unit
    if (seen.has(once)) continue
    seen.add(once)
    labels.push({ unit, rater: rater[t]!, label: verdict[t]! >= 2 ? 1 : (verdict[t] === 0) === turned ? 2 : 0 })
  }
  return {
    unit: Int32Array.from(labels, ({ unit }) => unit),
    rater: Int32Array.from(labels, ({ rater }) => rater),
    label: Uint8Array.from(labels, ({ label }) => label),
  }
}

/** How often each label was given, one triple a unit, only units with at least two labels; `decisive` leaves ties out. */
export function unitTable({ unit, label }: Labels, decisive = false): Float64Array[] {
  const table = new Map<number, Float64Array>()
  for (let k = 0; k < unit.length; k++) {
    if (decisive && label[k] === 1) continue
    const row = table.get(unit[k]!) ?? new Float64Array(categories)
    row[label[k]!]!++
    table.set(unit[k]!, row)
  }
  return [...table.values()].filter((row) => total(row) >= 2)
}

function total(row: Float64Array): number {
  return row[0]! + row[1]! + row[2]!
}

/** Pairs of labels on the same unit, and the share of them that are the same (NaN without pairs). */
export function percentAgreement(table: Float64Array[]): { pairs: number; agreement: number } {
  let pairs = 0
  let same = 0
  for (const row of table) {
    pairs += (total(row) * (total(row) - 1)) / 2
    for (const count of row) same += (count * (count - 1)) / 2
  }
  return { pairs, agreement: same / pairs }
}

/**
 * Krippendorff's α (2004): 1 - observed over expected disagreement, from coincidences weighted by 1/(labels - 1) of their
 * unit, for any pattern of overlap. NaN where all labels are the same.
 */
export function krippendorffAlpha(table: Float64Array[], scale: Scale): number {
  const coincidences = new Float64Array(categories * categories)
  const marginal = new Float64Array(categories)
  for (const row of table) {
    const others = total(row) - 1
    for (let c = 0; c < categories; c++) {
      marginal[c]! += row[c]!
      for (let k = 0; k < categories; k++)
        coincidences[c * categories + k]! += (row[c]! * (row[k]! - (c === k ? 1 : 0))) / others
    }
  }
  const labels = total(marginal)
  let observed = 0
  let expected = 0
  for (let c = 0; c < categories; c++) {
    for (let k = 0; k < categories; k++) {
      const distance = squaredDistance(scale, marginal, c, k)
      observed += coincidences[c * categories + k]! * distance
      expected += (marginal[c]! * marginal[k]! * distance) / (labels - 1)
    }
  }
  return 1 - observed / expected
}

function squaredDistance(scale: Scale, marginal: Float64Array, c: number, k: number): number {
  switch (scale) {
    case 'nominal':
      return c === k ? 0 : 1
    case 'interval':
      return (c - k) ** 2
    case 'ordinal': {
      let between = -(marginal[c]! + marginal[k]!) / 2
      for (let g = Math.min(c, k); g <= Math.max(c, k); g++) between += marginal[g]!
      return c === k ? 0 : between ** 2
    }
  }
}

/** An interval for α by resampling units, fixed by its seed. */
export function alphaInterval(
  table: Float64Array[],
  scale: Scale,
  { seed, rounds = 1000, level = 0.95 }: { seed: number; rounds?: number; level?: number },
): { lower: number; upper: number } {
  const alphas = Float64Array.from({ length: rounds }, (_, round) => {
    const random = new Random(seed, round)
    return krippendorffAlpha(
      table.map(() => table[random.below(table.length)]!),
      scale,
    )
  })
    .filter((alpha) => !Number.isNaN(alpha))
    .sort()
  return { lower: quantile(alphas, (1 - level) / 2), upper: quantile(alphas, (1 + level) / 2) }
}

/**
 * Fleiss' κ (1971) over the units with exactly `labels` labels, and Randolph's κ (2005), whose chance level is one in
 * three. NaN where no unit has that many.
 */
export function fleissKappa(table: Float64Array[], labels: number): { units: number; kappa: number; randolph: number } {
  const rows = table.filter((row) => total(row) === labels)
  const { agreement } = percentAgreement(rows)
  const shares = [0, 1, 2].map((c) => rows.reduce((sum, row) => sum + row[c]!, 0) / (rows.length * labels))
  const chance = shares.reduce((sum, share) => sum + share * share, 0)
  const randolph = (agreement - 1 / categories) / (1 - 1 / categories)
  return { units: rows.length, kappa: (agreement - chance) / (1 - chance), randolph }
}

/**
 * Cohen's κ (1960) of two raters over the units both labelled, plain and with linear weights. Needs twenty common
 * units.
 */
export function cohenKappa(
  { unit, rater, label }: Labels,
  first: number,
  second: number,
): { units: number; kappa: number; linear: number } {
  const byFirst = new Map<number, number>()
  for (let k = 0; k < unit.length; k++) if (rater[k] === first) byFirst.set(unit[k]!, label[k]!)
  const table = new Float64Array(categories * categories)
  let units = 0
  for (let k = 0; k < unit.length; k++) {
    const other = rater[k] === second ? byFirst.get(unit[k]!) : undefined
    if (other === undefined) continue
    table[other * categories + label[k]!]!++
    units++
  }
  const kappa = (weight: (c: number, k: number) => number) => {
    let observed = 0
    let expected = 0
    for (let c = 0; c < categories; c++) {
      for (let k = 0; k < categories; k++) {
        const row = table.subarray(c * categories, (c + 1) * categories)
        observed += (weight(c, k) * row[k]!) / units
        const column = table[k]! + table[categories + k]! + table[2 * categories + k]!
        expected += (weight(c, k) * total(row) * column) / units ** 2
      }
    }
    return 1 - observed / expected
  }
  return { units, kappa: kappa((c, k) => (c === k ? 0 : 1)), linear: kappa((c, k) => Math.abs(c - k)) }
}

/**
 * For each rater (by number), the share of labels that match the most frequent label the others gave the unit; units
 * where the others are split or absent do not count. NaN where none does.
 */
export function majorityAgreement(labels: Labels): Float64Array {
  const { judged, same } = majorityCounts(labels)
  return Float64Array.from(same, (count, k) => count / judged[k]!)
}

/** For each rater (by number), how many of their labels have a most frequent label of the others, and how many match it. */
export function majorityCounts(labels: Labels): { judged: Int32Array; same: Int32Array } {
  const { unit, rater, label } = labels
  const raters = rater.reduce((most, one) => Math.max(most, one), -1) + 1
  const rows = new Map<number, Float64Array>()
  for (let k = 0; k < unit.length; k++) {
    const row = rows.get(unit[k]!) ?? new Float64Array(categories)
    row[label[k]!]!++
    rows.set(unit[k]!, row)
  }
  const judged = new Int32Array(raters)
  const same = new Int32Array(raters)
  for (let k = 0; k < unit.length; k++) {
    const others = rows.get(unit[k]!)!.slice()
    others[label[k]!]!--
    const most = Math.max(...others)
    if (most === 0 || others.filter((count) => count === most).length > 1) continue
    judged[rater[k]!]!++
    if (others[label[k]!] === most) same[rater[k]!]!++
  }
  return { judged, same }
}
