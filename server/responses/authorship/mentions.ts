import { folded, readingsOf, type Readings } from './fold.ts'
import { coined, everyday, isNumbered, versions, type KnownModel } from './known-names.ts'

/** A word of a folded text. */
export interface Word {
  /** In small letters. */
  text: string
  /** As it stands. */
  shown: string
  start: number
  end: number
}

/** A name of a maker or a model in a text. */
export interface Mention {
  /** Its first and its last word. */
  first: number
  last: number
  start: number
  end: number
  /** Borne by people, places and shops, too. */
  weak: boolean
  /** Written so that a search for the name would not find it. */
  hidden: boolean
}

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\u30FC]/u

interface Name {
  weak: boolean
}

/** Names, their words run together. */
export interface NameIndex {
  exact: Map<string, Name>
  /** By what their letters look like; only of longer ones, which other words do not look like. */
  looks: Map<string, Name>
  /** What a name of either begins with. */
  beginnings: Set<string>
}

const shortestDisguised = 5

function add({ exact, looks, beginnings }: NameIndex, written: string, name: Name) {
  const words = wordsOf(folded(written))
  const readings = readingsOf(words.map(({ text }) => text).join(''))
  if (readings.exact.length < 2) return
  if (exact.get(readings.exact)?.weak !== false) exact.set(readings.exact, name)
  addBeginnings(beginnings, readings.exact)
  if (readings.exact.length < shortestDisguised) return
  if (looks.get(readings.looks)?.weak !== false) looks.set(readings.looks, name)
  addBeginnings(beginnings, readings.looks)
}

function addBeginnings(beginnings: Set<string>, key: string) {
  for (let length = 1; length <= key.length; length++) beginnings.add(key.slice(0, length))
}

const known: NameIndex = { exact: new Map(), looks: new Map(), beginnings: new Set() }
for (const name of everyday) add(known, name, { weak: true })
for (const name of coined) add(known, name, { weak: false })
const everydayKeys = new Set(everyday.map((name) => folded(name).toLowerCase()))

/** The names by which a study's models can be told, with those of all known makers. */
export function namesFor(models: KnownModel[]): NameIndex {
  const index: NameIndex = {
    exact: new Map(known.exact),
    looks: new Map(known.looks),
    beginnings: new Set(known.beginnings),
  }
  for (const { name, slug, organisation, remoteModel } of models) {
    for (const written of [name, slug, organisation, remoteModel ?? '', remoteModel?.split('/').at(-1) ?? '']) {
      add(index, written, { weak: everydayKeys.has(folded(written).trim().toLowerCase()) })
    }
    // Its family: what stands before its version.
    const [head] = wordsOf(folded(name))
    if (head && /^\p{L}{4,40}$/u.test(head.text) && !index.exact.has(head.text)) add(index, head.text, { weak: true })
  }
  return index
}

/** The words of a folded text; what is written without spaces stands character by character, and so do its names. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = []
  const push = (start: number, end: number) => {
    const shown = text.slice(start, end)
    words.push({ text: shown.toLowerCase(), shown, start, end })
  }
  for (const { 0: run, index } of text.matchAll(/[\p{L}\p{M}@$]+|\p{N}[\p{L}\p{M}\p{N}]*/gu)) {
    if (!unspaced.test(run)) {
      push(index, index + run.length)
      continue
    }
    let begun = index
    let at = index
    for (const letter of run) {
      if (unspaced.test(letter)) {
        if (begun < at) push(begun, at)
        push(at, at + letter.length)
        begun = at + letter.length
      }
      at += letter.length
    }
    if (begun < at) push(begun, at)
  }
  return words
}

/** The first `most` names in a text, the longest at each place; what is spelt letter by letter and backwards is among them. */
export function mentionsIn(text: string, words: Word[], names: NameIndex, most: number): Mention[] {
  const search = new NameSearch(text, words, names)
  const mentions: Mention[] = []
  for (let first = 0; first < words.length && mentions.length < most; first++) {
    const found = search.longestAt(first)
    if (!found) continue
    mentions.push(found)
    first = found.last
  }
  return mentions
}

