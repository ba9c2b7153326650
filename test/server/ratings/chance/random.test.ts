import { expect, test } from 'vitest'
import { Random } from '#server/ratings/chance/random.ts'
import { CategoryTable, PoissonTables } from '#server/ratings/chance/sampling.ts'

const draws = (size: number, draw: () => number) => Array.from({ length: size }, draw)
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
function variance(values: number[]): number {
  const middle = mean(values)
  return mean(values.map((value) => (value - middle) ** 2))
}

test('a stream is fixed by seed and number', () => {
  const stream = (seed: number, number: number) => {
    const random = new Random(seed, number)
    return draws(3, () => random.next())
  }
  // Stored bootstraps rest on these very numbers.
  expect(stream(1, 2)).toEqual([3353897181, 2842966530, 2746825705])
  const others = [stream(1, 2), stream(2, 1), stream(1, 3), stream(1 + 2 ** 32, 2), stream(-1, 2)]
  expect(new Set(others.map(String)).size).toBe(5)
})

test('filled words are those drawn one by one', () => {
  const [one, other] = [new Random(9, 4), new Random(9, 4)]
  const words = new Uint32Array(7)
  one.fill(words)
  expect([...words]).toEqual(draws(7, () => other.next()))
  expect(one.next()).toBe(other.next())
})

test('units, whole numbers and normal numbers have their law', () => {
  const random = new Random(5, 0)
  const units = draws(20_000, () => random.unit())
  expect(mean(units)).toBeCloseTo(0.5, 1)
  expect(variance(units)).toBeCloseTo(1 / 12, 2)
  expect(units.every((unit) => unit >= 0 && unit < 1)).toBe(true)
  const dice = draws(12_000, () => random.below(6))
  for (let face = 0; face < 6; face++)
    expect(Math.abs(dice.filter((one) => one === face).length - 2000)).toBeLessThan(170)
  const normal = draws(20_000, () => random.normal())
  expect(Math.abs(mean(normal))).toBeLessThan(0.03)
  expect(Math.abs(variance(normal) - 1)).toBeLessThan(0.05)
  expect(Math.abs(normal.filter((x) => x > 1.96).length / 20_000 - 0.025)).toBeLessThan(0.005)
})

test.each([0, 0.3, 4, 37, 900, 120_000])('Poisson numbers of mean %d', (expected) => {
  const tables = new PoissonTables(Float64Array.of(expected, 2, expected))
  const random = new Random(3, 0)
  const drawn = new Int32Array(3)
  const rounds = draws(4000, () => {
    if (tables.draw(random, drawn) !== drawn[0]! + drawn[1]! + drawn[2]!) throw new Error('The sum is another')
    return drawn[2]!
  })
  const error = Math.sqrt(expected / 4000)
  expect(Math.abs(mean(rounds) - expected)).toBeLessThanOrEqual(4.5 * error)
  expect(Math.abs(variance(rounds) - expected)).toBeLessThanOrEqual(0.12 * expected)
  expect(Math.min(...rounds)).toBeGreaterThanOrEqual(Math.max(0, expected - 6 * Math.sqrt(expected)))
})

test('positions are drawn in proportion to their weights', () => {
  const weights = Float64Array.of(5, 0, 1, 14, 20)
  const counts = new Int32Array(5)
  const table = new CategoryTable(weights)
  table.add(new Random(8, 0), 30_000, counts)
  table.add(new Random(8, 1), 10_000, counts)
  const expected = [5000, 0, 1000, 14_000, 20_000]
  expected.forEach((count, k) => expect(Math.abs(counts[k]! - count)).toBeLessThanOrEqual(4.5 * Math.sqrt(count)))
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(40_000)
})
