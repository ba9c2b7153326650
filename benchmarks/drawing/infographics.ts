import { inkOn } from './charts/contrast.ts'
import { circle, line, paragraph, path, picture, rect, text, type Svg } from './svg.ts'

interface WaterUse {
  title: string
  lead: string
  uses: { name: string; litres: number; note: string; colour: string }[]
  source: string
}

/** A tall sheet with one drop per use, its area after the litres, and the sum at the foot. */
export function drawWaterUse({ title, lead, uses, source }: WaterUse): Svg {
  const width = 680
  const total = uses.reduce((sum, { litres }) => sum + litres, 0)
  const largest = Math.max(...uses.map(({ litres }) => litres))
  const rows = uses.map(({ name, litres, note, colour }, index) => {
    const y = 262 + index * 132
    const radius = 46 * Math.sqrt(litres / largest)
    const drop = path(
      `M130 ${y - radius * 1.9}C${130 + radius * 0.5} ${y - radius} ${130 + radius} ${y - radius * 0.55} ${130 + radius} ${y}A${radius} ${radius} 0 0 1 ${130 - radius} ${y}C${130 - radius} ${y - radius * 0.55} ${130 - radius * 0.5} ${y - radius} 130 ${y - radius * 1.9}Z`,
      colour,
    )
    const amount =
      radius > 24
        ? text(130, y + 6, `${litres} l`, { size: 17, weight: 700, anchor: 'middle', fill: inkOn(colour) })
        : text(130 + radius + 8, y + 6, `${litres} l`, { size: 17, weight: 700, fill: '#17384a' })
    const words =
      text(230, y - 16, name, { size: 22, weight: 700, fill: '#17384a' }) +
      paragraph(230, y + 12, 390, note, { size: 15, fill: '#45606e' }).svg
    return drop + amount + words + line(60, y + 64, width - 60, y + 64, '#c7dbe3')
  })
  const end = 262 + uses.length * 132 - 40
  return picture(
    width,
    end + 130,
    '#eef6f8',
    rect(0, 0, width, 150, '#17506b'),
    paragraph(60, 62, width - 120, title, { size: 31, weight: 700, fill: '#ffffff' }).svg,
    text(60, 118, lead, { size: 17, fill: '#cfe6ee' }),
    ...rows,
    rect(60, end, width - 120, 66, '#17506b', { rx: 6 }),
    text(84, end + 42, 'Together', { size: 22, weight: 700, fill: '#ffffff' }),
    text(width - 84, end + 42, `${total} litres a day`, { size: 22, weight: 700, fill: '#ffffff', anchor: 'end' }),
    text(60, end + 104, source, { size: 12.5, fill: '#5f7783' }),
  )
}

/** Steps in numbered discs along a winding line, each with a heading and a sentence. */
export function drawSteps(title: string, steps: { name: string; note: string; colour: string }[]): Svg {
  const height = 150 + steps.length * 112
  const places = steps.map((_, index): [number, number] => [index % 2 ? 150 : 110, 170 + index * 112])
  return picture(
    760,
    height,
    '#fbf7f0',
    text(60, 82, title, { size: 32, weight: 700, fill: '#3a2a1c' }),
    rect(60, 100, 80, 6, '#c7783b'),
    path(
      places.map(([x, y], index) => (index ? `Q${index % 2 ? 170 : 90} ${y - 56} ${x} ${y}` : `M${x} ${y}`)).join(''),
      'none',
      { stroke: '#d9c8b0', 'stroke-width': 6 },
    ),
    ...steps.map(({ name, note, colour }, index) => {
      const [x, y] = places[index]!
      const disc =
        circle(x, y, 34, colour) +
        text(x, y + 9, String(index + 1), { size: 26, weight: 700, anchor: 'middle', fill: inkOn(colour) })
      return (
        disc +
        text(220, y - 8, name, { size: 20, weight: 700, fill: '#3a2a1c' }) +
        paragraph(220, y + 18, 480, note, { size: 15, fill: '#6b5946' }).svg
      )
    }),
  )
}

interface Room {
  name: string
  area: string
  at: [x: number, y: number, width: number, height: number]
  colour: string
}

/** A flat from above: rooms with their areas, doors as gaps, windows as double lines, a north arrow. */
export function drawFloorPlan(
  title: string,
  rooms: Room[],
  doors: [x: number, y: number, turned: boolean][],
  windows: [x: number, y: number, turned: boolean][],
): Svg {
  return picture(
    860,
    640,
    '#f7f7f4',
    text(50, 48, title, { size: 22, weight: 700, fill: '#2b3238' }),
    ...rooms.map(({ name, area, at: [x, y, width, height], colour }) => {
      const label = { anchor: 'middle', fill: '#2b3238' } as const
      return (
        rect(x, y, width, height, colour, { stroke: '#2b3238', 'stroke-width': 8 }) +
        text(x + width / 2, y + height / 2, name, { ...label, size: 17, weight: 600 }) +
        text(x + width / 2, y + height / 2 + 22, area, { ...label, size: 14, fill: '#5b666e' })
      )
    }),
    ...doors.map(([x, y, turned]) =>
      turned
        ? rect(x - 5, y, 10, 52, '#f7f7f4') +
          path(`M${x} ${y}h52A52 52 0 0 1 ${x} ${y + 52}`, 'none', { stroke: '#8a949b', 'stroke-width': 2 })
        : rect(x, y - 5, 52, 10, '#f7f7f4') +
          path(`M${x} ${y}v52A52 52 0 0 0 ${x + 52} ${y}`, 'none', { stroke: '#8a949b', 'stroke-width': 2 }),
    ),
    ...windows.map(([x, y, turned]) =>
      turned
        ? rect(x - 4, y, 8, 80, '#ffffff', { stroke: '#4d8fb5', 'stroke-width': 2 })
        : rect(x, y - 4, 80, 8, '#ffffff', { stroke: '#4d8fb5', 'stroke-width': 2 }),
    ),
    path('M800 92L788 130L800 121L812 130Z', '#2b3238'),
    text(800, 82, 'N', { size: 17, weight: 700, anchor: 'middle', fill: '#2b3238' }),
  )
}
