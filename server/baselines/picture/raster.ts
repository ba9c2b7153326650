import sharp from 'sharp'
import { nameColour, colourNames, type ColourName } from './colours.ts'

/** A small sRGB copy of a picture: three bytes per pixel, row by row. */
export interface Raster {
  width: number
  height: number
  rgb: Uint8Array
}

/** A connected patch: `area` as a share of the picture, centre and box in percent of width and height. */
export interface Blob {
  colour: ColourName
  area: number
  x: number
  y: number
  box: { left: number; top: number; right: number; bottom: number }
}

const longestSide = 200
const smallestBlob = 0.003
const largestBlob = 0.6

/** Decodes a picture into a raster of at most 200 px a side. A median takes hairlines and small print away. */
export async function rasterise(bytes: Buffer): Promise<Raster> {
  const { data, info } = await sharp(bytes, { limitInputPixels: 64_000_000 })
    .rotate()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true, kernel: 'nearest' })
    .median(3)
    .raw()
    .toBuffer({ resolveWithObject: true })
  const rgb = info.channels === 3 ? data : data.filter((_, index) => index % info.channels < 3)
  return { width: info.width, height: info.height, rgb: new Uint8Array(rgb) }
}

/** The most common colour along the edge; `share` of the picture is close to it, `flat` of it the same but for rounding. */
export interface Background {
  rgb: [number, number, number]
  share: number
  flat: number
}

/** Finds the background; a drawing or a page has a large flat share, a photograph hardly any. */
export function findBackground(raster: Raster): Background {
  const { width, height } = raster
  const votes = new Map<number, { count: number; sum: [number, number, number] }>()
  for (let at = 0; at < width * height; at++) {
    const column = at % width
    const row = (at - column) / width
    if (column > 3 && column < width - 4 && row > 3 && row < height - 4) continue
    const [r, g, b] = pixel(raster, at)
    const key = ((r >> 4) << 8) | ((g >> 4) << 4) | (b >> 4)
    const vote = votes.get(key) ?? { count: 0, sum: [0, 0, 0] }
    vote.count++
    vote.sum = [vote.sum[0] + r, vote.sum[1] + g, vote.sum[2] + b]
    votes.set(key, vote)
  }
  const best = [...votes.values()].reduce((a, b) => (b.count > a.count ? b : a))
  const rgb: [number, number, number] = [best.sum[0] / best.count, best.sum[1] / best.count, best.sum[2] / best.count]
  const distances = distancesFrom(raster, rgb)
  const within = (limit: number) => distances.filter((distance) => distance < limit).length / distances.length
  return { rgb, share: within(24), flat: within(6) }
}

/**
 * Patches that stand out from the background, largest first. `splitByColour` parts neighbours of different colours;
 * without it everything that touches is one patch.
 */
export function findBlobs(raster: Raster, splitByColour: boolean): Blob[] {
  const background = findBackground(raster)
  const distances = distancesFrom(raster, background.rgb)
  // A flat background is plain to see; in a photograph the threshold goes where it separates near from far best.
  const threshold = background.share > 0.3 ? 40 : Math.max(40, bestThreshold(distances))
  const labels = distances.map((distance, at) => {
    if (distance < threshold) return 0
    return splitByColour ? 1 + colourNames.indexOf(nameColour(...pixel(raster, at))) : 1
  })
  return components(raster, labels)
    .filter((blob) => blob.area >= smallestBlob && blob.area <= largestBlob)
    .sort((a, b) => b.area - a.area)
}

/** The red, green and blue of the pixel at an index. */
export function pixel({ rgb }: Raster, at: number): [number, number, number] {
  return [rgb[at * 3]!, rgb[at * 3 + 1]!, rgb[at * 3 + 2]!]
}

function distancesFrom(raster: Raster, [r, g, b]: [number, number, number]): number[] {
  return Array.from({ length: raster.width * raster.height }, (_, at) => {
    const [pr, pg, pb] = pixel(raster, at)
    return Math.hypot(pr - r, pg - g, pb - b)
  })
}

/** Otsu's threshold: the value that makes the two sides' means differ most (IEEE SMC 9, 1979). */
function bestThreshold(values: number[]): number {
  const bins = new Array<number>(45).fill(0)
  for (const value of values) bins[Math.min(44, Math.floor(value / 10))]!++
  const total = values.length
  const mean = bins.reduce((sum, count, bin) => sum + count * bin, 0) / total
  let [below, sumBelow, best, bestBin] = [0, 0, -1, 0]
  for (const [bin, count] of bins.entries()) {
    below += count
    sumBelow += count * bin
    if (below === 0 || below === total) continue
    const between = (mean * below - sumBelow) ** 2 / (below * (total - below))
    if (between > best) [best, bestBin] = [between, bin]
  }
  return (bestBin + 1) * 10
}

function components(raster: Raster, labels: number[]): Blob[] {
  const { width, height } = raster
  const seen = new Uint8Array(labels.length)
  const blobs: Blob[] = []
  for (let start = 0; start < labels.length; start++) {
    if (seen[start] || labels[start] === 0) continue
    const members = [start]
    seen[start] = 1
    for (let next = 0; next < members.length; next++) {
      const at = members[next]!
      const column = at % width
      const around = [column > 0 ? at - 1 : -1, column < width - 1 ? at + 1 : -1, at - width, at + width]
      for (const neighbour of around) {
        if (neighbour < 0 || neighbour >= labels.length || seen[neighbour] || labels[neighbour] !== labels[start])
          continue
        seen[neighbour] = 1
        members.push(neighbour)
      }
    }
    if (members.length >= 9) blobs.push(measure(raster, members, width, height))
  }
  return blobs
}

function measure(raster: Raster, members: number[], width: number, height: number): Blob {
  const columns = members.map((at) => at % width)
  const rows = members.map((at) => Math.floor(at / width))
  const centre = { column: average(columns), row: average(rows) }
  // The centre of a ring lies outside it: take the member nearest to the centre instead.
  const nearest = members.reduce((best, at) => (offset(at) < offset(best) ? at : best))
  function offset(at: number) {
    return Math.hypot((at % width) - centre.column, Math.floor(at / width) - centre.row)
  }
  const [left, right, top, bottom] = [
    lowest(columns),
    -lowest(columns.map((n) => -n)),
    lowest(rows),
    -lowest(rows.map((n) => -n)),
  ]
  const channels = members.map((at) => pixel(raster, at))
  return {
    colour: nameColour(
      average(channels.map((c) => c[0])),
      average(channels.map((c) => c[1])),
      average(channels.map((c) => c[2])),
    ),
    area: members.length / (width * height),
    x: (((nearest % width) + 0.5) / width) * 100,
    y: ((Math.floor(nearest / width) + 0.5) / height) * 100,
    box: {
      left: (left / width) * 100,
      right: ((right + 1) / width) * 100,
      top: (top / height) * 100,
      bottom: ((bottom + 1) / height) * 100,
    },
  }
}

function average(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function lowest(values: number[]): number {
  return values.reduce((low, value) => Math.min(low, value), Infinity)
}
