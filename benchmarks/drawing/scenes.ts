import type { Random } from './random.ts'
import { circle, element, ellipse, line, moved, path, picture, polygon, rect, text, type Svg } from './svg.ts'

function sky(id: string, from: string, to: string): Svg {
  const stop = (offset: string, colour: string) => element('stop', { offset, 'stop-color': colour })
  const gradient = element('linearGradient', { id, x1: 0, y1: 0, x2: 0, y2: 1 }, stop('0', from), stop('1', to))
  return element('defs', {}, gradient)
}

/** Places that keep a distance from each other, found by trying; positions are pixels. */
function scatter(
  random: Random,
  count: number,
  box: [number, number, number, number],
  apart: number,
): [number, number][] {
  const places: [number, number][] = []
  for (let tries = 0; places.length < count && tries < 5000; tries++) {
    const place: [number, number] = [random.integer(box[0], box[2]), random.integer(box[1], box[3])]
    if (places.every(([x, y]) => Math.hypot(x - place[0], y - place[1]) >= apart)) places.push(place)
  }
  return places
}

/** Hot-air balloons over hills: as many of each colour as `balloons` says. */
export function drawBalloons(random: Random, balloons: { colour: string; stripe: string; count: number }[]): Svg {
  const all = random.shuffle(balloons.flatMap((kind) => Array.from({ length: kind.count }, () => kind)))
  const places = scatter(random, all.length, [80, 80, 820, 360], 118).toSorted((a, b) => a[1] - b[1])
  return picture(
    900,
    600,
    '#bfe0f2',
    sky('sky', '#7db9e0', '#fbe9d2'),
    rect(0, 0, 900, 600, 'url(#sky)'),
    circle(740, 430, 46, '#ffe3a0'),
    path('M0 470Q150 380 330 450T640 430T900 460V600H0Z', '#8fae8b'),
    path('M0 530Q200 450 420 520T900 500V600H0Z', '#5f8a68'),
    path('M0 575Q250 520 520 570T900 556V600H0Z', '#3f6b50'),
    ...places.map(([x, y], index) => drawBalloon(x, y, 34 + (y / 360) * 14, all[index]!)),
  )
}

function drawBalloon(x: number, y: number, size: number, { colour, stripe }: { colour: string; stripe: string }): Svg {
  const drop = `M0 ${size * 1.35}C${-size * 0.35} ${size * 1.05} ${-size} ${size * 0.55} ${-size} 0A${size} ${size} 0 0 1 ${size} 0C${size} ${size * 0.55} ${size * 0.35} ${size * 1.05} 0 ${size * 1.35}Z`
  const band = `M0 ${size * 1.35}C${-size * 0.12} ${size} ${-size * 0.36} ${size * 0.5} ${-size * 0.36} 0A${size * 0.36} ${size} 0 0 1 ${size * 0.36} 0C${size * 0.36} ${size * 0.5} ${size * 0.12} ${size} 0 ${size * 1.35}Z`
  return moved(
    x,
    y,
    path(drop, colour),
    path(band, stripe),
    line(-size * 0.2, size * 1.2, -size * 0.14, size * 1.62, '#5b4632'),
    line(size * 0.2, size * 1.2, size * 0.14, size * 1.62, '#5b4632'),
    rect(-size * 0.18, size * 1.6, size * 0.36, size * 0.26, '#7a5634', { rx: 2 }),
  )
}

/** A fish tank with fish of several kinds, all facing one way except `against`. */
export function drawFishTank(
  random: Random,
  kinds: { colour: string; fin: string; count: number }[],
  against: number,
): Svg {
  const all = random.shuffle(kinds.flatMap((kind) => Array.from({ length: kind.count }, () => kind)))
  const places = scatter(random, all.length, [110, 130, 790, 400], 104)
  const plants = [90, 140, 640, 700, 760, 330].map((x, index) => {
    const tall = 120 + ((index * 53) % 110)
    return path(
      `M${x} 510Q${x - 26} ${510 - tall / 2} ${x + 6} ${510 - tall}Q${x + 22} ${510 - tall / 2} ${x + 12} 510Z`,
      index % 2 ? '#3f8f5b' : '#2d7449',
    )
  })
  return picture(
    900,
    600,
    '#e9e2d6',
    rect(36, 60, 828, 500, '#b9d8dd', { rx: 10 }),
    sky('water', '#8fd3e0', '#2a7f9e'),
    rect(50, 96, 800, 450, 'url(#water)'),
    path('M50 520Q200 490 340 512T640 502T850 516V546H50Z', '#e2c48d'),
    ...plants,
    ...scatter(random, 14, [70, 520, 830, 538], 34).map(([x, y], index) =>
      ellipse(x, y, 9, 6, ['#b69462', '#8d8b86', '#c9b48b'][index % 3]!),
    ),
    ...places.map(([x, y], index) => {
      const turned = index < against ? 'scale(-1 1)' : undefined
      return moved(x, y, element('g', { transform: turned }, drawFish(all[index]!)))
    }),
    ...scatter(random, 9, [120, 120, 780, 300], 60).map(([x, y], index) =>
      circle(x, y, 3 + (index % 4), 'none', { stroke: '#e9f8fa', 'stroke-width': 1.5 }),
    ),
  )
}