const mostWords = 24

class NameSearch {
  readonly #text: string
  readonly #words: Word[]
  readonly #names: NameIndex
  readonly #readings = new Map<string, Readings>()

  constructor(text: string, words: Word[], names: NameIndex) {
    this.#text = text
    this.#words = words
    this.#names = names
  }

  longestAt(first: number): Mention | undefined {
    const best = this.#search(first, isJoint)
    const spelt = this.#letterByLetter(first)
    if (spelt && (!best || spelt.last > best.last)) return spelt
    return best ? this.#withVersion(best) : this.#backwards(first)
  }

  /** The longest name whose words follow each other with nothing but such gaps between. */
  #search(first: number, joins: (between: string) => boolean): Mention | undefined {
    const { exact: byName, looks: byLooks, beginnings } = this.#names
    let best: Mention | undefined
    let [exact, looks, sounds] = ['', '', '']
    for (let last = first; last < this.#words.length && last < first + mostWords; last++) {
      if (last > first && !joins(this.#gap(last))) break
      const read = this.#read(this.#words[last]!.text)
      exact += read.exact
      looks += read.looks
      sounds += read.sounds
      if (!beginnings.has(exact) && !beginnings.has(looks) && !beginnings.has(sounds)) break
      const name = byName.get(exact)
      const found = name ?? byName.get(sounds) ?? byLooks.get(looks)
      if (found) best = mentionOf(this.#words, first, last, { weak: found.weak, hidden: !name })
    }
    return best
  }

  #read(word: string): Readings {
    const known = this.#readings.get(word) ?? readingsOf(word)
    this.#readings.set(word, known)
    return known
  }

  /** What stands before a word. */
  #gap(at: number): string {
    return this.#text.slice(this.#words[at - 1]!.end, this.#words[at]!.start)
  }

  /** `M o l m o`, `C-l-a-u-d-e`: single letters with the same mark between them. */
  #letterByLetter(first: number): Mention | undefined {
    const [one, two] = [this.#words[first]!, this.#words[first + 1]]
    if (!two || one.shown.length > 2 || two.shown.length > 2) return undefined
    const mark = this.#gap(first + 1)
    if (mark === '' || mark.length > 3) return undefined
    const spelt = this.#search(first, (between) => between === mark)
    const letters = spelt && this.#words.slice(first, spelt.last + 1)
    if (!letters || letters.length < 4 || letters.some(({ shown }) => shown.length > 2)) return undefined
    return { ...spelt, weak: false, hidden: true }
  }

  #backwards(first: number): Mention | undefined {
    const { text } = this.#words[first]!
    if (text.length < shortestDisguised || text.length > 40) return undefined
    if (!this.#names.exact.has([...text].reverse().join(''))) return undefined
    return mentionOf(this.#words, first, first, { weak: false, hidden: true })
  }

  /** Takes in what follows of a version: with one, nothing else bears the name. */
  #withVersion(mention: Mention): Mention {
    let { last } = mention
    let versioned = false
    while (last + 1 < this.#words.length && last < mention.last + 5) {
      const { text } = this.#words[last + 1]!
      if (!/^[ ._-]?$/.test(this.#gap(last + 1)) || !(versions.has(text) || isNumbered(text))) break
      versioned ||= text !== 'ai' && text !== 'chat'
      last++
    }
    return { ...mention, last, end: this.#words[last]!.end, weak: mention.weak && !versioned }
  }
}

/** What may stand between the words of one name. */
const isJoint = (between: string) => /^[ \t._/:'-]{0,3}$/.test(between)

function mentionOf(words: Word[], first: number, last: number, rest: Pick<Mention, 'weak' | 'hidden'>): Mention {
  return { first, last, start: words[first]!.start, end: words[last]!.end, ...rest }
}
