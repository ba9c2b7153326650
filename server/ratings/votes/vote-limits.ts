import type { Votes } from './counts.ts'

/** Marks (1) the votes that repeat an earlier one of the same rater on the same item and unordered pair. */
export function markRepeats({ models, a, b, rater, item }: Votes): Uint8Array {
  if (!rater || !item) throw new RangeError('repeats need the rater and the item of every vote')
  const seen = new Set<string>()
  return Uint8Array.from(a, (left, t) => {
    const pair = Math.min(left, b[t]!) * models + Math.max(left, b[t]!)
    const key = `${rater[t]},${item[t]},${pair}`
    if (seen.has(key)) return 1
    seen.add(key)
    return 0
  })
}

/** Marks (1) the votes beyond a rater's first `limit` of a UTC day; times in Unix seconds, votes in the order of time. */
export function markBeyondDailyLimit(rater: Int32Array, unixSeconds: ArrayLike<number>, limit: number): Uint8Array {
  const cast = new Map<string, number>()
  return Uint8Array.from(rater, (one, t) => {
    const key = `${one},${Math.floor(unixSeconds[t]! / 86_400)}`
    const before = cast.get(key) ?? 0
    cast.set(key, before + 1)
    return before >= limit ? 1 : 0
  })
}
