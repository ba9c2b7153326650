import { circle, element, line, path, picture, polygon, polyline, rect, text, type Svg } from './svg.ts'

const ink = '#1f2a37'
const pencil = '#3a6ea5'

function sheet(width: number, height: number, heading: string, ...children: Svg[]): Svg {
  return picture(
    width,
    height,
    '#fffefb',
    text(40, 52, heading, { size: 20, weight: 700, fill: ink }),
    line(40, 68, width - 40, 68, '#c9d2dc'),
    ...children,
  )
}

/** A right triangle with its two short sides given and the long one asked; lengths in the unit of the exercise. */
export function drawTriangle(base: number, rise: number, unit: string): Svg {
  const scale = Math.min(460 / base, 300 / rise)
  const [x, y] = [110, 430]
  const [right, top] = [x + base * scale, y - rise * scale]
  const label = { size: 20, fill: ink, anchor: 'middle' } as const
  return sheet(
    680,
    500,
    'Exercise 4. Find the length of x.',
    polygon(
      [
        [x, y],
        [right, y],
        [right, top],
      ],
      '#e8f0f8',
      { stroke: ink, 'stroke-width': 2.5, 'stroke-linejoin': 'round' },
    ),
    path(`M${right - 20} ${y}v-20h20`, 'none', { stroke: ink, 'stroke-width': 2 }),
    text((x + right) / 2, y + 34, `${base} ${unit}`, label),
    text(right + 46, (y + top) / 2, `${rise} ${unit}`, label),
    text((x + right) / 2 - 22, (y + top) / 2 - 14, 'x', { ...label, italic: true, weight: 600, fill: pencil }),
    ...[
      ['A', x - 18, y + 8],
      ['B', right + 16, y + 8],
      ['C', right + 4, top - 12],
    ].map(([name, atX, atY]) =>
      text(Number(atX), Number(atY), String(name), { size: 17, fill: '#5b6875', anchor: 'middle' }),
    ),
  )
}

/** A straight line on squared paper; one unit is one square. */
export function drawLineGraph(slope: number, intercept: number): Svg {
  const unit = 36
  const [x, y] = [340, 330]
  const grid = Array.from({ length: 13 }, (_, index) => {
    const offset = (index - 6) * unit
    return (
      line(x + offset, y - 6 * unit, x + offset, y + 6 * unit, '#dbe5ee') +
      line(x - 6 * unit, y + offset, x + 6 * unit, y + offset, '#dbe5ee')
    )
  })
  const numbers = [-6, -4, -2, 2, 4, 6].map(
    (value) =>
      text(x + value * unit, y + 18, String(value).replace('-', '−'), { size: 13, fill: '#5b6875', anchor: 'middle' }) +
      text(x - 8, y - value * unit + 5, String(value).replace('-', '−'), { size: 13, fill: '#5b6875', anchor: 'end' }),
  )
  const inside = [-6, 6]
    .map((value): [number, number] => [value, slope * value + intercept])
    .map(([at, value]): [number, number] => {
      const kept = Math.max(-6, Math.min(6, value))
      return [x + (value === kept ? at : (kept - intercept) / slope) * unit, y - kept * unit]
    })
  return sheet(
    680,
    600,
    'Exercise 7. Write the equation of the line.',
    ...grid,
    line(x - 6.4 * unit, y, x + 6.4 * unit, y, ink, { 'stroke-width': 2 }),
    line(x, y - 6.4 * unit, x, y + 6.4 * unit, ink, { 'stroke-width': 2 }),
    polygon(
      [
        [x + 6.6 * unit, y],
        [x + 6.3 * unit, y - 5],
        [x + 6.3 * unit, y + 5],
      ],
      ink,
    ),
    polygon(
      [
        [x, y - 6.6 * unit],
        [x - 5, y - 6.3 * unit],
        [x + 5, y - 6.3 * unit],
      ],
      ink,
    ),
    text(x + 6.7 * unit, y + 22, 'x', { size: 17, italic: true, fill: ink }),
    text(x + 12, y - 6.5 * unit, 'y', { size: 17, italic: true, fill: ink }),
    ...numbers,
    polyline(inside, '#c2412d', { 'stroke-width': 3 }),
    circle(x, y - intercept * unit, 5.5, '#c2412d'),
  )
}

