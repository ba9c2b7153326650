import { circle, ellipse, line, path, picture, polygon, rect, text, type Svg } from './svg.ts'

type Flag = (x: number, y: number, width: number, height: number) => Svg

function bands(colours: string[], upright: boolean): Flag {
  return (x, y, width, height) =>
    colours
      .map((colour, index) => {
        const share = index / colours.length
        return upright
          ? rect(x + width * share, y, width / colours.length + 0.5, height, colour)
          : rect(x, y + height * share, width, height / colours.length + 0.5, colour)
      })
      .join('')
}

function nordic(ground: string, cross: string): Flag {
  return (x, y, width, height) =>
    rect(x, y, width, height, ground) +
    rect(x + width * 0.29, y, width * 0.12, height, cross) +
    rect(x, y + height * 0.41, width, height * 0.18, cross)
}

/** Flags of countries by their English names; colours and shapes simplified, not their exact legal proportions. */
const flags: Record<string, Flag> = {
  France: bands(['#23408e', '#ffffff', '#d8252f'], true),
  Italy: bands(['#1a8f4c', '#ffffff', '#cc2b37'], true),
  Germany: bands(['#1c1c1c', '#d51f26', '#f6c913'], false),
  Ukraine: bands(['#2c66b8', '#f8d12e'], false),
  Sweden: nordic('#1f6aa8', '#f6ca2c'),
  Finland: nordic('#ffffff', '#20407f'),
  Japan: (x, y, width, height) =>
    rect(x, y, width, height, '#ffffff') + circle(x + width / 2, y + height / 2, height * 0.3, '#bc1f36'),
  Switzerland: (x, y, width, height) => {
    const [cx, cy, arm] = [x + width / 2, y + height / 2, height * 0.31]
    const cross =
      rect(cx - arm, cy - arm * 0.3, arm * 2, arm * 0.6, '#fff') +
      rect(cx - arm * 0.3, cy - arm, arm * 0.6, arm * 2, '#fff')
    return rect(x, y, width, height, '#d5232d') + cross
  },
  Chile: (x, y, width, height) =>
    rect(x, y, width, height / 2, '#ffffff') +
    rect(x, y + height / 2, width, height / 2, '#cf2b32') +
    rect(x, y, height / 2, height / 2, '#23459b') +
    polygon(star(x + height / 4, y + height / 4, height * 0.16), '#ffffff'),
}

function star(x: number, y: number, radius: number): [number, number][] {
  return Array.from({ length: 10 }, (_, at) => {
    const reach = at % 2 ? radius * 0.382 : radius
    return [x + reach * Math.sin((at * Math.PI) / 5), y - reach * Math.cos((at * Math.PI) / 5)]
  })
}

/** Flags in rows of three, each with a letter below. */
export function drawFlags(countries: string[]): Svg {
  const rows = Math.ceil(countries.length / 3)
  return picture(
    840,
    40 + rows * 216,
    '#eceff1',
    ...countries.map((country, index) => {
      const [x, y] = [40 + (index % 3) * 262, 36 + Math.floor(index / 3) * 216]
      const letter = text(x + 118, y + 182, 'ABCDEFGHI'[index]!, {
        size: 20,
        weight: 700,
        anchor: 'middle',
        fill: '#37474f',
      })
      return flags[country]!(x, y, 236, 152) + rect(x, y, 236, 152, 'none', { stroke: '#90a4ae' }) + letter
    }),
  )
}

/** The brightest stars of Orion where they stand to each other, north up, without names. */
export function drawOrion(specks: [x: number, y: number][]): Svg {
  // Right ascension and declination of the figure's stars, projected by eye to pixels; sizes follow magnitude.
  const stars: Record<string, [x: number, y: number, size: number, colour: string]> = {
    betelgeuse: [232, 196, 8, '#ffb27a'],
    bellatrix: [452, 214, 6, '#dbe7ff'],
    meissa: [356, 110, 4, '#dbe7ff'],
    alnitak: [306, 414, 5.6, '#dbe7ff'],
    alnilam: [346, 390, 5.8, '#dbe7ff'],
    mintaka: [384, 364, 5.2, '#dbe7ff'],
    saiph: [292, 598, 5.6, '#dbe7ff'],
    rigel: [500, 570, 8.2, '#cfdcff'],
  }
  const joins =
    'betelgeuse-meissa meissa-bellatrix betelgeuse-bellatrix betelgeuse-alnitak bellatrix-mintaka alnitak-alnilam alnilam-mintaka alnitak-saiph mintaka-rigel saiph-rigel'
  return picture(
    720,
    720,
    '#0b1430',
    ...specks.map(([x, y], index) => circle(x, y, 0.8 + (index % 3) * 0.5, '#9fb0d8', { opacity: 0.7 })),
    ...joins.split(' ').map((join) => {
      const [from, to] = join.split('-').map((name) => stars[name]!)
      return line(from![0], from![1], to![0], to![1], '#5a73b8', { 'stroke-width': 1.4, 'stroke-dasharray': '5 5' })
    }),
    ...Object.values(stars).map(
      ([x, y, size, colour]) => circle(x, y, size * 2.2, colour, { opacity: 0.16 }) + circle(x, y, size, colour),
    ),
  )
}

