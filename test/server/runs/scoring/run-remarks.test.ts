import { expect, test } from 'vitest'
import { emptyCounts } from '#server/runs/scoring/count-outcomes.ts'
import { remarksOn } from '#server/runs/scoring/run-remarks.ts'

const counts = (rest: Partial<ReturnType<typeof emptyCounts>>) => ({ ...emptyCounts(), ...rest })

test('thoughts that were separated are told, without a warning', () => {
  const words = 'thinking separated in 240 of 500 replies'
  expect(remarksOn(counts({ scored: 490, refused: 10, thought: 240, error: 9 }), [], 'm')).toEqual([
    { kind: 'note', words },
  ])
})

test('R10: cut and empty answers are a warning above 2 % of the answers together, and none up to there', () => {
  expect(remarksOn(counts({ scored: 400, unparsed: 100, truncated: 6, empty: 4 }), [], 'm')).toEqual([])
  const [warning] = remarksOn(counts({ scored: 400, unparsed: 100, truncated: 6, empty: 5, thought: 1 }), [], 'm')
  expect(warning).toMatchObject({ kind: 'warning' })
  expect(warning!.words).toMatch(/^6 cut off at the token limit and 5 empty of 500 answers \(2\.2 %\): .*token limit/)
  const [empty] = remarksOn(counts({ scored: 10, empty: 10 }), [], 'm')
  expect(empty!.words).toBe('10 empty of 10 answers (100.0 %)')
  expect(remarksOn(counts({ pending: 10 }), [], 'm')).toEqual([])
})

test('R15: another model that answered is named, with how often and from which example on', () => {
  const others = [{ name: 'gpt-4o-mini', replies: 3, firstPosition: 2499 }]
  expect(remarksOn(counts({ scored: 5000, otherModel: 3 }), others, 'gpt-4o')).toEqual([
    { kind: 'warning', words: 'asked gpt-4o, got gpt-4o-mini in 3 of 5000 replies, first at example 2500' },
  ])
})
