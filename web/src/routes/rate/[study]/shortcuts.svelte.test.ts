import { describe, expect, test } from 'vitest'
import { actionOf } from './shortcuts.ts'

const press = (key: string, code: string, more: KeyboardEventInit = {}) =>
  actionOf(new KeyboardEvent('keydown', { key, code, ...more }))

describe('a key is found where its layout has it', () => {
  test.each([
    ['French digits without Shift', '&', 'Digit1', { kind: 'verdict', verdict: 'model_a' }],
    ['French digits without Shift', 'à', 'Digit0', { kind: 'verdict', verdict: 'unsure' }],
    ['the French Z, by its letter', 'z', 'KeyW', { kind: 'undo' }],
    ['Cyrillic letters', 'я', 'KeyZ', { kind: 'undo' }],
    ['Arabic letters', 'ق', 'KeyR', { kind: 'report' }],
    ['Persian digits', '۲', 'Digit2', { kind: 'verdict', verdict: 'model_b' }],
    ['the German place of a bracket', 'ü', 'BracketLeft', { kind: 'scroll', side: 'a' }],
    ['a pad of digits', '3', 'Numpad3', { kind: 'verdict', verdict: 'tie' }],
  ])('%s: %s', (_, key, code, action) => {
    expect(press(key, code)).toEqual(action)
  })

  test('a Latin letter is what it writes, wherever it lies, and Shift writes its own signs', () => {
    expect(press('w', 'KeyZ')).toBeNull()
    expect(press('!', 'Digit1', { shiftKey: true })).toBeNull()
    expect(press('1', 'Digit1', { shiftKey: true })).toEqual({ kind: 'verdict', verdict: 'model_a' })
    expect(press('?', 'Digit7', { shiftKey: true })).toEqual({ kind: 'keys' })
  })
})
