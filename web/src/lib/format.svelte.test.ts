import { expect, test } from 'vitest'
import { counted, dataName, duration, elo, percent, interval, rankRange, timeLeft } from './format.ts'

test('figures have their unit, their dash and a true minus sign', () => {
  expect(counted(1, 'vote')).toBe('1 vote')
  expect(counted(2500, 'vote')).toBe('2,500 votes')
  expect(percent(0.8413)).toBe('84.1')
  expect(percent(null)).toBe('–')
  expect(interval({ value: 0.841, low: 0.827, high: 0.855 })).toBe('± 1.4')
  expect(interval({ value: 0, low: 0, high: 0.138 })).toBe('0.0 to 13.8')
  expect(interval({ value: null, low: null, high: null })).toBe('')
  expect(elo(1079.4)).toBe('1079')
  expect(elo(-3)).toBe('\u22123')
  expect(elo(null)).toBe('–')
  expect(rankRange(1, 5)).toBe('1–5')
  expect(rankRange(3, 3)).toBe('3')
})

test('a time is said in the unit that a person would choose', () => {
  expect(duration(380)).toBe('380 ms')
  expect(duration(3_140)).toBe('3.1 s')
  expect(duration(125_000)).toBe('2 min 5 s')
  expect(duration(4_800_000)).toBe('1 h 20 min')
  expect(timeLeft(12_000)).toBe('under a minute')
  expect(timeLeft(540_000)).toBe('about 9 min')
})

test('data is named by its commit on the hub, else by layout and hash', () => {
  const commit = '0f3a91bc'.repeat(5)
  expect(dataName('hub', `lmms-lab/ai2d@${commit}`)).toBe('lmms-lab/ai2d@0f3a91bc')
  expect(dataName('hub', `allenai/pixmo-count@${commit} with 530 pictures`)).toBe(
    'allenai/pixmo-count@0f3a91bc with 530 pictures',
  )
  expect(dataName('official', '0f3a91bc'.repeat(8))).toBe('official@0f3a91bc')
})
