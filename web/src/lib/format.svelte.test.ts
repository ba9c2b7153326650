import { expect, test } from 'vitest'
import {
  about,
  correlation,
  counted,
  dataName,
  duration,
  elo,
  interval,
  percent,
  placesGained,
  pValue,
  rankRange,
  signed,
  sumOfReasons,
  timeLeft,
} from './format.ts'

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
  expect(timeLeft(4_000)).toBe('a few seconds')
  expect(timeLeft(12_000)).toBe('about 10 s')
  expect(timeLeft(54_000)).toBe('about 55 s')
  expect(timeLeft(58_000)).toBe('about 1 min')
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

test('a change has its sign, and none where there is no change', () => {
  expect([1.25, -0.31, 0.04, null].map((value) => signed(value))).toEqual(['+1.3', '\u22120.3', '0.0', '–'])
  expect([2, -1, 0, null].map(placesGained)).toEqual(['▲ 2', '▼ 1', '=', ''])
  expect(correlation(-0.806)).toBe('\u22120.81')
})

test('a p-value has two digits, and below a thousandth none', () => {
  expect([0.273, 0.0317, 0.0004].map(pValue)).toEqual([
    'p\u00a0=\u00a00.27',
    'p\u00a0=\u00a00.032',
    'p\u00a0<\u00a00.001',
  ])
})

test('what is only roughly known is said to two digits, never less than it is', () => {
  expect([7, 38, 1_201, 37_412].map(about)).toEqual(['about 7', 'about 38', 'about 1,300', 'about 38,000'])
  expect(sumOfReasons({ unsure: 2, late: 3 })).toBe(5)
})
