import { InputError } from '#server/core/problem.ts'
import { numberValues } from '#server/ratings/votes/index-votes.ts'
import { verdictCode, type Votes } from '#server/ratings/votes/counts.ts'
import type { StyleSides } from '#server/ratings/votes/observations.ts'
import { isRounded, type ReadVote } from './read-vote.ts'
import { styles } from './vote-columns.ts'

/** Votes ready to be rated, read from a file or from a study. */
export interface RatedVotes {
  names: string[]
  votes: Votes
  /** Verdicts that say nothing of strength, counted and left out. */
  unsure: number
  /** Battles whose models were known to the rater, counted and left out. */
  notBlind: number
  /** Votes of one rater on one item and pair beyond the first, counted and left out. */
  repeats: number
  /** Style counts per side, where every vote has them. */
  style: Record<string, StyleSides>
  /** What each vote counts for, where there is a column of weights; used only when asked for. */
  weight?: Float64Array
  /** The values of the column to split by, per vote. */
  groups?: string[][]
  /** What a reader must know of how the votes were read. */
  notes: string[]
}

/** More votes than this are millions of raters, or a file that is made to fill a machine. */
const mostVotes = 25_000_000
/** Models, raters or ids named one by one in a note. */
const mostNamed = 10

/** Takes votes one by one into columns. */
export class VoteCollector {
  readonly #counted: 'once' | 'all'
  readonly #models = new Map<string, number>()
  readonly #spellings = new Map<string, Set<string>>()
  readonly #a: number[] = []
  readonly #b: number[] = []
  readonly #verdict: number[] = []
  readonly #raters: Ids = { of: [], texts: new Map() }
  readonly #items: Ids = { of: [], texts: new Map() }
  readonly #weight: number[] = []
  readonly #style: number[][] = styles.flatMap(() => [[], []])
  readonly #groups: string[][] = []
  readonly #sameGroups = new Map<string, string[]>()
  readonly #pairs = new Map<string, number>()
  /** What each rater has judged, item and pair as one number. */
  readonly #judged: Set<number>[] = []
  #unsure = 0
  #notBlind = 0
  #repeats = 0
  #blindUnsaid = 0
  #blindSaid = false

  /** `counted` says of votes that repeat an earlier one whether they count. */
  constructor(counted: 'once' | 'all') {
    this.#counted = counted
  }

