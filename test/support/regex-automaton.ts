import type { AST } from '@eslint-community/regexpp'

/** Characters as bits, one for each of `samples`. */
export type Characters = bigint

/** ASCII, and some of every kind beyond it that an expression of ours tells apart. */
export const samples = [
  ...Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code)),
  ...'\x85\xa0\xad²µßéİıſK\u0301٣\u1680\u2002\u200b\u200d\u2010\u2011\u2018\u2019\u201c\u201d\u2028\u2029\u202e\u2060\u2212\u3000中\ud800\udc00\ue000\ue001\ufeffＡ',
]
/** All of them. */
export const anyCharacter = (1n << BigInt(samples.length)) - 1n
const charactersWhere = (holds: (character: string) => boolean): Characters =>
  samples.reduce((bits, character, at) => (holds(character) ? bits | (1n << BigInt(at)) : bits), 0n)
const wordCharacters = charactersWhere((character) => /\w/.test(character))
const lineEnds = charactersWhere((character) => /[\n\r\u2028\u2029]/.test(character))

/** What must hold between one character and the next. */
export type Assertion = (before: Characters, after: Characters) => boolean
/** Holds between no two characters. */
export const never: Assertion = () => false
/** May hold or not: it is about more than two characters. */
export const unknown: Assertion = () => true

/** A way from one node to the next, and what must hold on it. */
export interface Step {
  to: Node
  assertions: Assertion[]
}

/** Reads one of its characters, or, without them, none. */
export interface Node {
  label: string
  characters: Characters | null
  next: Step[]
}

/** A repeat of more than this counts as one without end. */
const endless = 100

/** A regular expression as nodes that read characters, behind a search that begins anew at each place. */
export class Automaton {
  readonly notUnderstood: string[] = []
  readonly #flags: string
  /** Stands behind every way to an end. */
  readonly success: Node = { label: '', characters: 0n, next: [] }
  readonly search: Node = { label: 'the search itself', characters: anyCharacter, next: [] }
  readonly nodes: Node[] = [this.search]
  readonly #classes = new Map<string, Characters>()

  constructor(flags: string) {
    this.#flags = flags
  }

  add(pattern: AST.Pattern) {
    this.search.next.push({ to: this.search, assertions: [] })
    const start = this.#flags.includes('y') ? this.#node('the start', null) : this.search
    link(this.#oneOf(pattern.alternatives, [start]), this.success)
  }

  #node(label: string, characters: Characters | null): Node {
    const node = { label, characters, next: [] }
    this.nodes.push(node)
    return node
  }

  #oneOf(alternatives: AST.Alternative[], from: Node[]): Node[] {
    const end = this.#node('', null)
    for (const { elements } of alternatives) {
      link(
        elements.reduce((ends, element) => this.#element(element, ends), from),
        end,
      )
    }
    return [end]
  }

  #element(element: AST.Element, from: Node[]): Node[] {
    switch (element.type) {
      case 'Group':
      case 'CapturingGroup':
        return this.#oneOf(element.alternatives, from)
      case 'Quantifier':
        return this.#repeat(element, from)
      case 'Assertion':
        return this.#assertion(element, from)
      case 'Character':
      case 'CharacterSet':
      case 'CharacterClass':
      case 'ExpressionCharacterClass': {
        const node = this.#node(element.raw, this.#charactersOf(element.raw))
        link(from, node)
        return [node]
      }
      case 'Backreference':
        this.notUnderstood.push(`${element.raw} repeats what was found, which no automaton does`)
        return from
    }
  }

  /** Small repeats are written out, each further one optional; `a{2,}` is `aaa*`. */
  #repeat({ element, min, max }: AST.Quantifier, from: Node[]): Node[] {
    const isEndless = max > endless
    let ends = from
    for (let time = 0; time < Math.min(min, endless); time++) ends = this.#element(element, ends)
    const exit = this.#node('', null)
    link(ends, exit)
    if (isEndless) {
      const entry = this.#node('', null)
      link(ends, entry)
      const last = this.#element(element, [entry])
      link(last, entry)
      link(last, exit)
    } else {
      for (let time = min; time < max; time++) link((ends = this.#element(element, ends)), exit)
    }
    return [exit]
  }

  #assertion(element: AST.Assertion, from: Node[]): Node[] {
    if (element.kind === 'lookahead' || element.kind === 'lookbehind') this.#forbidLoops(element)
    const node = this.#node('', null)
    link(from, node, [this.#meaningOf(element)])
    return [node]
  }

  #meaningOf(element: AST.Assertion): Assertion {
    const isMultiline = this.#flags.includes('m')
    switch (element.kind) {
      case 'start':
        return isMultiline ? (before) => (before & lineEnds) !== 0n : never
      case 'end':
        return isMultiline ? (_, after) => (after & lineEnds) !== 0n : never
      case 'word':
        return element.negate ? unknown : wordBoundary
      default: {
        const inside = this.#singleCharacter(element)
        if (inside === null) return unknown
        const allowed = element.negate ? anyCharacter ^ inside : inside
        return element.kind === 'lookahead'
          ? (_, after) => (after & allowed) !== 0n
          : (before) => (before & allowed) !== 0n
      }
    }
  }

  #singleCharacter({ alternatives }: AST.LookaroundAssertion): Characters | null {
    let all = 0n
    for (const { elements } of alternatives) {
      const [only, ...more] = elements
      if (!only || more.length > 0 || !['Character', 'CharacterSet', 'CharacterClass'].includes(only.type)) return null
      all |= this.#charactersOf(only.raw)
    }
    return all
  }

  #forbidLoops(element: AST.LookaroundAssertion) {
    if (/(?<!\\)[*+]|\{\d+,\}/.test(element.raw.replaceAll(/\[(?:\\.|[^\]])*\]/g, '')))
      this.notUnderstood.push(`${element.raw} looks on without end, perhaps at each place anew`)
  }

  #charactersOf(raw: string): Characters {
    const known = this.#classes.get(raw)
    if (known !== undefined) return known
    const one = new RegExp(`^${raw}$`, this.#flags.replaceAll(/[gymd]/g, ''))
    const found = charactersWhere((character) => one.test(character))
    this.#classes.set(raw, found)
    return found
  }
}

function link(from: Node[], to: Node, assertions: Assertion[] = []) {
  for (const { next } of from) next.push({ to, assertions })
}

const wordBoundary: Assertion = (before, after) =>
  ((before & wordCharacters) !== 0n && (after & ~wordCharacters) !== 0n) ||
  ((before & ~wordCharacters) !== 0n && (after & wordCharacters) !== 0n)
