const surrogate = /[\ud800-\udfff]/
const wordBits = 32

/**
 * Edit distance with unit costs for insertion, deletion and substitution, counted in Unicode code points as Python does.
 * Short texts take time in the longer length only, others in the product of both.
 */
export function levenshtein(a: string, b: string): number {
  if (a === b) return 0
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  if (short.length === 0 && !surrogate.test(long)) return long.length
  if (short.length <= wordBits && !surrogate.test(short) && !surrogate.test(long)) return distanceInBits(short, long)
  return distanceByRows(codePoints(short), codePoints(long))
}

/** For each UTF-16 unit, its positions in the short text, one bit each; all zero between calls. */
const places = new Int32Array(0x10000)

/**
 * One column of the table in two words of bits: where the distance grows and where it falls from one row to the next.
 * Method: Myers 1999, in the form of Hyyrö 2003. `short` has 1 to 32 units.
 */
function distanceInBits(short: string, long: string): number {
  for (let i = 0; i < short.length; i++) places[short.charCodeAt(i)]! |= 1 << i
  const lastRow = 1 << (short.length - 1)
  let distance = short.length
  let grows = -1
  let falls = 0
  for (let j = 0; j < long.length; j++) {
    const equal = places[long.charCodeAt(j)]!
    const diagonal = (((equal & grows) + grows) ^ grows) | equal | falls
    let growsAcross = falls | ~(diagonal | grows)
    let fallsAcross = grows & diagonal
    if (growsAcross & lastRow) distance++
    else if (fallsAcross & lastRow) distance--
    growsAcross = (growsAcross << 1) | 1
    fallsAcross = fallsAcross << 1
    const vertical = equal | falls
    grows = fallsAcross | ~(vertical | growsAcross)
    falls = growsAcross & vertical
  }
  for (let i = 0; i < short.length; i++) places[short.charCodeAt(i)] = 0
  return distance
}

/** One row of the table is enough: `row[j]` holds the distance of the part of `long` read so far to the first j of `short`. */
function distanceByRows(a: Uint32Array, b: Uint32Array): number {
  const [short, long] = withoutCommonEnds(a, b)
  const width = short.length
  const row = new Uint32Array(width + 1)
  for (let j = 0; j <= width; j++) row[j] = j
  for (let i = 0; i < long.length; i++) {
    const point = long[i]
    let diagonal = i
    let left = i + 1
    for (let j = 0; j < width; j++) {
      const above = row[j + 1]!
      let best = point === short[j] ? diagonal : diagonal + 1
      if (above + 1 < best) best = above + 1
      if (left + 1 < best) best = left + 1
      row[j] = left
      diagonal = above
      left = best
    }
    row[width] = left
  }
  return row[width]!
}

/** What lies between a common beginning and a common end, the shorter part first: the rest costs nothing. */
function withoutCommonEnds(a: Uint32Array, b: Uint32Array): [short: Uint32Array, long: Uint32Array] {
  const least = Math.min(a.length, b.length)
  let start = 0
  while (start < least && a[start] === b[start]) start++
  let end = 0
  while (end < least - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const [restA, restB] = [a.subarray(start, a.length - end), b.subarray(start, b.length - end)]
  return restA.length <= restB.length ? [restA, restB] : [restB, restA]
}

function codePoints(text: string): Uint32Array {
  const points = new Uint32Array(text.length)
  let count = 0
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i)!
    points[count++] = point
    if (point > 0xffff) i++
  }
  return points.subarray(0, count)
}

/** The index of the candidate nearest to the text, the first one on ties; −1 without candidates. */
export function nearest(text: string, candidates: readonly string[]): number {
  const distances = candidates.map((candidate) => levenshtein(text, candidate))
  return distances.indexOf(Math.min(...distances))
}
