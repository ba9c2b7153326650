import { RegExpParser, type AST } from '@eslint-community/regexpp'

/**
 * Why a regular expression may take more than linear time on some text, one sentence each; none when it cannot.
 *
 * Built as an automaton whose first state reads any character, as a search does that begins anew at each place. Time is
 * linear when no two of its loops read one text in more ways than a fixed number (the criteria IDA and EDA of Weber and
 * Seidl 1991). A loop at whose every turn the search could have ended well is no fault. Any other text is taken to fail
 * in the end, and an assertion that is not about single characters to hold: a fault may be reported that no text
 * reaches, but none is missed. A repeat of more than 100 counts as endless.
 */
export function growthOf({ source, flags }: { source: string; flags: string }): string[] {
  const pattern = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(source, 0, source.length, {
    unicode: flags.includes('u'),
    unicodeSets: flags.includes('v'),
  })
  const automaton = new Automaton(flags)
  automaton.add(pattern)
  return [...automaton.notUnderstood, ...automaton.ambiguities()]
}

/** Characters as bits, one for each of `samples`. */
type Characters = bigint

/** ASCII, and some of every kind beyond it that an expression of ours tells apart. */
const samples = [
  ...Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code)),
  ...'\x85\xa0\xad²µßéİıſK\u0301٣\u1680\u2002\u200b\u200d\u2010\u2011\u2018\u2019\u201c\u201d\u2028\u2029\u202e\u2060\u2212\u3000中\ud800\udc00\ue000\ue001\ufeffＡ',
]
const anyCharacter = (1n << BigInt(samples.length)) - 1n
const charactersWhere = (holds: (character: string) => boolean): Characters =>
  samples.reduce((bits, character, at) => (holds(character) ? bits | (1n << BigInt(at)) : bits), 0n)
const wordCharacters = charactersWhere((character) => /\w/.test(character))
const lineEnds = charactersWhere((character) => /[\n\r\u2028\u2029]/.test(character))

/** What must hold between one character and the next. */
type Assertion = (before: Characters, after: Characters) => boolean
const never: Assertion = () => false
const unknown: Assertion = () => true

interface Step {
  to: Node
  assertions: Assertion[]
}

/** Reads one of its characters, or, without them, none. */
interface Node {
  label: string
  characters: Characters | null
  next: Step[]
}

const endless = 100

class Automaton {
  readonly notUnderstood: string[] = []
  readonly #flags: string
  readonly #success: Node = { label: '', characters: 0n, next: [] }
  readonly #search: Node = { label: 'the search itself', characters: anyCharacter, next: [] }
  readonly #nodes: Node[] = [this.#search]
  readonly #classes = new Map<string, Characters>()

  constructor(flags: string) {
    this.#flags = flags
  }