  /** Takes a vote. Throws InputError for too many. */
  add(vote: ReadVote): void {
    if (vote.blind === false) {
      this.#notBlind++
      return
    }
    this.#blindSaid ||= vote.blind === true
    if (vote.blind === undefined) this.#blindUnsaid++
    const [left, right] = [this.#numberOf(vote.left, vote.spelt[0]), this.#numberOf(vote.right, vote.spelt[1])]
    if (vote.winner === 'unsure') {
      this.#unsure++
      return
    }
    const [rater, item] = [numberIn(this.#raters, vote.rater), numberIn(this.#items, vote.item)]
    if (
      rater >= 0 &&
      item >= 0 &&
      this.#isRepeat(rater, item, `${Math.min(left, right)},${Math.max(left, right)},${vote.turn}`)
    ) {
      this.#repeats++
      if (this.#counted === 'once') return
    }
    if (this.#a.length === mostVotes)
      throw new InputError(`There are more than ${mostVotes.toLocaleString('en')} votes; rate them in parts.`)
    this.#a.push(left)
    this.#b.push(right)
    this.#verdict.push(verdictCode[vote.winner])
    this.#raters.of.push(rater)
    this.#items.of.push(item)
    this.#weight.push(vote.weight)
    vote.style.forEach((count, k) => this.#style[k]!.push(count))
    if (vote.groups) this.#groups.push(this.#shared(vote.groups))
  }

  /** The votes in columns, models numbered in the order of their names; `source` stands in the sentence for none. */
  collected(source: string): RatedVotes {
    const [models, size] = [this.#models, this.#a.length]
    if (models.size === 0 && this.#notBlind === 0) throw new InputError(`${source} holds no votes`)
    if (size === 0) throw new InputError(`${source} holds no votes that say which model is stronger`)
    const names = [...models.keys()].sort()
    const number = new Int32Array(names.length)
    names.forEach((name, sorted) => (number[models.get(name)!] = sorted))
    const sorted = (column: number[]) => Int32Array.from(column, (model) => number[model]!)
    const [rater, item] = [numbersOf(this.#raters), numbersOf(this.#items)]
    const weighted = this.#weight.some((weight) => !Number.isNaN(weight))
    return {
      names,
      votes: {
        ...{ models: names.length, a: sorted(this.#a), b: sorted(this.#b), verdict: Uint8Array.from(this.#verdict) },
        ...(rater && { rater }),
        ...(item && { item }),
      },
      ...{ unsure: this.#unsure, notBlind: this.#notBlind },
      repeats: this.#counted === 'once' ? this.#repeats : 0,
      style: this.#styles(size),
      ...(weighted && { weight: Float64Array.from(this.#weight) }),
      ...(this.#groups.length > 0 && { groups: this.#groups }),
      notes: this.#notes(),
    }
  }

  #numberOf(name: string, spelt: string): number {
    const known = this.#models.get(name)
    if (known === undefined) {
      this.#models.set(name, this.#models.size)
      this.#spellings.set(name, new Set([spelt]))
      return this.#models.size - 1
    }
    const spellings = this.#spellings.get(name)!
    if (spellings.size < mostNamed) spellings.add(spelt)
    return known
  }

  #isRepeat(rater: number, item: number, pairAndTurn: string): boolean {
    const pair = this.#pairs.get(pairAndTurn) ?? this.#pairs.size
    this.#pairs.set(pairAndTurn, pair)
    const judged = this.#judged[rater] ?? (this.#judged[rater] = new Set())
    const size = judged.size
    return judged.add(item * mostVotes + pair).size === size
  }

  /** One array for all votes of the same groups. */
  #shared(groups: string[]): string[] {
    const key = groups.join('\n')
    const known = this.#sameGroups.get(key)
    if (!known) this.#sameGroups.set(key, groups)
    return known ?? groups
  }

  #styles(size: number): RatedVotes['style'] {
    const found: RatedVotes['style'] = {}
    for (const [k, style] of styles.entries()) {
      const [a, b] = [this.#style[2 * k]!, this.#style[2 * k + 1]!]
      if (a.length === size && a.every(Number.isFinite) && b.every(Number.isFinite))
        found[style] = { a: Float64Array.from(a), b: Float64Array.from(b) }
    }
    return found
  }

  #notes(): string[] {
    const notes: string[] = []
    const list = (texts: string[]) =>
      texts.slice(0, mostNamed).join('; ') + (texts.length > mostNamed ? ` and ${texts.length - mostNamed} more` : '')
    const quoted = (spellings: Iterable<string>) => [...spellings].map((name) => JSON.stringify(name)).join(' and ')
    const merged = [...this.#spellings.values()].filter((spellings) => spellings.size > 1).map(quoted)
    if (merged.length > 0)
      notes.push(
        `Names that differ in spaces around them or in the form of their accents are one model: ${list(merged)}.`,
      )
    const alike = Map.groupBy(this.#models.keys(), (name) => name.toLowerCase()).values()
    const apart = [...alike].filter((names) => names.length > 1).map(quoted)
    if (apart.length > 0)
      notes.push(`Names that differ in upper and lower case are rated as different models: ${list(apart)}.`)
    if (this.#repeats > 0)
      notes.push(
        this.#counted === 'once'
          ? `${this.#repeats} votes repeat an earlier one of the same rater on the same item and pair and were left out; --repeats all counts them.`
          : `${this.#repeats} votes repeat an earlier one of the same rater on the same item and pair and are counted.`,
      )
    notes.push(...notesOnIds(this.#raters, 'rater'), ...notesOnIds(this.#items, 'item'))
    if (this.#blindUnsaid > 0 && (this.#blindSaid || this.#notBlind > 0))
      notes.push(`${this.#blindUnsaid} votes do not say whether they were blind (anony); they count.`)
    return notes
  }
}

/** A column of raters or of items: for each vote the number of its text, or -1 where it names none. */
interface Ids {
  of: number[]
  texts: Map<string, number>
}

function numberIn({ texts }: Ids, text: string | undefined): number {
  if (text === undefined) return -1
  const known = texts.get(text)
  if (known === undefined) texts.set(text, texts.size)
  return known ?? texts.size - 1
}

/** Numbers in the order of the texts; votes that name nobody come after, each with a number of its own. */
function numbersOf({ of, texts }: Ids): Int32Array | null {
  if (texts.size === 0) return null
  const sorted = numberValues([...texts.keys()]).numbers
  let unnamed = texts.size
  return Int32Array.from(of, (number) => (number < 0 ? unnamed++ : sorted[number]!))
}

function notesOnIds({ of, texts }: Ids, what: 'rater' | 'item'): string[] {
  if (texts.size === 0) return []
  const notes: string[] = []
  const unnamed = of.filter((number) => number < 0).length
  if (unnamed > 0) notes.push(`${unnamed} votes name no ${what}: each is taken for one of another ${what}.`)
  const rounded = [...texts.keys()].filter(isRounded)
  if (rounded.length > 0)
    notes.push(
      `${rounded.length} ${what}s are numbers that a spreadsheet has rounded, such as ${rounded[0]}: different ones may have become one.`,
    )
  return notes
}
