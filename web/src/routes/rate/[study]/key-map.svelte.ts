import { device, type DeviceStore } from '#lib/device-store.ts'
import { shortcuts, type Shortcut } from './shortcuts.ts'

/** By the cap that a key has at first: the sign that does the same on this device. */
type ChosenKeys = Record<string, string>

/** The keys of the rating page as the rater has set them, kept in this browser. */
export class KeyMap {
  chosen = $state.raw<ChosenKeys>({})
  readonly #store: DeviceStore
  readonly list: Shortcut[] = $derived(
    shortcuts.map((shortcut) => {
      const own = this.chosen[shortcut.cap]
      return own ? { ...shortcut, keys: [own], code: '' } : shortcut
    }),
  )

  constructor(store: DeviceStore = device) {
    this.#store = store
    try {
      const kept = JSON.parse(store.read('key-map') ?? '{}') as ChosenKeys
      if (Object.values(kept).every((sign) => typeof sign === 'string')) this.chosen = kept
    } catch {
      // Not written by this page: the first keys hold.
    }
  }

  /** What stands on the key that has this cap at first. */
  cap(first: string): string {
    return this.chosen[first]?.toUpperCase() ?? first
  }

  keep(chosen: ChosenKeys) {
    this.chosen = chosen
    this.#store.keep('key-map', JSON.stringify(chosen))
  }
}

/** Those of this browser. */
export const keyMap = new KeyMap()