  add(pattern: AST.Pattern) {
    this.#search.next.push({ to: this.#search, assertions: [] })
    const start = this.#flags.includes('y') ? this.#node('the start', null) : this.#search
    link(this.#oneOf(pattern.alternatives, [start]), this.#success)
  }

  #node(label: string, characters: Characters | null): Node {
    const node = { label, characters, next: [] }
    this.#nodes.push(node)
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

  /** The loops that read one text in several ways. */
  ambiguities(): string[] {
    const reading = this.#nodes.filter(({ characters }) => characters !== null)
    const ways = new Map(reading.map((node) => [node, stepsFrom(node)]))
    const steps = new Map(reading.map((node) => [node, ways.get(node)!.filter(({ to }) => to !== this.#success)]))
    const notEnding = new Map(
      reading.map((node) => [
        node,
        charactersAfter(
          node,
          ways.get(node)!.filter(({ to }) => to === this.#success),
        ),
      ]),
    )
    const reach = new Map(reading.map((node) => [node, reachable(node, steps)]))
    const looping = reading.filter((node) => reach.get(node)!.has(node))
    const circle = (node: Node) => new Set([...reach.get(node)!].filter((other) => reach.get(other)!.has(node)))
    const found = new Set<string>()
    for (const one of looping) {
      if (twoWaysRound(one, circle(one), steps)) found.add(`${one.label} repeats what repeats: exponential time`)
      for (const other of looping) {
        if (one === other || !reach.get(one)!.has(other)) continue
        const goesOn = (node: Node) => (one === this.#search ? notEnding.get(node)! : anyCharacter)
        if (sharesText(one, other, circle(one), circle(other), steps, goesOn))
          found.add(`${one.label} and ${other.label} may read the same characters`)
      }
    }
    return [...found]
  }
}

/** The characters before which none of these ways would have ended the search well. */
function charactersAfter({ characters }: Node, ends: Step[]): Characters {
  const sure = ends.filter(({ assertions }) => !assertions.includes(unknown))
  if (sure.length === 0) return anyCharacter
  if (sure.some(({ assertions }) => assertions.length === 0)) return 0n
  const befores = bitsOf(characters!)
  return bitsOf(anyCharacter)
    .filter((after) =>
      befores.some((before) => !sure.some((way) => way.assertions.every((holds) => holds(before, after)))),
    )
    .reduce((all, bit) => all | bit, 0n)
}

const bitsOf = (characters: Characters) =>
  samples.map((_, at) => characters & (1n << BigInt(at))).filter((bit) => bit !== 0n)

function link(from: Node[], to: Node, assertions: Assertion[] = []) {
  for (const { next } of from) next.push({ to, assertions })
}

const wordBoundary: Assertion = (before, after) =>
  ((before & wordCharacters) !== 0n && (after & ~wordCharacters) !== 0n) ||
  ((before & ~wordCharacters) !== 0n && (after & wordCharacters) !== 0n)

/** The reading nodes that can come next, once for each way to them. */
function stepsFrom(node: Node): Step[] {
  const found: Step[] = []
  const walk = ({ to, assertions }: Step, passed: Node[], before: Assertion[]) => {
    const all = [...before, ...assertions]
    if (to.characters !== null) return void found.push({ to, assertions: all })
    if (!passed.includes(to)) for (const step of to.next) walk(step, [...passed, to], all)
  }
  for (const step of node.next) walk(step, [], [])
  return found.filter(({ assertions }) => !assertions.includes(never))
}

type Steps = Map<Node, Step[]>

function reachable(node: Node, steps: Steps): Set<Node> {
  const found = new Set<Node>()
  const waiting = [node]
  while (waiting.length > 0) {
    for (const { to } of steps.get(waiting.pop()!)!) {
      if (found.has(to)) continue
      found.add(to)
      waiting.push(to)
    }
  }
  return found
}

/** Walks several nodes over the same characters at once; `true` when `goal` holds after a step. */
function walkTogether(
  start: Node[],
  within: (Set<Node> | null)[],
  steps: Steps,
  goal: (nodes: Node[], sameWay: boolean) => boolean,
  goesOn: (nodes: Node[]) => Characters = () => anyCharacter,
  entered: Characters = anyCharacter,
): boolean {
  const ids = new Map([...steps.keys()].map((node, id) => [node, id]))
  const seen = new Set<string>()
  const waiting = [{ nodes: start, before: common(start) & entered, sameWay: true }]
  while (waiting.length > 0) {
    const { nodes, before, sameWay } = waiting.pop()!
    for (const taken of combinations(nodes.map((node) => steps.get(node)!))) {
      const reached = taken.map(({ to }) => to)
      if (reached.some((node, at) => within[at] && !within[at].has(node))) continue
      const after = common(reached) & goesOn(nodes)
      if (after === 0n || !taken.every(({ assertions }) => assertions.every((holds) => holds(before, after)))) continue
      const same = sameWay && taken.every((step) => step === taken[0])
      if (goal(reached, same)) return true
      const key = `${reached.map((node) => ids.get(node)).join()} ${after} ${same}`
      if (seen.has(key)) continue
      seen.add(key)
      waiting.push({ nodes: reached, before: after, sameWay: same })
    }
  }
  return false
}

const common = (nodes: Node[]) => nodes.reduce((all, { characters }) => all & characters!, anyCharacter)

function* combinations(lists: Step[][]): Generator<Step[]> {
  const [first, ...rest] = lists
  if (!first) return yield []
  for (const step of first) for (const others of combinations(rest)) yield [step, ...others]
}

/** EDA: from a node back to itself over one text on two ways. */
function twoWaysRound(node: Node, circle: Set<Node>, steps: Steps): boolean {
  return walkTogether(
    [node, node],
    [circle, circle],
    steps,
    ([one, other], sameWay) => one === node && other === node && !sameWay,
  )
}

/** IDA: one text leads round the one loop, round the other, and from the one to the other. */
function sharesText(
  one: Node,
  other: Node,
  circle: Set<Node>,
  otherCircle: Set<Node>,
  steps: Steps,
  goesOn: (node: Node) => Characters,
): boolean {
  return walkTogether(
    [one, one, other],
    [circle, null, otherCircle],
    steps,
    ([first, second, third]) => first === one && second === other && third === other,
    ([, , third]) => goesOn(third!),
    // The walk is round, so what was read last before it is what is read last in it.
    [...otherCircle]
      .filter((node) => steps.get(node)!.some(({ to }) => to === other))
      .reduce((all, node) => all | goesOn(node), 0n),
  )
}
