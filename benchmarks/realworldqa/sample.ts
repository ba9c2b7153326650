import { drawTimetable } from '../drawing/documents.ts'
import { carColours } from '../drawing/palette.ts'
import { seededRandom, type Random } from '../drawing/random.ts'
import { renderPng } from '../drawing/render.ts'
import { drawCarPark, drawMarketStall } from '../drawing/scenes.ts'
import { drawFingerPost, drawShopFront } from '../drawing/signs.ts'
import type { Svg } from '../drawing/svg.ts'
import type { ParquetFile } from '../samples.ts'

interface Scene {
  picture: Svg
  questions: { question: string; answer: string }[]
}

/** A question whose options stand inside it; `right` is the letter. */
function choice(question: string, options: string[], right: string) {
  const lines = options.map((option, index) => `${'ABCD'[index]}. ${option}`).join('\n')
  const instruction = 'Please answer directly with only the letter of the correct option and nothing else.'
  return { question: `${question}\n\n${lines}\n${instruction}`, answer: right }
}

function short(question: string, answer: string) {
  return { question: `${question}\nPlease answer directly with a single word or number.`, answer }
}

/** Six street scenes with one question of each kind. */
const scenes: ((random: Random) => Scene)[] = [
  () => ({
    picture: drawCarPark(['rwbg wrg', 'wb ygrwb'], carColours),
    questions: [
      choice('In which row is there a yellow car?', ['The upper row', 'The lower row', 'Both rows'], 'B'),
      short('How many parking spaces are free?', '2'),
    ],
  }),
  (random) => {
    const far = random.integer(12, 19)
    return {
      picture: drawFingerPost([
        { place: 'Station', distance: '400 m', side: 'left' },
        { place: 'Castle', distance: '1 km', side: 'right' },
        { place: 'Coast path', distance: `${far} km`, side: 'left' },
      ]),
      questions: [
        choice('Which way must we turn for the castle?', ['Left', 'Straight on', 'Right'], 'C'),
        short('How many kilometres long is the coast path from here?', String(far)),
      ],
    }
  },
  () => ({
    picture: drawShopFront(
      'Leaf & Stem',
      'GARDEN SHOP',
      [
        ['Mon – Thu', '9 – 18'],
        ['Friday', '9 – 20'],
        ['Saturday', 'closed'],
      ],
      'Seeds: 2 for 1',
    ),
    questions: [
      choice('On which day is the shop open longest?', ['Monday', 'Thursday', 'Friday', 'Saturday'], 'C'),
      short('Can a plant be bought here on a Saturday?', 'No'),
    ],
  }),
  () => ({
    picture: drawMarketStall('Hill Farm', [
      { fruit: 'Apples', colour: '#c33b32', price: '2.40', count: 12 },
      { fruit: 'Pears', colour: '#b7bf4a', price: '2.90', count: 3 },
      { fruit: 'Plums', colour: '#6b3f86', price: '3.80', count: 9 },
    ]),
    questions: [
      choice('Which crate is nearly empty?', ['Apples', 'Pears', 'Plums'], 'B'),
      short('How many pears are left?', '3'),
    ],
  }),
  (random) => {
    const platform = random.integer(5, 8)
    return {
      picture: drawTimetable({
        title: 'Departures  Kelby',
        note: 'Trains to the coast leave from the lower level',
        columns: ['Time', 'Destination', 'Platform', 'Remark'],
        rows: [
          ['14:02', 'Norhavn', '1', ''],
          ['14:15', 'Lindmark', String(platform), '20 min late'],
          ['14:31', 'Port Evren', '2', ''],
          ['14:40', 'Norhavn', '1', 'cancelled'],
        ],
        colour: '#1d3f63',
      }),
      questions: [
        choice('Which train does not run?', ['14:02', '14:15', '14:31', '14:40'], 'D'),
        short('From which platform does the train to Lindmark leave?', String(platform)),
      ],
    }
  },
  () => ({
    picture: drawCarPark(['  r  ', 'b   w'], carColours),
    questions: [
      choice('What is the colour of the car at the lower left?', ['Red', 'Blue', 'White'], 'B'),
      short('How many cars are parked here?', '3'),
    ],
  }),
]

/** Twelve questions on six scenes, in the layout of the hub's copy. */
export async function drawSample(seed: number): Promise<ParquetFile[]> {
  const rows = scenes.flatMap((draw, scene) => {
    const { picture, questions } = draw(seededRandom(seed, `street-${scene}`))
    const image = { bytes: renderPng(picture, 700), path: `${scene}.png` }
    return questions.map((question) => ({ image, ...question }))
  })
  const columns = {
    image: { struct: { bytes: 'bytes', path: 'string' } },
    question: 'string',
    answer: 'string',
  } as const
  return [{ path: 'data/sample-00000-of-00001.parquet', columns, rows }]
}