/** Two resistors in series on a battery; volts and ohms. */
export function drawCircuit(volts: number, first: number, second: number): Svg {
  const wire = { stroke: ink, 'stroke-width': 3 }
  const zigzag = (x: number, y: number) =>
    polyline(
      Array.from({ length: 9 }, (_, at): [number, number] => [
        x + at * 12,
        y + (at === 0 || at === 8 ? 0 : at % 2 ? -14 : 14),
      ]),
      ink,
      { 'stroke-width': 3 },
    )
  return sheet(
    720,
    470,
    'Exercise 2. How large is the current through the ammeter?',
    path('M130 230V140H240M336 140H420M516 140H600V230M600 290V390H400M340 390H130V265', 'none', wire),
    zigzag(240, 140),
    zigzag(420, 140),
    text(288, 112, `R₁ = ${first} Ω`.replace('₁', '1'), { size: 18, anchor: 'middle', fill: ink }),
    text(468, 112, `R₂ = ${second} Ω`.replace('₂', '2'), { size: 18, anchor: 'middle', fill: ink }),
    line(100, 230, 160, 230, ink, { 'stroke-width': 3 }),
    line(115, 265, 145, 265, ink, { 'stroke-width': 7 }),
    text(84, 255, `${volts} V`, { size: 20, weight: 600, anchor: 'end', fill: ink }),
    text(176, 236, '+', { size: 22, fill: ink }),
    circle(600, 260, 30, '#ffffff', wire),
    text(600, 268, 'A', { size: 22, weight: 700, anchor: 'middle', fill: ink }),
    circle(340, 390, 5, ink),
    circle(400, 390, 5, ink),
    line(340, 390, 400, 390, ink, { 'stroke-width': 3 }),
    text(370, 424, 'switch (closed)', { size: 15, anchor: 'middle', fill: '#5b6875' }),
  )
}

/** A pupil's worksheet: printed exercises with an answer in handwriting each, some of them wrong. */
export function drawWorksheet(title: string, exercises: [task: string, answer: string][]): Svg {
  return sheet(
    620,
    130 + exercises.length * 58,
    title,
    ...exercises.map(([task, answer], index) => {
      const y = 118 + index * 58
      return (
        text(60, y, `${index + 1})`, { size: 18, fill: '#5b6875' }) +
        text(104, y, task, { size: 22, fill: ink }) +
        text(400, y, answer, { size: 25, italic: true, fill: pencil }) +
        line(380, y + 8, 520, y + 8, '#c9d2dc')
      )
    }),
  )
}

interface FoodWeb {
  animals: { name: string; at: [x: number, y: number]; colour: string }[]
  /** From the eaten to the eater. */
  arrows: [eaten: string, eater: string][]
}

/** Who eats whom, an arrow from the eaten to the eater. */
export function drawFoodWeb({ animals, arrows }: FoodWeb): Svg {
  const find = (name: string) => animals.find((animal) => animal.name === name)!.at
  const head = element(
    'marker',
    { id: 'head', viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: 7, markerHeight: 7, orient: 'auto' },
    path('M0 0L10 5L0 10Z', ink),
  )
  return sheet(
    760,
    560,
    'Food web of the pond. The arrows point to the animal that eats.',
    element('defs', {}, head),
    ...arrows.map(([eaten, eater]) => {
      const [[fromX, fromY], [toX, toY]] = [find(eaten), find(eater)]
      const length = Math.hypot(toX - fromX, toY - fromY)
      const [stepX, stepY] = [(toX - fromX) / length, (toY - fromY) / length]
      const gap = 34 / Math.max(Math.abs(stepY), 0.45)
      return line(fromX + stepX * gap, fromY + stepY * gap, toX - stepX * gap, toY - stepY * gap, ink, {
        'stroke-width': 2.2,
        'marker-end': 'url(#head)',
      })
    }),
    ...animals.map(
      ({ name, at: [x, y], colour }) =>
        rect(x - 74, y - 24, 148, 48, colour, { rx: 24 }) +
        text(x, y + 6, name, { size: 17, weight: 600, anchor: 'middle', fill: ink }),
    ),
  )
}
