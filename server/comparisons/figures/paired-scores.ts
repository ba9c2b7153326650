/**
 * Two runs' scores of the same examples, in columns: `a[i]` and `b[i]` are of one example, `cluster[i]` is the number of its
 * picture, from zero. Examples on one picture are not independent of each other.
 */
export interface PairedScores {
  a: Float64Array
  b: Float64Array
  cluster: Int32Array
}

/** The pairs at these places, in their order. */
export function pairsAt({ a, b, cluster }: PairedScores, places: Int32Array): PairedScores {
  const chosen = {
    a: new Float64Array(places.length),
    b: new Float64Array(places.length),
    cluster: new Int32Array(places.length),
  }
  for (let k = 0; k < places.length; k++) {
    const place = places[k]!
    chosen.a[k] = a[place]!
    chosen.b[k] = b[place]!
    chosen.cluster[k] = cluster[place]!
  }
  return chosen
}
