import { describe, expect, test } from 'vitest'
import type { Question } from '#benchmarks/scoring/scorer.ts'
import { vqaAccuracy, vqaOfficial } from '#benchmarks/scoring/vqa/accuracy.ts'
import { cleanForServer } from '#benchmarks/scoring/vqa/submitted.ts'

test.each([
  ['A', 'a'],
  ['t-shirt', 't-shirt'],
  ['none', 'none'],
  ['The red car.', 'the red car'],
  ['Two', '2'],
  ['Yes.', 'yes'],
  [' 2:50 pm ', '2:50 pm'],
  ['U.S.A.', 'u.s.a'],
  ['5.', '5'],
  ['and so on...', 'and so on...'],
  ['', ''],
  ['.', ''],
])('“%s” goes to the server as “%s”', (response, sent) => {
  expect(cleanForServer(response)).toBe(sent)
})

describe('what annotators write scores 100 as it goes out, whether they all agree or not', () => {
  const scorer = vqaAccuracy(vqaOfficial)
  test.each(['a', 't-shirt', 'none', 'yes', '2', 'the red car'])('%s', (written) => {
    const response = `${written[0]!.toUpperCase()}${written.slice(1)}.`
    for (const other of [written, 'something else']) {
      const gold = [...Array.from({ length: 9 }, () => written), other]
      const question: Question<string[]> = { id: '1', question: 'Q?', gold, tags: [] }
      expect(scorer.score(cleanForServer(response), question).value).toBe(1)
    }
  })
})
