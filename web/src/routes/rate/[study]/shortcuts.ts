import type { Verdict } from '#server/battles/schema.ts'

/** What is done to the card in sight. */
export type CardAction =
  | { kind: 'verdict'; verdict: Verdict }
  | { kind: 'image' | 'zoom-in' | 'zoom-out' | 'fit' | 'next-point' }
  | { kind: 'scroll'; side: 'a' | 'b' }
type Action = CardAction | { kind: 'undo' | 'report' | 'guidelines' | 'keys' }

export interface Shortcut {
  keys: string[]
  /** Where the key lies on the keyboard, for layouts that write something else there. */
  code?: string
  cap: string
  action: Action
}

/** The five verdicts in the order of their keys. */
export const verdicts = [
  { verdict: 'model_a', cap: '1' },
  { verdict: 'model_b', cap: '2' },
  { verdict: 'tie', cap: '3' },
  { verdict: 'both_bad', cap: '4' },
  { verdict: 'unsure', cap: '0' },
] as const satisfies { verdict: Verdict; cap: string }[]

/** Every key of the rating page, as the sheet lists them. */
export const shortcuts: Shortcut[] = [
  ...verdicts.map(({ verdict, cap }) => ({
    keys: [cap],
    code: `Digit${cap}`,
    cap,
    action: { kind: 'verdict' as const, verdict },
  })),
  { keys: ['z'], code: 'KeyZ', cap: 'Z', action: { kind: 'undo' } },
  { keys: ['r'], code: 'KeyR', cap: 'R', action: { kind: 'report' } },
  { keys: ['i'], code: 'KeyI', cap: 'I', action: { kind: 'image' } },
  { keys: ['+', '='], cap: '+', action: { kind: 'zoom-in' } },
  { keys: ['-'], cap: '−', action: { kind: 'zoom-out' } },
  { keys: ['9'], code: 'Digit9', cap: '9', action: { kind: 'fit' } },
  { keys: ['p'], code: 'KeyP', cap: 'P', action: { kind: 'next-point' } },
  { keys: ['['], code: 'BracketLeft', cap: '[', action: { kind: 'scroll', side: 'a' } },
  { keys: [']'], code: 'BracketRight', cap: ']', action: { kind: 'scroll', side: 'b' } },
  { keys: ['g'], code: 'KeyG', cap: 'G', action: { kind: 'guidelines' } },
  { keys: ['?'], cap: '?', action: { kind: 'keys' } },
]

/** Where keys write or belong to a window; in the full-screen picture they stay the page's. */
const elsewhere = 'input, textarea, select, [contenteditable], dialog:not([data-keys])'

/**
 * What a key press asks for: by the character it writes, or, where that is no Latin letter and none of ours, by its place,
 * so that French digits and Cyrillic or Arabic letters work without Shift. Null while someone types, holds a modifier,
 * holds the key down or has a dialog open.
 */
export function actionOf(event: KeyboardEvent, list = shortcuts): Action | null {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null
  if (event.target instanceof Element && event.target.closest(elsewhere)) return null
  const key = event.key.toLowerCase()
  const written = list.find(({ keys }) => keys.includes(key))
  if (written || event.shiftKey || /^[a-z]$/.test(key)) return written?.action ?? null
  return list.find(({ code }) => code === event.code)?.action ?? null
}
