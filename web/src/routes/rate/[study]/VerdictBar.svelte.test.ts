import { expect, test } from 'vitest'
import { render } from 'vitest-browser-svelte'
import { actionOf, verdicts } from './shortcuts.ts'
import VerdictBar from './VerdictBar.svelte'

const press = (key: string, more: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { key, ...more })

async function bar(blocked: string | null) {
  const given: string[] = []
  const screen = await render(VerdictBar, {
    blocked,
    caps: true,
    onverdict: (verdict: string) => given.push(verdict),
    onblocked: () => given.push('blocked'),
    onreport: () => given.push('report'),
  })
  return { screen, given, buttons: [...screen.container.querySelectorAll<HTMLButtonElement>('button')] }
}

test('the five verdicts stand in the order of the keys 1 2 3 4 0', async () => {
  const { given, buttons } = await bar(null)
  for (const button of buttons) button.click()
  expect(given).toEqual(['model_a', 'model_b', 'tie', 'both_bad', 'unsure', 'report'])
  expect(buttons.slice(0, 5).map((button) => button.getAttribute('aria-keyshortcuts'))).toEqual([
    '1',
    '2',
    '3',
    '4',
    '0',
  ])
})

test('while verdicts are blocked none is taken, the button says why, and the page is told that one was asked for', async () => {
  const { given, buttons } = await bar('The image has not loaded yet')
  for (const button of buttons.slice(0, 5)) button.click()
  expect(given).toEqual(Array.from({ length: 5 }, () => 'blocked'))
  expect(buttons[0]?.getAttribute('aria-disabled')).toBe('true')
  expect(buttons[0]?.title).toBe('The image has not loaded yet')
})

test('A and B have the same size', async () => {
  const { buttons } = await bar(null)
  const [a, b] = buttons.map((button) => button.getBoundingClientRect())
  expect(a?.height).toBe(b?.height)
  expect(a?.width).toBeCloseTo(b?.width ?? 0, 1)
  expect(a?.height).toBeGreaterThanOrEqual(44)
})

test('every key of the bar gives its verdict', () => {
  for (const { verdict, cap } of verdicts) expect(actionOf(press(cap))).toEqual({ kind: 'verdict', verdict })
  expect(actionOf(press('Z'))).toEqual({ kind: 'undo' })
  expect(actionOf(press('x'))).toBeNull()
})

test('a key held down or pressed with a modifier does nothing', () => {
  expect(actionOf(press('1', { repeat: true }))).toBeNull()
  expect(actionOf(press('1', { ctrlKey: true }))).toBeNull()
  expect(actionOf(press('1', { metaKey: true }))).toBeNull()
})

test('in the full-screen picture, a dialog of its own, keys act', () => {
  document.body.innerHTML = '<dialog open data-keys><button></button></dialog>'
  let action: unknown = 'not seen'
  const button = document.querySelector('button')!
  button.addEventListener('keydown', (event) => (action = actionOf(event)))
  button.dispatchEvent(press('+', { bubbles: true }))
  expect(action).toEqual({ kind: 'zoom-in' })
})

test('keys rest while someone types or has a dialog open', () => {
  for (const place of ['<textarea></textarea>', '<input />', '<dialog open><button></button></dialog>']) {
    document.body.innerHTML = place
    const target = document.body.querySelector('textarea, input, button')!
    let action: unknown = 'not seen'
    target.addEventListener('keydown', (event) => (action = actionOf(event as KeyboardEvent)))
    target.dispatchEvent(press('1', { bubbles: true }))
    expect(action).toBeNull()
  }
})
