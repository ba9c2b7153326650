import type { Votes } from '#server/ratings/votes/counts.ts'

/** Thirty votes on four models, by hand: left, right, verdict code, rater, item, weight. */
const rows = [
  ...[
    [0, 1, 0, 0, 0, 1],
    [1, 0, 1, 1, 0, 1],
    [0, 1, 2, 2, 1, 2],
    [1, 0, 0, 0, 2, 0.5],
    [0, 2, 0, 1, 1, 1],
  ],
  ...[
    [2, 0, 1, 2, 2, 1.5],
    [0, 2, 3, 0, 3, 1],
    [0, 2, 1, 3, 0, 0.5],
    [3, 0, 1, 3, 1, 1],
    [0, 3, 0, 1, 2, 1],
  ],
  ...[
    [3, 0, 0, 2, 3, 2],
    [0, 3, 2, 0, 0, 1],
    [1, 2, 0, 0, 1, 1],
    [2, 1, 2, 1, 3, 1],
    [1, 2, 1, 2, 0, 1.5],
  ],
  ...[
    [2, 1, 0, 3, 2, 0.5],
    [1, 3, 0, 3, 3, 1],
    [3, 1, 1, 0, 2, 1],
    [1, 3, 1, 1, 1, 2],
    [1, 3, 3, 2, 2, 1],
  ],
  ...[
    [2, 3, 0, 0, 3, 0.5],
    [3, 2, 0, 1, 0, 1],
    [2, 3, 2, 2, 1, 1],
    [2, 3, 1, 3, 3, 1.5],
    [0, 1, 0, 3, 3, 1],
  ],
  ...[
    [3, 2, 1, 2, 0, 1],
    [1, 0, 3, 1, 1, 1],
    [2, 0, 2, 0, 2, 2],
    [0, 3, 0, 2, 1, 1],
    [1, 2, 0, 3, 2, 1],
  ],
] as [number, number, number, number, number, number][]

const column = (at: number) => rows.map((row) => row[at]!)

export const thirtyVotes: Votes = {
  models: 4,
  a: Int32Array.from(column(0)),
  b: Int32Array.from(column(1)),
  verdict: Uint8Array.from(column(2)),
}
export const raters = Int32Array.from(column(3))
export const items = Int32Array.from(column(4))
export const weights = Float64Array.from(column(5))

/** Lengths of the answers on both sides. */
export const tokens = {
  a: Float64Array.from(rows, (_, t) => 10 + ((7 * t) % 31)),
  b: Float64Array.from(rows, (_, t) => 10 + ((11 * t) % 29)),
}
