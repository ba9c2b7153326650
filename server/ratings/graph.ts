import type { Comparisons } from './votes/comparisons.ts'

/**
 * Who can be compared with whom. Components are lists of model numbers, each ascending, the largest first. Models
 * without a vote are in no component.
 */
export interface GraphReport {
  /** Joined by any vote. Between two of these nothing is known. */
  weak: number[][]
  /** Joined by wins both ways (a tie counts both ways). A finite rating exists only within one of these. */
  strong: number[][]
  /** The strong components from the strongest down: none has a win over an earlier one. */
  chain: number[][]
  undefeated: number[]
  winless: number[]
  unplayed: number[]
  /** The maximum-likelihood ratings of all models exist and are unique. */
  connected: boolean
}

/** Where a model stands relative to a group that has finite ratings. */
export type Place = 'core' | 'above' | 'below' | 'mixed'

interface Edges {
  start: Int32Array
  to: Int32Array
}

/**
 * Reads the win graph: an edge from i to j wherever i has any score over j. The maximum-likelihood ratings are finite
 * and unique exactly when it is strongly connected (Ford 1957).
 */
export function graphReport(comparisons: Comparisons): GraphReport {
  const wins = winEdges(comparisons)
  const losses = reverse(wins, comparisons.models)
  const played = (model: number) => degree(wins, model) + degree(losses, model) > 0
  const models = Array.from({ length: comparisons.models }, (_, model) => model)
  const chain = strongComponents(wins, comparisons.models)
    .reverse()
    .filter((group) => played(group[0]!))
  const weak = weakComponents(comparisons).filter((group) => played(group[0]!))
  return {
    weak: weak.sort(largestFirst),
    strong: chain.toSorted(largestFirst),
    chain,
    undefeated: models.filter((model) => played(model) && degree(losses, model) === 0),
    winless: models.filter((model) => played(model) && degree(wins, model) === 0),
    unplayed: models.filter((model) => !played(model)),
    connected: chain.length === 1 && chain[0]!.length === comparisons.models,
  }
}

function largestFirst(one: number[], other: number[]): number {
  return other.length - one.length || one[0]! - other[0]!
}

function degree(edges: Edges, model: number): number {
  return edges.start[model + 1]! - edges.start[model]!
}

/** Scores within rounding of zero are no win: sums of weights are not exact. */
const rounding = 1e-12

/** Edges i → j for every score of i over j. */
function winEdges({ models, a, b, weight, score }: Comparisons): Edges {
  const from: number[] = []
  const to: number[] = []
  for (let cell = 0; cell < a.length; cell++) {
    if (score[cell]! > rounding * weight[cell]!) {
      from.push(a[cell]!)
      to.push(b[cell]!)
    }
    if (weight[cell]! - score[cell]! > rounding * weight[cell]!) {
      from.push(b[cell]!)
      to.push(a[cell]!)
    }
  }
  return listEdges(models, from, to)
}

function listEdges(models: number, from: ArrayLike<number>, to: ArrayLike<number>): Edges {
  const start = new Int32Array(models + 1)
  for (let e = 0; e < from.length; e++) start[from[e]! + 1]!++
  for (let model = 0; model < models; model++) start[model + 1]! += start[model]!
  const next = start.slice()
  const list = new Int32Array(from.length)
  for (let e = 0; e < from.length; e++) list[next[from[e]!]!++] = to[e]!
  return { start, to: list }
}

function reverse(edges: Edges, models: number): Edges {
  const from = new Int32Array(edges.to.length)
  for (let model = 0; model < models; model++) from.fill(model, edges.start[model], edges.start[model + 1])
  return listEdges(models, edges.to, from)
}

function weakComponents({ models, a, b }: Comparisons): number[][] {
  const parent = Int32Array.from({ length: models }, (_, model) => model)
  const root = (model: number): number => {
    while (parent[model] !== model) model = parent[model] = parent[parent[model]!]!
    return model
  }
  for (let cell = 0; cell < a.length; cell++) parent[root(a[cell]!)] = root(b[cell]!)
  const groups = new Map<number, number[]>()
  for (let model = 0; model < models; model++) {
    const group = groups.get(root(model))
    if (group) group.push(model)
    else groups.set(root(model), [model])
  }
  return [...groups.values()]
}

