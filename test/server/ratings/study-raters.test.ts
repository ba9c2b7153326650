import { expect, test } from 'vitest'
import { binomialTail } from '#server/ratings/chance/distributions.ts'
import { judgeGates, raterRules, studyRaters } from '#server/ratings/evidence/study-raters.ts'
import { plantRaters } from '../../bench/careless/plant-raters.ts'

test('of 100 careless raters in five studies nine in ten are proposed, and at most 2 % of 900 honest ones', () => {
  let [found, wrong] = [0, 0]
  for (let seed = 200; seed < 205; seed++) {
    const { votes, kinds } = plantRaters({ seed, votesEach: 374, shared: 0 })
    for (const { rater, judged } of studyRaters(votes).raters) {
      if (!judged?.flagged) continue
      if (kinds[rater] === 'honest') wrong++
      else found++
    }
  }
  expect(found).toBeGreaterThanOrEqual(90)
  expect(wrong).toBeLessThanOrEqual(18)
})

test('who misses gold is proposed for it; a diligent rater by gold once in a thousand studies at most', () => {
  const { votes, kinds } = plantRaters({ seed: 5, votesEach: 20, shared: 0 })
  const honest = kinds.indexOf('honest')
  const judgedWith = (count: number, of: number) => {
    const gold = kinds.map((_, rater) => (rater === honest ? { count, of } : { count: 19, of: 20 }))
    return studyRaters(votes, new Set(), gold).raters[honest]!
  }
  expect(judgedWith(6, 20)).toMatchObject({ gold: { count: 6, of: 20 }, judged: { flagged: true, reason: 'gold' } })
  expect(judgedWith(16, 20).judged).toMatchObject({ flagged: false })
  expect(judgedWith(0, 4).judged!.tests.map(({ reason }) => reason)).not.toContain('gold')
  // P-values that say something are no more frequent than the level among the diligent.
  const { goldAccuracy, goldLevel, leastGold } = raterRules
  for (const of of [leastGold, 12, 30]) {
    const telling = Array.from({ length: of + 1 }, (_, missed) => missed).find((missed) => {
      const test = judgedWith(of - missed, of).judged!.tests.find(({ reason }) => reason === 'gold')
      return test!.pValue < 1
    })
    expect(binomialTail(telling!, of, 1 - goldAccuracy)).toBeLessThanOrEqual(goldLevel)
  }
})

test('raters outside are judged, but nobody by them', () => {
  const { votes, kinds } = plantRaters({ seed: 3, votesEach: 100, shared: 0.2 })
  const outside = new Set(kinds.flatMap((kind, rater) => (kind === 'side presser' ? [rater] : [])))
  const { raters, agreement } = studyRaters(votes, outside)
  for (const rater of outside) expect(raters[rater]!.judged).toMatchObject({ flagged: true, reason: 'side' })
  expect(agreement).toBeGreaterThan(studyRaters(votes).agreement)
})

test('a rule that proposes far more than are careless anywhere raises the alarm, one that proposes a few does not', () => {
  const { votes } = plantRaters({ seed: 1, votesEach: 60, shared: 0 })
  const few = judgeGates(studyRaters(votes).raters)
  expect(few.filter(({ alarm }) => alarm)).toEqual([])
  // A page that measured no time but zero: everybody with an even number looks hasty.
  const seconds = votes.seconds.map((one, t) => (votes.rater[t]! % 2 ? one : 0))
  const alarms = judgeGates(studyRaters({ ...votes, seconds }).raters).filter(({ alarm }) => alarm)
  expect(alarms.map(({ reason }) => reason)).toEqual([null, 'speed'])
})

test('the tail of a binomial is exact where it can be counted by hand', () => {
  expect(binomialTail(0, 5, 0.3)).toBe(1)
  expect(binomialTail(5, 5, 0.5)).toBeCloseTo(1 / 32, 14)
  expect(binomialTail(4, 5, 0.5)).toBeCloseTo(6 / 32, 14)
  expect(raterRules.falseDiscovery).toBeLessThanOrEqual(0.05)
})
