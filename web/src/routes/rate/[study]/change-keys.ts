import type { KeyMap } from './key-map.svelte.ts'
import type { Shortcut } from './shortcuts.ts'

/** Why a key cannot be chosen: another shortcut has it, or, without one, it writes nothing. */
export interface Refusal {
  key: string
  by: Shortcut | null
}

/** Puts what a key does, named by its first cap, on another. Returns why it cannot be there; null: it is. */
export function changeKey(map: KeyMap, first: string, key: string): Refusal | null {
  const sign = key.toLowerCase()
  if ([...sign].length !== 1 || sign.trim() === '') return { key, by: null }
  const taken = map.list.find(({ cap, keys }) => cap !== first && keys.includes(sign))
  if (taken) return { key, by: taken }
  map.keep({ ...map.chosen, [first]: sign })
  return null
}