/** The eight planets in their order from the Sun, numbered, not named; sizes only suggest the real ones. */
export function drawPlanets(): Svg {
  const planets: [radius: number, colour: string, shade: string][] = [
    [13, '#a79c90', '#7f766c'],
    [22, '#e0bd7d', '#c49a55'],
    [24, '#3f7fc4', '#4f9a5a'],
    [17, '#c8643c', '#9d4526'],
    [62, '#d9b48a', '#b07d52'],
    [50, '#e3cf9d', '#c3a76a'],
    [34, '#9ed3d8', '#84bcc3'],
    [33, '#3f66c9', '#3152a8'],
  ]
  let x = 130
  return picture(
    1120,
    400,
    '#0d0f1c',
    ...Array.from({ length: 90 }, (_, at) =>
      circle((at * 337) % 1120, (at * 197) % 400, 0.6 + (at % 3) * 0.4, '#aab2d5', { opacity: 0.6 }),
    ),
    circle(-120, 190, 210, '#f6b63c'),
    circle(-120, 190, 196, '#fcd267'),
    ...planets.map(([radius, colour, shade], index) => {
      x += radius + (index > 3 ? 46 : 24)
      const cx = x
      x += radius
      const rings =
        index === 5
          ? ellipse(cx, 190, radius * 1.62, radius * 0.42, 'none', {
              stroke: '#cbb98b',
              'stroke-width': 9,
              opacity: 0.85,
            })
          : ''
      const stripes =
        index > 3 && index < 6
          ? [-0.45, -0.1, 0.3].map((at) => {
              const half = Math.sqrt(1 - at * at) * radius
              return line(cx - half, 190 + at * radius, cx + half, 190 + at * radius, shade, {
                'stroke-width': radius * 0.13,
                'stroke-linecap': 'round',
              })
            })
          : []
      const land = index === 2 ? path(`M${cx - 14} 178q9 -12 18 -4t10 14q-12 12 -20 3t-8 -13Z`, shade) : ''
      const back =
        index === 5
          ? path(`M${cx - radius} 190A${radius} ${radius} 0 0 1 ${cx + radius} 190Z`, colour) +
            line(cx - radius * 0.85, 164, cx + radius * 0.85, 164, shade, { 'stroke-width': 6 })
          : ''
      return (
        circle(cx, 190, radius, colour) +
        stripes.join('') +
        land +
        rings +
        back +
        text(cx, 330, String(index + 1), { size: 20, weight: 600, anchor: 'middle', fill: '#e6e9f5' })
      )
    }),
  )
}

/** A made-up island with places, a grid of letters and numbers and a scale bar. */
export function drawIsland(
  name: string,
  places: { name: string; at: [x: number, y: number]; kind: 'town' | 'peak' | 'light'; label?: 'left' | 'above' }[],
): Svg {
  const coast =
    'M150 300Q130 190 240 160T430 110Q560 90 640 170T740 330Q760 430 650 470T450 520Q350 560 260 490T150 300Z'
  const marks = { town: '#7a2f2a', peak: '#5d4c37', light: '#c98a1b' }
  return picture(
    880,
    660,
    '#bcdde6',
    ...[0, 1, 2, 3, 4, 5, 6, 7].map(
      (at) =>
        line(40 + at * 100, 40, 40 + at * 100, 600, '#a5cad6') +
        text(90 + at * 100, 32, 'ABCDEFGH'[at]!, { size: 15, weight: 600, anchor: 'middle', fill: '#41626d' }),
    ),
    ...[0, 1, 2, 3, 4].map(
      (at) =>
        line(40, 100 + at * 100, 840, 100 + at * 100, '#a5cad6') +
        text(22, 100 + at * 100 - 40, String(at + 1), { size: 15, weight: 600, anchor: 'middle', fill: '#41626d' }),
    ),
    rect(40, 40, 800, 560, 'none', { stroke: '#41626d', 'stroke-width': 2 }),
    path(coast, '#e9dfb8', { stroke: '#b39b62', 'stroke-width': 8 }),
    path(coast, '#c9d8a4', { transform: 'translate(36 26) scale(0.92)' }),
    path('M300 420Q360 380 430 400T560 330Q600 300 610 230', 'none', { stroke: '#fffdf2', 'stroke-width': 7 }),
    path('M300 420Q360 380 430 400T560 330Q600 300 610 230', 'none', { stroke: '#b2573b', 'stroke-width': 3 }),
    path('M420 240Q400 300 340 330T230 350T152 330', 'none', { stroke: '#5ea3c2', 'stroke-width': 5 }),
    ellipse(480, 450, 44, 20, '#5ea3c2'),
    ...places.map(({ name: place, at: [x, y], kind, label }) => {
      const mark =
        kind === 'peak'
          ? polygon(
              [
                [x, y - 18],
                [x - 15, y + 8],
                [x + 15, y + 8],
              ],
              marks.peak,
            )
          : kind === 'light'
            ? polygon(star(x, y, 14), marks.light)
            : circle(x, y, 8, marks.town, { stroke: '#fff', 'stroke-width': 2 })
      const style = { size: 17, weight: 600, fill: '#2f2a20' } as const
      if (label === 'above') return mark + text(x, y - 18, place, { ...style, anchor: 'middle' })
      if (label === 'left') return mark + text(x - 20, y + 6, place, { ...style, anchor: 'end' })
      return mark + text(x + 20, y + 6, place, style)
    }),
    rect(660, 556, 120, 8, '#2f2a20'),
    rect(720, 558, 58, 4, '#ffffff'),
    text(660, 548, '0', { size: 13, anchor: 'middle', fill: '#2f2a20' }),
    text(780, 548, '6 km', { size: 13, anchor: 'middle', fill: '#2f2a20' }),
    text(60, 580, name, { size: 27, weight: 700, italic: true, fill: '#2d4a55' }),
  )
}
