import { RegExpParser } from '@eslint-community/regexpp'
import {
  anyCharacter,
  Automaton,
  never,
  samples,
  unknown,
  type Assertion,
  type Characters,
  type Node,
  type Step,
} from './regex-automaton.ts'

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
  return [...automaton.notUnderstood, ...ambiguitiesOf(automaton)]
}

/** The loops that read one text in several ways. */
function ambiguitiesOf({ nodes, search, success }: Automaton): string[] {
  const reading = nodes.filter(({ characters }) => characters !== null)
  const ways = new Map(reading.map((node) => [node, stepsFrom(node)]))
  const steps = new Map(reading.map((node) => [node, ways.get(node)!.filter(({ to }) => to !== success)]))
  const notEnding = new Map(
    reading.map((node) => [
      node,
      charactersAfter(
        node,
        ways.get(node)!.filter(({ to }) => to === success),
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
      const goesOn = (node: Node) => (one === search ? notEnding.get(node)! : anyCharacter)
      if (sharesText(one, other, circle(one), circle(other), steps, goesOn))
        found.add(`${one.label} and ${other.label} may read the same characters`)
    }
  }
  return [...found]
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
