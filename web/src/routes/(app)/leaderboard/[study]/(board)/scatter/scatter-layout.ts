import { scaleLinear, type ScaleLinear } from 'd3-scale'
import type { ScatterChart } from '#server/boards/charts/schema.ts'

type ScatterPoint = ScatterChart['points'][number]

interface ScatterScales {
  x: ScaleLinear<number, number>
  y: ScaleLinear<number, number>
}

interface ScatterFrame {
  width: number
  height: number
  left: number
  right: number
  top: number
  bottom: number
}

/** Scales that hold every point and its intervals; the average is a share, Elo in points. */
export function scatterScales({ points }: ScatterChart, frame: ScatterFrame): ScatterScales {
  const ends = (pick: (point: ScatterPoint) => { value: number; low: number | null; high: number | null }) =>
    points.map(pick).flatMap(({ value, low, high }) => [value, low ?? value, high ?? value])
  const domain = (values: number[], air: number) => [Math.min(...values) - air, Math.max(...values) + air]
  const [averages, elos] = [ends(({ average }) => average), ends(({ elo }) => elo)]
  return {
    x: scaleLinear()
      .domain(domain(averages, 0.02))
      .range([frame.left, frame.width - frame.right]),
    y: scaleLinear()
      .domain(domain(elos, 12))
      .range([frame.height - frame.bottom, frame.top]),
  }
}

interface PlacedLabel {
  point: ScatterPoint
  x: number
  y: number
  anchor: 'start' | 'end' | 'middle'
}

interface Box {
  left: number
  right: number
  top: number
  bottom: number
}

const textHeight = 13
const widthPerCharacter = 6.6

/**
 * Names beside their points, those furthest from the line first; a name for which no side is free is left to the table.
 */
export function placeLabels(points: ScatterPoint[], { x, y }: ScatterScales, frame: ScatterFrame): PlacedLabel[] {
  const at = (point: ScatterPoint) => ({ px: x(point.average.value), py: y(point.elo.value) })
  const taken: Box[] = points.map((point) => {
    const { px, py } = at(point)
    return { left: px - 6, right: px + 6, top: py - 6, bottom: py + 6 }
  })
  const labels: PlacedLabel[] = []
  for (const point of furthestFirst(points)) {
    const { px, py } = at(point)
    const width = point.name.length * widthPerCharacter
    const candidates: PlacedLabel[] = [
      { point, x: px + 10, y: py + 4, anchor: 'start' },
      { point, x: px - 10, y: py + 4, anchor: 'end' },
      { point, x: px, y: py - 10, anchor: 'middle' },
      { point, x: px, y: py + 20, anchor: 'middle' },
    ]
    const free = candidates.find((label) => {
      const box = boxOf(label, width)
      const inside = box.left >= frame.left && box.right <= frame.width && box.top >= 0
      return inside && taken.every((other) => !overlap(box, other))
    })
    if (!free) continue
    labels.push(free)
    taken.push(boxOf(free, width))
  }
  return labels
}

export const furthestFirst = (points: ScatterPoint[]) =>
  [...points].sort((one, other) => Math.abs(other.offBy ?? 0) - Math.abs(one.offBy ?? 0))

function boxOf({ x, y, anchor }: PlacedLabel, width: number): Box {
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2
  return { left, right: left + width, top: y - textHeight + 3, bottom: y + 3 }
}

const overlap = (one: Box, other: Box) =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
