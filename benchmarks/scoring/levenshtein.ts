/**
 * Edit distance with unit costs for insertion, deletion and substitution, counted in Unicode code points as Python does.
 * Time grows with the product of the two lengths, memory with the shorter one.
 */
export function levenshtein(a: string, b: string): number {
  if (a === b) return 0
  return distance(codePoints(a), codePoints(b))
}

function distance(a: Uint32Array, b: Uint32Array): number {
  let start = 0
  let endA = a.length
  let endB = b.length
  while (start < endA && start < endB && a[start] === b[start]) start++
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--
    endB--
  }
  const [short, long] =
    endA <= endB
      ? [a.subarray(start, endA), b.subarray(start, endB)]
      : [b.subarray(start, endB), a.subarray(start, endA)]
  if (short.length === 0) return long.length
  return fillRow(short, long)
}

/** One row of the table is enough: `row[j]` holds the distance of the prefix of `long` read so far to `short[0..j]`. */
function fillRow(short: Uint32Array, long: Uint32Array): number {
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

function codePoints(text: string): Uint32Array {
  const points = new Uint32Array(text.length)
  let count = 0
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i)!
    if (point > 0xffff) i++
    points[count++] = point
  }
  return points.subarray(0, count)
}

/** The index of the candidate nearest to the text, the first one on ties; −1 without candidates. */
export function nearest(text: string, candidates: readonly string[]): number {
  let best = -1
  let least = Infinity
  candidates.forEach((candidate, index) => {
    const edits = levenshtein(text, candidate)
    if (edits < least) {
      least = edits
      best = index
    }
  })
  return best
}
