import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { coverageOf, plottedStudy } from '../../bench/molmo-study.ts'
import { drawStudy, studyPicture } from '../../support/study-picture.ts'

test('over 200 simulated studies of 325,000 votes, 95 % intervals hold the truth 93 to 97 % of the time', () => {
  const { coverage, meanSquare } = coverageOf(200)
  expect(coverage).toBeGreaterThanOrEqual(0.93)
  expect(coverage).toBeLessThanOrEqual(0.97)
  expect(meanSquare).toBeGreaterThanOrEqual(0.9)
  expect(meanSquare).toBeLessThanOrEqual(1.1)
})

test('the picture in the docs is what the example draws', () => {
  expect(readFileSync(studyPicture, 'utf8')).toBe(drawStudy(plottedStudy()))
})