function drawFish({ colour, fin }: { colour: string; fin: string }): Svg {
  return [
    polygon(
      [
        [-26, 0],
        [-50, -19],
        [-45, 0],
        [-50, 19],
      ],
      fin,
    ),
    path('M-4 -16Q8 -32 18 -13Z', fin),
    ellipse(0, 0, 34, 19, colour),
    path('M-6 4Q4 16 10 4Z', fin),
    path('M14 -16Q8 0 14 16', 'none', { stroke: fin, 'stroke-width': 3 }),
    circle(23, -4, 4.4, '#ffffff'),
    circle(24.2, -4, 2.3, '#14202a'),
  ].join('')
}

interface Book {
  title: string
  colour: string
  /** Lies on its side at the end of the shelf. */
  lying?: boolean
}

/** Two shelves of books with readable spines, a plant and a clock. */
export function drawBookshelf(shelves: Book[][], clock: [hour: number, minute: number]): Svg {
  const parts = shelves.map((books, shelf) => {
    const floor = 300 + shelf * 270
    let x = 70
    const spines = books
      .filter(({ lying }) => !lying)
      .map(({ title, colour }, index) => {
        const width = 44 + ((index * 17 + shelf * 11) % 3) * 6
        const height = 190 + ((index * 29 + shelf * 13) % 4) * 12
        const spine = [
          rect(x, floor - height, width, height, colour, { rx: 3 }),
          rect(x, floor - height + 14, width, 5, '#ffffff55'),
          rect(x, floor - 24, width, 5, '#ffffff55'),
          text(x + width / 2 + 6, floor - 34, title, { size: 17, weight: 600, fill: '#fffaf0', turn: -90 }),
        ]
        x += width + 4
        return spine.join('')
      })
    const lying = books
      .filter((book) => book.lying)
      .map(({ title, colour }, index) => {
        const y = floor - 38 - index * 38
        return (
          rect(x + 16, y, 190, 36, colour, { rx: 3 }) +
          text(x + 30, y + 24, title, { size: 16, weight: 600, fill: '#fffaf0' })
        )
      })
    return (
      spines.join('') + lying.join('') + rect(40, floor, 820, 18, '#7a5230') + rect(40, floor + 18, 820, 5, '#5b3b20')
    )
  })
  const [hour, minute] = clock
  const hand = (turn: number, length: number, width: number) =>
    line(
      770,
      130,
      770 + length * Math.sin(2 * Math.PI * turn),
      130 - length * Math.cos(2 * Math.PI * turn),
      '#2b2b2b',
      { 'stroke-width': width, 'stroke-linecap': 'round' },
    )
  return picture(
    900,
    640,
    '#e6dccb',
    ...parts,
    circle(770, 130, 64, '#fffaf0', { stroke: '#7a5230', 'stroke-width': 8 }),
    ...Array.from({ length: 12 }, (_, at) => {
      const [sine, cosine] = [Math.sin((at * Math.PI) / 6), Math.cos((at * Math.PI) / 6)]
      return line(770 + 50 * sine, 130 - 50 * cosine, 770 + 56 * sine, 130 - 56 * cosine, '#2b2b2b', {
        'stroke-width': 3,
      })
    }),
    hand((hour + minute / 60) / 12, 30, 6),
    hand(minute / 60, 46, 4),
    circle(770, 130, 5, '#b2452c'),
    path('M760 570L772 500H828L840 570Z', '#b2653c'),
    ...[-50, -25, 0, 25, 50].map((lean) =>
      path(
        `M800 502Q${800 + lean * 0.4} 440 ${800 + lean} ${412 + Math.abs(lean) * 0.5}Q${812 + lean * 0.9} 450 800 502Z`,
        lean % 2 ? '#3f7d4e' : '#57996a',
      ),
    ),
  )
}

