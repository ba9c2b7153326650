import { createHash } from 'node:crypto'
import { balloonColours, carColours, fishColours } from '../drawing/palette.ts'
import { seededRandom, type Random } from '../drawing/random.ts'
import { renderPng } from '../drawing/render.ts'
import { drawBalloons, drawCarPark, drawFishTank } from '../drawing/scenes.ts'
import type { Svg } from '../drawing/svg.ts'
import type { SampleFile } from '../samples.ts'

/** A scene where only some of the things are meant. */
interface Scene {
  label: string
  count: number
  draw(random: Random): Svg
}

type Balloon = keyof typeof balloonColours
type Fish = keyof typeof fishColours

function balloons(label: string, count: number, counts: Partial<Record<Balloon, number>>): Scene {
  const kinds = Object.entries(counts).map(([name, count]) => ({ ...balloonColours[name as Balloon], count }))
  return { label, count, draw: (random) => drawBalloons(random, kinds) }
}

function fish(label: string, count: number, counts: Partial<Record<Fish, number>>): Scene {
  const kinds = Object.entries(counts).map(([name, count]) => ({ ...fishColours[name as Fish], count }))
  return { label, count, draw: (random) => drawFishTank(random, kinds, random.integer(0, 3)) }
}

/** `counted` are the letters of the bays that are meant. */
function cars(label: string, counted: string, plan: [string, string]): Scene {
  const count = [...plan.join('')].filter((bay) => counted.includes(bay)).length
  return { label, count, draw: () => drawCarPark(plan, carColours) }
}

const scenes: Scene[] = [
  balloons('red balloons', 4, { red: 4, blue: 3 }),
  balloons('balloons', 9, { red: 2, yellow: 4, green: 3 }),
  fish('orange fish', 3, { orange: 3, yellow: 4 }),
  cars('white cars', 'w', ['rw wb w', 'b w  wg']),
  fish('fish', 10, { orange: 4, yellow: 3, purple: 3 }),
  balloons('purple balloons', 2, { purple: 2, yellow: 5 }),
  cars('free parking spaces', ' ', ['rwb gbr ', 'yw r bg ']),
  fish('purple fish', 7, { purple: 7, orange: 2 }),
  cars('blue cars', 'b', ['rbwrgwr ', 'wbrgw br']),
  balloons('green balloons', 6, { green: 6, red: 1, blue: 1 }),
  fish('yellow fish', 5, { yellow: 5, purple: 4 }),
  cars('cars', 'rwbgy', ['r w b g ', 'w r  b y']),
]

/** Twelve scenes behind URLs, as the hub has them: a table of links and the pictures where fetching would put them. */
export async function drawSample(seed: number): Promise<SampleFile[]> {
  const drawn = scenes.map(({ label, count, draw }, index) => {
    const bytes = renderPng(draw(seededRandom(seed, `pixmo-${index}`)), 640)
    return { label, count, bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
  })
  const rows = drawn.map(({ label, count, sha256 }, index) => ({
    image_url: `https://example.org/sample/${index}.png`,
    image_sha256: sha256,
    count,
    points: { x: [], y: [] },
    label,
  }))
  const columns = {
    image_url: 'string',
    image_sha256: 'string',
    count: 'int32',
    points: { struct: { x: { list: 'double' }, y: { list: 'double' } } },
    label: 'string',
  } as const
  return [
    { path: 'data/sample-00000-of-00001.parquet', columns, rows },
    ...drawn.map(({ sha256, bytes }) => ({ path: `linked/${sha256.slice(0, 2)}/${sha256}`, bytes })),
  ]
}
