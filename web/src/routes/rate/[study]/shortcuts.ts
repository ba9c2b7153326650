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
  words: string
  action: Action
}

/** The five verdicts in the order of their keys. */
export const verdicts = [
  { verdict: 'model_a', cap: '1', words: 'A is better' },
  { verdict: 'model_b', cap: '2', words: 'B is better' },
  { verdict: 'tie', cap: '3', words: 'Both good' },
  { verdict: 'both_bad', cap: '4', words: 'Both bad' },
  { verdict: 'unsure', cap: '0', words: 'Don’t know' },
] as const satisfies { verdict: Verdict; cap: string; words: string }[]

/** Every key of the rating page, as the sheet lists them. */
export const shortcuts: Shortcut[] = [
  ...verdicts.map(({ verdict, cap, words }) => ({
    keys: [cap],
    code: `Digit${cap}`,
    cap,
    words,
    action: { kind: 'verdict' as const, verdict },
  })),
  { keys: ['z'], code: 'KeyZ', cap: 'Z', words: 'Undo the last verdict', action: { kind: 'undo' } },
  { keys: ['r'], code: 'KeyR', cap: 'R', words: 'Report this item', action: { kind: 'report' } },
  { keys: ['i'], code: 'KeyI', cap: 'I', words: 'Go to the image; arrows then move it', action: { kind: 'image' } },
  { keys: ['+', '='], cap: '+', words: 'Zoom in', action: { kind: 'zoom-in' } },
  { keys: ['-'], cap: '−', words: 'Zoom out', action: { kind: 'zoom-out' } },
  { keys: ['9'], code: 'Digit9', cap: '9', words: 'Show the whole image', action: { kind: 'fit' } },
  { keys: ['p'], code: 'KeyP', cap: 'P', words: 'Next point', action: { kind: 'next-point' } },
  { keys: ['['], code: 'BracketLeft', cap: '[', words: 'Scroll answer A', action: { kind: 'scroll', side: 'a' } },
  { keys: [']'], code: 'BracketRight', cap: ']', words: 'Scroll answer B', action: { kind: 'scroll', side: 'b' } },
  { keys: ['g'], code: 'KeyG', cap: 'G', words: 'Guidelines', action: { kind: 'guidelines' } },
  { keys: ['?'], cap: '?', words: 'This sheet', action: { kind: 'keys' } },
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
