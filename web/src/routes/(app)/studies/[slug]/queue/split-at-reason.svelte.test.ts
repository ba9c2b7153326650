import { expect, test } from 'vitest'
import { splitAtReason } from './split-at-reason.ts'

test('the words that a reason quotes are found in the answer, whatever their case', () => {
  expect(splitAtReason('As CLAUDE, I see two.', 'names “Claude” as its author')).toEqual({
    before: 'As ',
    found: 'CLAUDE',
    after: ', I see two.',
  })
})

test.each(['the answer is empty', 'names “”', 'names “Gemini”', '“'])('%s leaves the answer whole', (reason) => {
  expect(splitAtReason('Two.', reason)).toEqual({ before: 'Two.', found: '', after: '' })
})
