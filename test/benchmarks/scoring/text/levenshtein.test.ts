import fc from 'fast-check'
import { expect, test } from 'vitest'
import { levenshtein, nearest } from '#benchmarks/scoring/text/levenshtein.ts'

/** The textbook recursion, filled from the front: the independent answer. */
function byDefinition(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)]
  const table = Array.from({ length: left.length + 1 }, (_, i) =>
    Array.from({ length: right.length + 1 }, (_, j) => i + j),
  )
  for (let i = 1; i <= left.length; i++) {
    for (let j = 1; j <= right.length; j++) {
      const substituted = table[i - 1]![j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1)
      table[i]![j] = Math.min(substituted, table[i - 1]![j]! + 1, table[i]![j - 1]! + 1)
    }
  }
  return table[left.length]![right.length]!
}

const letters = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom('a', 'b', 'c', '😀', 'é', '\ud83d'), maxLength })

test('the distance is that of the definition, for short texts and for those beyond one machine word', () => {
  fc.assert(fc.property(letters(20), letters(20), (a, b) => levenshtein(a, b) === byDefinition(a, b)))
  fc.assert(fc.property(letters(90), letters(90), (a, b) => levenshtein(a, b) === byDefinition(a, b)))
  const plain = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 28, maxLength: 36 })
  fc.assert(fc.property(plain, plain, (a, b) => levenshtein(a, b) === byDefinition(a, b)))
})

test('a character beyond the first plane is one edit', () => {
  expect(levenshtein('😀', 'x')).toBe(1)
  expect(levenshtein('', '😀')).toBe(1)
})

test('the nearest candidate is the first of those equally near', () => {
  expect(nearest('b', ['a', 'c', 'bb'])).toBe(0)
  expect(nearest('x', [])).toBe(-1)
})
