import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Draws that depend on nothing but the seed. */
export interface Random {
  /** A whole number from `from` to `to`, both included. */
  integer(from: number, to: number): number
  /** A number in [from, to) rounded to `decimals`. */
  number(from: number, to: number, decimals?: number): number
  pick<T>(items: readonly T[]): T
  shuffle<T>(items: readonly T[]): T[]
}

/** A stream of its own for each name, so that a picture added to a sample leaves the others as they are. */
export function seededRandom(seed: number, name: string): Random {
  // FNV-1a of the name, mixed into the seed.
  let mixed = 0x811c9dc5 ^ seed
  for (const character of name) mixed = Math.imul(mixed ^ character.codePointAt(0)!, 0x01000193)
  const generator = xoroshiro128plus(mixed)
  const integer = (from: number, to: number) => uniformInt(generator, from, to)
  return {
    integer,
    number: (from, to, decimals = 2) => round(from + uniformFloat64(generator) * (to - from), decimals),
    pick: (items) => items[integer(0, items.length - 1)]!,
    shuffle(items) {
      const shuffled = [...items]
      for (let at = shuffled.length - 1; at > 0; at--) {
        const other = integer(0, at)
        ;[shuffled[at], shuffled[other]] = [shuffled[other]!, shuffled[at]!]
      }
      return shuffled
    },
  }
}

/** Rounds half away from zero to a number of decimals, without the residue of binary fractions. */
export function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}