/** Tarjan 1972 with its own stack; components come out losers first. */
function strongComponents(edges: Edges, models: number): number[][] {
  const index = new Int32Array(models).fill(-1)
  const low = new Int32Array(models)
  const cursor = edges.start.slice(0, models)
  const waiting = new Uint8Array(models)
  const stack: number[] = []
  const path: number[] = []
  const components: number[][] = []
  let visited = 0
  const enter = (model: number) => {
    index[model] = low[model] = visited++
    waiting[model] = 1
    stack.push(model)
    path.push(model)
  }
  const leave = (model: number) => {
    path.pop()
    const above = path.at(-1)
    if (above !== undefined) low[above] = Math.min(low[above]!, low[model]!)
    if (low[model] !== index[model]) return
    const group = stack.splice(stack.lastIndexOf(model))
    for (const member of group) waiting[member] = 0
    components.push(group.sort((x, y) => x - y))
  }
  for (let first = 0; first < models; first++) {
    if (index[first]! >= 0) continue
    enter(first)
    while (path.length > 0) {
      const model = path.at(-1)!
      if (cursor[model]! === edges.start[model + 1]!) {
        leave(model)
        continue
      }
      const loser = edges.to[cursor[model]!++]!
      if (index[loser]! < 0) enter(loser)
      else if (waiting[loser]) low[model] = Math.min(low[model]!, index[loser]!)
    }
  }
  return components
}

/**
 * Places every model relative to a core: above when a chain of wins leads from it to the core and none back, below the
 * other way round, mixed when neither. Against the core, models above have no finite rating, nor have those below.
 */
export function placeAround(comparisons: Comparisons, core: readonly number[]): Place[] {
  const wins = winEdges(comparisons)
  const beaten = reach(wins, core)
  const beating = reach(reverse(wins, comparisons.models), core)
  const member = new Set(core)
  return Array.from({ length: comparisons.models }, (_, model) => {
    if (member.has(model)) return 'core'
    return beating[model] ? 'above' : beaten[model] ? 'below' : 'mixed'
  })
}

function reach(edges: Edges, from: readonly number[]): Uint8Array {
  const seen = new Uint8Array(edges.start.length - 1)
  const open = [...from]
  for (const model of from) seen[model] = 1
  while (open.length > 0) {
    const model = open.pop()!
    for (let e = edges.start[model]!; e < edges.start[model + 1]!; e++) {
      const next = edges.to[e]!
      if (seen[next]) continue
      seen[next] = 1
      open.push(next)
    }
  }
  return seen
}

/**
 * Cells of the comparisons that alone join two parts: without the votes of that pair, nothing compares the parts. Few
 * votes on such a bridge make every difference across it uncertain, however well each part is known.
 */
export function bridges({ models, a, b }: Comparisons): number[] {
  const edges = listEdges(models, [...a, ...b], [...b, ...a])
  const cellOf = listEdges(models, [...a, ...b], [...a.keys(), ...a.keys()]).to
  const index = new Int32Array(models).fill(-1)
  const low = new Int32Array(models)
  const cursor = edges.start.slice(0, models)
  const found: number[] = []
  let visited = 0
  for (let first = 0; first < models; first++) {
    if (index[first]! >= 0) continue
    const path = [{ model: first, by: -1 }]
    index[first] = low[first] = visited++
    while (path.length > 0) {
      const { model, by } = path.at(-1)!
      if (cursor[model]! < edges.start[model + 1]!) {
        const e = cursor[model]!++
        const next = edges.to[e]!
        if (cellOf[e] === by) continue
        if (index[next]! >= 0) low[model] = Math.min(low[model]!, index[next]!)
        else {
          index[next] = low[next] = visited++
          path.push({ model: next, by: cellOf[e]! })
        }
        continue
      }
      path.pop()
      const above = path.at(-1)?.model
      if (above === undefined) continue
      low[above] = Math.min(low[above]!, low[model]!)
      if (low[model]! > index[above]!) found.push(by)
    }
  }
  return found.sort((x, y) => x - y)
}
