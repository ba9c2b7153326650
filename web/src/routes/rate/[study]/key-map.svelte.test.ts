import { beforeEach, expect, test } from 'vitest'
import { DeviceStore } from '#lib/device-store.ts'
import { changeKey } from './change-keys.ts'
import { KeyMap } from './key-map.svelte.ts'
import { actionOf } from './shortcuts.ts'

const store = () => new DeviceStore(() => sessionStorage)
const press = (map: KeyMap, key: string, code: string) =>
  actionOf(new KeyboardEvent('keydown', { key, code }), map.list)

beforeEach(() => sessionStorage.clear())

test('a key that was chosen does what the first one did, is shown on buttons, and outlives the page', () => {
  const map = new KeyMap(store())
  expect(changeKey(map, '1', 'J')).toBeNull()
  expect(press(map, 'j', 'KeyJ')).toEqual({ kind: 'verdict', verdict: 'model_a' })
  expect(press(map, '1', 'Digit1')).toBeNull()
  expect([map.cap('1'), map.cap('2')]).toEqual(['J', '2'])
  const later = new KeyMap(store())
  expect(press(later, 'j', 'KeyJ')).toEqual({ kind: 'verdict', verdict: 'model_a' })
  later.keep({})
  expect(new KeyMap(store()).cap('1')).toBe('1')
  expect(press(later, '&', 'Digit1')).toEqual({ kind: 'verdict', verdict: 'model_a' })
})

test('a key of another layout can be chosen', () => {
  const map = new KeyMap(store())
  expect(changeKey(map, 'Z', 'ф')).toBeNull()
  expect(press(map, 'ф', 'KeyA')).toEqual({ kind: 'undo' })
})

test.each([
  ['r', { kind: 'report' }],
  ['=', { kind: 'zoom-in' }],
  ['Enter', undefined],
  [' ', undefined],
  ['F5', undefined],
])('%j is refused with what has it, and nothing changes', (key, action) => {
  const map = new KeyMap(store())
  const refusal = changeKey(map, '1', key)
  expect(refusal?.key).toBe(key)
  expect(refusal?.by?.action).toEqual(action)
  expect(map.chosen).toEqual({})
})

test('what was kept by somebody else’s hand is left aside', () => {
  for (const kept of ['{', '7', '{"1":7}', '"x"']) {
    sessionStorage.setItem('key-map', kept)
    expect(new KeyMap(store()).cap('1')).toBe('1')
  }
})
