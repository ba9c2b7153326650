import { logGamma } from './distributions.ts'
import type { Random } from './random.ts'

/** Means above this are drawn as a sum of smaller ones, so that a table never passes 4,096 entries. */
const largestMean = 50_000

/**
 * Draws Poisson numbers for fixed means by alias tables (Walker 1977), one table for each distinct mean. An entry packs
 * a 20-bit threshold and a 12-bit alias in one word, so one random word and one look-up give a draw; tails of less than
 * 1e-11 are cut.
 */
export class PoissonTables {
  private readonly words: Uint32Array
  private readonly offset: Int32Array
  private readonly bits: Uint8Array
  private readonly lowest: Int32Array
  private readonly repeats: Int32Array

  constructor(means: Float64Array) {
    const tables = new Map<number, { start: number; table: AliasTable; repeats: number }>()
    let size = 0
    const ofMean = Array.from(means, (mean) => {
      const known = tables.get(mean)
      if (known) return known
      const repeats = Math.max(1, Math.ceil(mean / largestMean))
      const made = { start: size, table: poissonTable(mean / repeats), repeats }
      tables.set(mean, made)
      size += made.table.words.length
      return made
    })
    this.words = new Uint32Array(size)
    for (const { start, table } of tables.values()) this.words.set(table.words, start)
    this.offset = Int32Array.from(ofMean, ({ start }) => start)
    this.bits = Uint8Array.from(ofMean, ({ table }) => table.bits)
    this.lowest = Int32Array.from(ofMean, ({ table }) => table.lowest)
    this.repeats = Int32Array.from(ofMean, ({ repeats }) => repeats)
  }

  /** A Poisson number with the k-th mean. */
  draw(k: number, random: Random): number {
    const bits = this.bits[k]!
    const offset = this.offset[k]!
    let sum = 0
    for (let repeat = this.repeats[k]!; repeat > 0; repeat--) {
      const chance = random.next()
      const column = chance >>> (32 - bits)
      const word = this.words[offset + column]!
      sum += this.lowest[k]! + ((chance << bits) >>> 12 < word >>> 12 ? column : word & 4095)
    }
    return sum
  }
}

interface AliasTable {
  words: Uint32Array
  bits: number
  lowest: number
}

function poissonTable(mean: number): AliasTable {
  if (mean === 0) return { words: new Uint32Array(2), bits: 1, lowest: 0 }
  const logChance = (k: number) => k * Math.log(mean) - mean - logGamma(k + 1)
  const reach = 7 * Math.sqrt(mean) + 16
  const lowest = Math.max(0, Math.floor(mean - reach))
  const chances: number[] = []
  let chance = Math.exp(logChance(lowest))
  for (let k = lowest; k < mean + reach; k++) {
    chances.push(chance)
    chance *= mean / (k + 1)
  }
  const bits = Math.max(1, Math.ceil(Math.log2(chances.length)))
  const { threshold, alias } = aliasOf(chances, 2 ** bits)
  const words = new Uint32Array(2 ** bits)
  for (let k = 0; k < words.length; k++) {
    const level = Math.min(2 ** 20 - 1, Math.round(threshold[k]! * 2 ** 20))
    words[k] = level * 4096 + (level === 2 ** 20 - 1 ? k : alias[k]!)
  }
  return { words, bits, lowest }
}

/** Walker's tables by Vose's method (1991): column k keeps itself below its threshold, else gives its alias. */
function aliasOf(chances: ArrayLike<number>, size: number): { threshold: Float64Array; alias: Int32Array } {
  let total = 0
  for (let k = 0; k < chances.length; k++) total += chances[k]!
  const share = new Float64Array(size)
  for (let k = 0; k < chances.length; k++) share[k] = (chances[k]! * size) / total
  const threshold = new Float64Array(size).fill(1)
  const alias = Int32Array.from(share.keys())
  const small: number[] = []
  const large: number[] = []
  for (let k = 0; k < size; k++) (share[k]! < 1 ? small : large).push(k)
  while (small.length > 0 && large.length > 0) {
    const poor = small.pop()!
    const rich = large.at(-1)!
    threshold[poor] = share[poor]!
    alias[poor] = rich
    share[rich]! -= 1 - share[poor]!
    if (share[rich]! < 1) small.push(large.pop()!)
  }
  return { threshold, alias }
}

/** Draws positions with fixed chances, in proportion to the weights given. */
export class CategoryTable {
  private readonly threshold: Float64Array
  private readonly alias: Int32Array
  private readonly scale: number

  constructor(weights: Float64Array) {
    const { threshold, alias } = aliasOf(weights, weights.length)
    this.threshold = threshold
    this.alias = alias
    this.scale = weights.length / 2 ** 32
  }

  /** A position, by one random word: its leading part picks a column, the rest decides between it and its alias. */
  draw(random: Random): number {
    const place = random.next() * this.scale
    const column = Math.floor(place)
    return place - column < this.threshold[column]! ? column : this.alias[column]!
  }
}
