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
  private readonly entries: Uint32Array
  /** Per draw: where its table starts, the bits of its size, the number its first column stands for. */
  private readonly offset: Int32Array
  private readonly bits: Uint8Array
  private readonly lowest: Int32Array
  /** Which mean a draw belongs to: a large one has several draws. */
  private readonly owner: Int32Array
  private readonly chances: Uint32Array

  constructor(means: Float64Array) {
    const tables = new Map<number, { start: number; table: AliasTable }>()
    const draws: { owner: number; start: number; table: AliasTable }[] = []
    let size = 0
    means.forEach((mean, owner) => {
      const repeats = Math.max(1, Math.ceil(mean / largestMean))
      let known = tables.get(mean)
      if (!known) {
        known = { start: size, table: poissonTable(mean / repeats) }
        tables.set(mean, known)
        size += known.table.entries.length
      }
      for (let repeat = 0; repeat < repeats; repeat++) draws.push({ owner, ...known })
    })
    this.entries = new Uint32Array(size)
    for (const { start, table } of tables.values()) this.entries.set(table.entries, start)
    this.offset = Int32Array.from(draws, ({ start }) => start)
    this.bits = Uint8Array.from(draws, ({ table }) => table.bits)
    this.lowest = Int32Array.from(draws, ({ table }) => table.lowest)
    this.owner = Int32Array.from(draws, ({ owner }) => owner)
    this.chances = new Uint32Array(draws.length)
  }

  /** Draws a number for each mean into `drawn` and returns their sum. */
  draw(random: Random, drawn: Int32Array): number {
    const { entries, offset, bits, lowest, owner, chances } = this
    random.fill(chances)
    drawn.fill(0)
    let sum = 0
    for (let k = 0; k < chances.length; k++) {
      const chance = chances[k]!
      const column = chance >>> (32 - bits[k]!)
      const entry = entries[offset[k]! + column]!
      const number = lowest[k]! + ((chance << bits[k]!) >>> 12 < entry >>> 12 ? column : entry & 4095)
      drawn[owner[k]!]! += number
      sum += number
    }
    return sum
  }
}

interface AliasTable {
  entries: Uint32Array
  bits: number
  lowest: number
}

function poissonTable(mean: number): AliasTable {
  if (mean === 0) return { entries: new Uint32Array(2), bits: 1, lowest: 0 }
  const logChance = (k: number) => k * Math.log(mean) - mean - logGamma(k + 1)
  const reach = 7 * Math.sqrt(mean) + 16
  const lowest = Math.max(0, Math.floor(mean - reach))
  const chances = new Float64Array(Math.ceil(mean + reach) - lowest)
  let chance = Math.exp(logChance(lowest))
  for (let k = 0; k < chances.length; k++) {
    chances[k] = chance
    chance *= mean / (lowest + k + 1)
  }
  const bits = Math.max(1, Math.ceil(Math.log2(chances.length)))
  const { threshold, alias } = aliasOf(chances, 2 ** bits)
  const entries = new Uint32Array(2 ** bits)
  for (let k = 0; k < entries.length; k++) {
    const level = Math.min(2 ** 20 - 1, Math.round(threshold[k]! * 2 ** 20))
    entries[k] = level * 4096 + (level === 2 ** 20 - 1 ? k : alias[k]!)
  }
  return { entries, bits, lowest }
}

/** Walker's tables by Vose's method (1991): column k keeps itself below its threshold, else gives its alias. */
function aliasOf(chances: Float64Array, size: number): { threshold: Float64Array; alias: Int32Array } {
  let total = 0
  for (let k = 0; k < chances.length; k++) total += chances[k]!
  const threshold = new Float64Array(size)
  for (let k = 0; k < chances.length; k++) threshold[k] = (chances[k]! * size) / total
  const alias = new Int32Array(size)
  // Columns short of their share wait at the front of one list, those with some to give at its back.
  const waiting = new Int32Array(size)
  let short = 0
  let rich = size
  for (let k = 0; k < size; k++) {
    alias[k] = k
    if (threshold[k]! < 1) waiting[short++] = k
    else waiting[--rich] = k
  }
  while (short > 0 && rich < size) {
    const poor = waiting[--short]!
    const giver = waiting[rich]!
    alias[poor] = giver
    const left = threshold[giver]! - (1 - threshold[poor]!)
    threshold[giver] = left
    if (left < 1) {
      rich++
      waiting[short++] = giver
    }
  }
  // Rounding leaves a few columns over, each practically full.
  while (short > 0) threshold[waiting[--short]!] = 1
  while (rich < size) threshold[waiting[rich++]!] = 1
  return { threshold, alias }
}

/** Draws positions with fixed chances, in proportion to the weights given. */
export class CategoryTable {
  private readonly threshold: Float64Array
  private readonly alias: Int32Array
  private readonly scale: number
  private words = new Uint32Array(0)

  constructor(weights: Float64Array) {
    const { threshold, alias } = aliasOf(weights, weights.length)
    this.threshold = threshold
    this.alias = alias
    this.scale = weights.length / 2 ** 32
  }

  /** Adds `size` draws to the counts of their positions: a word's leading part picks a column, the rest its alias or not. */
  add(random: Random, size: number, counts: Int32Array): void {
    const { threshold, alias, scale } = this
    if (this.words.length < size) this.words = new Uint32Array(2 * size)
    const words = this.words.subarray(0, size)
    random.fill(words)
    for (let k = 0; k < size; k++) {
      const place = words[k]! * scale
      const column = place | 0
      counts[place - column < threshold[column]! ? column : alias[column]!]!++
    }
  }
}
