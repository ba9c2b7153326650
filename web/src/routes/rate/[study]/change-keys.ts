import type { KeyMap } from './key-map.svelte.ts'

/** Puts what a key does, named by its first cap, on another. Returns why it cannot be there, in words; null: it is. */
export function changeKey(map: KeyMap, first: string, key: string): string | null {
  const sign = key.toLowerCase()
  if ([...sign].length !== 1 || sign.trim() === '') return 'Only a letter, a digit or a sign can be chosen.'
  const taken = map.list.find(({ cap, keys }) => cap !== first && keys.includes(sign))
  if (taken) return `${key.toUpperCase()} is taken: ${taken.words}.`
  map.keep({ ...map.chosen, [first]: sign })
  return null
}
