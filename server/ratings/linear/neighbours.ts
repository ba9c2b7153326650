import type { Comparisons } from '../votes/comparisons.ts'

/** The pairs seen from each model: model i meets `other[e]` in cell `cell[e]` for e from start[i] up to start[i+1]. */
export interface Neighbours {
  start: Int32Array
  other: Int32Array
  cell: Int32Array
  /** The score of i over the other, and of the other over i. */
  won: Float64Array
  lost: Float64Array
}

/** Lists each model's pairs side by side, so that a pass over the models reads memory in order. */
export function listNeighbours({ models, a, b, weight, score }: Comparisons): Neighbours {
  const start = new Int32Array(models + 1)
  for (let cell = 0; cell < a.length; cell++) {
    start[a[cell]! + 1]!++
    start[b[cell]! + 1]!++
  }
  for (let i = 0; i < models; i++) start[i + 1]! += start[i]!
  const next = start.slice()
  const size = 2 * a.length
  const list: Neighbours = {
    start,
    other: new Int32Array(size),
    cell: new Int32Array(size),
    won: new Float64Array(size),
    lost: new Float64Array(size),
  }
  const put = (model: number, other: number, cell: number, won: number) => {
    const e = next[model]!++
    list.other[e] = other
    list.cell[e] = cell
    list.won[e] = won
    list.lost[e] = weight[cell]! - won
  }
  for (let cell = 0; cell < a.length; cell++) {
    put(a[cell]!, b[cell]!, cell, score[cell]!)
    put(b[cell]!, a[cell]!, cell, weight[cell]! - score[cell]!)
  }
  return list
}

/**
 * One sweep of Newman's iteration (2023): each model in turn moves to where its wins against stronger and losses to
 * weaker opponents balance, with the others held. Strengths (natural units) move in place; returns the largest move.
 * Models far from the rest, which slow Newton's method, are in place after a few sweeps.
 */
export function sweep({ start, other, won, lost }: Neighbours, strengths: Float64Array): number {
  let largest = 0
  for (let i = 0; i < strengths.length; i++) {
    const own = strengths[i]!
    let up = 0
    let down = 0
    for (let e = start[i]!; e < start[i + 1]!; e++) {
      const chance = 1 / (1 + Math.exp(strengths[other[e]!]! - own))
      up += won[e]! * (1 - chance)
      down += lost[e]! * chance
    }
    if (!(up > 0 && down > 0)) continue
    const move = Math.log(up / down)
    strengths[i] = own + move
    largest = Math.max(largest, Math.abs(move))
  }
  return largest
}