/** A car park from above: `plan` holds one letter per bay, blank for a free one; keys of `cars` are those letters. */
export function drawCarPark(plan: [string, string], cars: Record<string, string>): Svg {
  const bay = 84
  const width = 40 + plan[0].length * bay + 40
  const rows = plan.map((row, at) => {
    const top = at === 0 ? 40 : 340
    return [...row].map((key, index) => {
      const x = 40 + index * bay
      const number = text(x + bay / 2, at === 0 ? top + 16 : top + 158, String(at * row.length + index + 1), {
        size: 15,
        weight: 600,
        fill: '#d9dcde',
        anchor: 'middle',
      })
      const lines =
        line(x, top, x, top + 165, '#f2f2ee', { 'stroke-width': 3 }) +
        line(x + bay, top, x + bay, top + 165, '#f2f2ee', { 'stroke-width': 3 })
      return lines + number + (cars[key] ? drawCar(x + bay / 2, top + (at === 0 ? 92 : 74), cars[key]) : '')
    })
  })
  return picture(
    width,
    545,
    '#5d6468',
    ...rows.flat(),
    path(`M60 272H${width - 90}`, 'none', { stroke: '#e8c547', 'stroke-width': 4, 'stroke-dasharray': '26 18' }),
    polygon(
      [
        [width - 66, 272],
        [width - 92, 258],
        [width - 92, 286],
      ],
      '#e8c547',
    ),
  )
}

function drawCar(x: number, y: number, colour: string): Svg {
  return moved(
    x,
    y,
    rect(-27, -56, 54, 116, '#00000033', { rx: 16 }),
    ...[-38, 26].flatMap((wheel) => [
      rect(-30, wheel, 6, 20, '#22262a', { rx: 2 }),
      rect(24, wheel, 6, 20, '#22262a', { rx: 2 }),
    ]),
    rect(-26, -58, 52, 114, colour, { rx: 15 }),
    path('M-19 -24Q0 -36 19 -24L16 -8H-16Z', '#263743'),
    path('M-18 36Q0 43 18 36L15 24H-15Z', '#263743'),
    rect(-17, -6, 34, 28, '#ffffff22', { rx: 5 }),
    ellipse(-17, -53, 6, 3.5, '#fff4c4'),
    ellipse(17, -53, 6, 3.5, '#fff4c4'),
  )
}

/** A market stall: crates of fruit with a price card each. */
export function drawMarketStall(
  name: string,
  crates: { fruit: string; colour: string; price: string; count: number }[],
): Svg {
  const width = 900
  const slot = (width - 80) / crates.length
  const awning = Array.from({ length: 15 }, (_, index) => {
    const x = index * 60
    const colour = index % 2 ? '#f7efe2' : '#b7372f'
    return rect(x, 70, 60, 70, colour) + path(`M${x} 140a30 26 0 0 0 60 0Z`, colour)
  })
  return picture(
    width,
    500,
    '#dfe9ec',
    rect(0, 390, width, 110, '#b9ada0'),
    rect(60, 120, 14, 330, '#6b4a2f'),
    rect(826, 120, 14, 330, '#6b4a2f'),
    ...awning,
    rect(0, 24, width, 50, '#7d251f'),
    text(width / 2, 59, name, { size: 30, weight: 700, fill: '#fff4e3', anchor: 'middle' }),
    ...crates.map(({ fruit, colour, price, count }, index) => {
      const x = 40 + index * slot
      const inside = slot - 24
      const radius = (inside - 16) / 8
      const pieces = Array.from({ length: count }, (_, at) => {
        const row = Math.floor(at / 4)
        const cx = x + 12 + 8 + radius + (at % 4) * radius * 2
        const cy = 334 - radius - row * radius * 1.9
        return (
          circle(cx, cy, radius - 1, colour) +
          ellipse(cx - radius * 0.3, cy - radius * 0.35, radius * 0.25, radius * 0.17, '#ffffff88') +
          line(cx, cy - radius, cx + 3, cy - radius - 5, '#4d3a22', { 'stroke-width': 2.5 })
        )
      })
      return [
        rect(x + 12, 240, inside, 110, '#a87745'),
        ...pieces.reverse(),
        rect(x + 12, 328, inside, 62, '#c8935a'),
        line(x + 12, 359, x + 12 + inside, 359, '#96683a', { 'stroke-width': 3 }),
        rect(x + 26, 370, inside - 28, 58, '#fffdf5', { stroke: '#8a7d63' }),
        text(x + 12 + inside / 2, 393, fruit, { size: 16, weight: 600, anchor: 'middle', fill: '#2a2a2a' }),
        text(x + 12 + inside / 2, 418, price, { size: 18, weight: 700, anchor: 'middle', fill: '#b7372f' }),
      ].join('')
    }),
  )
}
