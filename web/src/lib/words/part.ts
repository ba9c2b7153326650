import { getContext, hasContext, setContext } from 'svelte'
import type { Language } from '#server/accounts/schema.ts'

const key = 'language'

/** Tells every component below in which language it speaks. `language` is asked as each of them is made. */
export function speak(language: () => Language) {
  setContext(key, language)
}

/** The language of the page that a component is part of; English where none is set. */
export function spokenLanguage(): Language {
  return hasContext(key) ? getContext<() => Language>(key)() : 'en'
}

/**
 * The words of one part of the raters' pages, in every language. English comes with whatever uses them; another language
 * is fetched alone, by `load`, before a component uses it.
 */
export class Part<Words extends object> {
  readonly #loaded = new Map<Language, Words>()
  readonly #others: Record<Exclude<Language, 'en'>, () => Promise<{ words: Words }>>
  readonly #english: Words

  constructor(english: Words, others: Record<Exclude<Language, 'en'>, () => Promise<{ words: Words }>>) {
    this.#english = english
    this.#others = others
  }

  /** Throws where the network is gone. */
  async load(language: Language): Promise<Words> {
    if (language !== 'en') this.#loaded.set(language, (await this.#others[language]()).words)
    return this.in(language)
  }

  /** The words in a language that has been loaded, else in English. */
  in(language: Language): Words {
    return this.#loaded.get(language) ?? this.#english
  }

  /** Of the page's language: called as a component is made. */
  use(): Words {
    return this.in(spokenLanguage())
  }
}

/** Loads the words of several parts at once, and returns those of the first. Throws where the network is gone. */
export async function loadWords<Words extends object>(
  language: Language,
  part: Part<Words>,
  ...others: Part<object>[]
): Promise<Words> {
  const [words] = await Promise.all([part.load(language), ...others.map((other) => other.load(language))])
  return words
}
