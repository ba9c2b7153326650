import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { run } from '../../golden/ratings.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-golden-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const printed: string[] = []
beforeEach(() => {
  printed.length = 0
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line))
})

const names = ['"quoted", and a comma', '=1+1', '模型 🦙']
const [first, second, third] = names as [string, string, string]
const cell = (name: string) => `"${name.replaceAll('"', '""')}"`
const votes = [
  'vote_id,model_a,model_b,winner',
  `1,${cell(first)},${cell(second)},model_a`,
  `2,${cell(second)},${cell(third)},tie`,
  `3,${cell(third)},${cell(first)},tie (bothbad)`,
  `4,${cell(second)},${cell(first)},model_a`,
].join('\n')

let sets = 0

/** Checks one set made of these votes; gives the exit code. */
function check(expected: object, content: string | Uint8Array = votes, file = 'votes.csv'): Promise<number> {
  const set = join(folder, `set-${sets++}`)
  mkdirSync(set)
  writeFileSync(join(set, file), content)
  writeFileSync(join(set, 'expected.json'), JSON.stringify(expected))
  return run(set)
}

const level = Object.fromEntries(names.map((name) => [name, 1000]))

test('names with quotes, commas, signs and letters of any script are read, plain or gzipped', async () => {
  const graph = { weak_components: [names], strong_components: [names] }
  const expected = { n_votes: 4, models: names, graph, bt_mle: { ratings: level } }
  expect(await check(expected)).toBe(0)
  expect(await check(expected, gzipSync(votes), 'votes.csv.gz')).toBe(0)
})

test('a number that is off by more than a millionth of a point fails, and is shown', async () => {
  expect(await check({ bt_mle: { ratings: { ...level, [third]: 1000.000_002 } } })).toBe(1)
  expect(printed.join('\n')).toMatch(/bt_mle: rating of 模型 🦙: \S+ for 1000\.000002/)
})

test('a key that nobody knows is an error, a peer’s is not', async () => {
  expect(await check({ bt_mle: { ratings: level }, bt_of_tomorrow: {} })).toBe(1)
  expect(printed.join('\n')).toContain('nobody knows the key bt_of_tomorrow')
  expect(await check({ bt_mle: { ratings: level }, somebody_as_run: { ...level, [first]: 1300 } })).toBe(0)
})

test('a key with nothing to compare fails, a part that nobody compares is named', async () => {
  expect(await check({ davidson: {} })).toBe(1)
  expect(await check({ bt_mle: { ratings: level, entropy: 3, remark: 'a note' } })).toBe(0)
  expect(printed.join('\n')).toContain('bt_mle: passed over entropy')
  expect(printed.join('\n')).not.toContain('remark')
})

test('votes that cannot be read fail the set and no other', async () => {
  expect(await check({ n_votes: 4 }, `${votes}\n5,x,y,modela`)).toBe(1)
  expect(printed.join('\n')).toContain('unknown outcome "modela"')
})
