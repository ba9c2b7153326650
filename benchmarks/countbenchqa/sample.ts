import { balloonColours, carColours, fishColours } from '../drawing/palette.ts'
import { seededRandom, type Random } from '../drawing/random.ts'
import { renderPng } from '../drawing/render.ts'
import { drawBalloons, drawCarPark, drawFishTank, drawMarketStall } from '../drawing/scenes.ts'
import type { Svg } from '../drawing/svg.ts'
import type { ParquetFile } from '../samples.ts'

const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

interface Thing {
  name: string
  draw(random: Random, count: number): Svg
}

const balloons: Thing = {
  name: 'hot air balloons',
  draw: (random, count) => drawBalloons(random, [{ ...random.pick(Object.values(balloonColours)), count }]),
}
const fish: Thing = {
  name: 'fish',
  draw: (random, count) =>
    drawFishTank(random, [{ ...random.pick(Object.values(fishColours)), count }], random.integer(0, count)),
}
const cars: Thing = {
  name: 'cars',
  draw(random, count) {
    const bays = Array.from({ length: 16 }, (_, bay) => (bay < count ? random.pick(Object.keys(carColours)) : ' '))
    const parked = random.shuffle(bays).join('')
    return drawCarPark([parked.slice(0, 8), parked.slice(8)], carColours)
  },
}
const oranges: Thing = {
  name: 'oranges',
  draw: (_, count) =>
    drawMarketStall('Mira’s fruit', [
      { fruit: 'Plums', colour: '#6b3f86', price: '2.50', count: 7 },
      { fruit: 'Oranges', colour: '#e8862b', price: '0.60', count },
      { fruit: 'Apples', colour: '#c33b32', price: '1.90', count: 9 },
    ]),
}

/** Every count from two to ten, three of them twice. */
const counted: [Thing, number][] = [
  [balloons, 2],
  [fish, 3],
  [cars, 4],
  [balloons, 5],
  [oranges, 6],
  [fish, 7],
  [cars, 8],
  [balloons, 9],
  [fish, 10],
  [cars, 3],
  [balloons, 7],
  [oranges, 4],
]

/** Twelve scenes of one kind of thing each, in the layout of the hub's copy, caption and all. */
export async function drawSample(seed: number): Promise<ParquetFile[]> {
  const rows = counted.map(([{ name, draw }, number], index) => ({
    image: { bytes: renderPng(draw(seededRandom(seed, `count-${index}`), number), 640), path: `${index}.png` },
    text: `A picture of ${words[number]} ${name}.`,
    question: `How many ${name} are there in the image?`,
    number,
  }))
  const columns = {
    image: { struct: { bytes: 'bytes', path: 'string' } },
    text: 'string',
    question: 'string',
    number: 'int32',
  } as const
  return [{ path: 'data/sample-00000-of-00001.parquet', columns, rows }]
}
