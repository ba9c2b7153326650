/** Texts that outlive the page where the browser allows it. Where it denies storage, or has no room, they live as long as the page. */
export class DeviceStore {
  readonly #open: () => Storage
  readonly #memory = new Map<string, string>()

  /** `open` gives the browser's storage; a browser that denies it throws there. */
  constructor(open: () => Storage) {
    this.#open = open
  }

  /** Keeps a text under its key. False: only as long as the page lives. */
  keep(key: string, text: string): boolean {
    try {
      this.#open().setItem(key, text)
      this.#memory.delete(key)
      return true
    } catch {
      this.#memory.set(key, text)
      return false
    }
  }

  read(key: string): string | null {
    return this.#memory.get(key) ?? this.#storage()?.getItem(key) ?? null
  }

  forget(key: string) {
    this.#memory.delete(key)
    this.#storage()?.removeItem(key)
  }

  /** Every key that begins so. */
  keys(prefix: string): string[] {
    const keys = [...this.#memory.keys(), ...Object.keys(this.#storage() ?? {})]
    return keys.filter((key) => key.startsWith(prefix))
  }

  /** Whether a text kept now would outlive the page. */
  lasts(): boolean {
    const probe = 'probe'
    const kept = this.keep(probe, '')
    this.forget(probe)
    return kept
  }

  #storage(): Storage | null {
    try {
      return this.#open()
    } catch {
      return null
    }
  }
}

/** What this browser keeps for the pages. */
export const device = new DeviceStore(() => localStorage)
