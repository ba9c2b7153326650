import { annotators } from '../drawing/annotators.ts'
import { drawMenuBoard } from '../drawing/documents.ts'
import { seededRandom, type Random } from '../drawing/random.ts'
import { renderPng } from '../drawing/render.ts'
import { drawBookshelf, drawMarketStall } from '../drawing/scenes.ts'
import { drawFingerPost, drawShopFront } from '../drawing/signs.ts'
import type { Svg } from '../drawing/svg.ts'
import type { ParquetFile } from '../samples.ts'

interface Scene {
  picture: Svg
  questions: [question: string, answers: string[]][]
}

/** Six scenes with writing in them, two questions each. Places and shops are invented. */
const scenes: ((random: Random) => Scene)[] = [
  (random) => {
    const distance = `${random.integer(3, 8)}.5 km`
    return {
      picture: drawFingerPost([
        { place: 'Vess Mill', distance, side: 'left' },
        { place: 'Lake Arden', distance: '2 km', side: 'right' },
        { place: 'Kelby', distance: '11 km', side: 'right' },
      ]),
      questions: [
        ['How far is it to Vess Mill?', annotators({ [distance]: 9, [distance.replace(' ', '')]: 1 })],
        ['Which place lies to the left?', annotators({ 'vess mill': 9, vess: 1 })],
      ],
    }
  },
  () => ({
    picture: drawShopFront(
      'The Quiet Kettle',
      'TEA ROOM',
      [
        ['Tue – Fri', '10 – 18'],
        ['Saturday', '10 – 22'],
        ['Sunday', '12 – 17'],
      ],
      'Fresh scones',
    ),
    questions: [
      ['What is the name of the tea room?', annotators({ 'the quiet kettle': 8, 'quiet kettle': 2 })],
      ['What is fresh today?', annotators({ scones: 9, 'fresh scones': 1 })],
    ],
  }),
  (random) => {
    const price = `${random.integer(4, 6)}.20`
    return {
      picture: drawMenuBoard({
        name: 'Harbour Kitchen',
        sections: [
          {
            title: 'Soups',
            items: [
              ['Tomato', '3.90'],
              ['Leek', price],
              ['Fish', '6.80'],
            ],
          },
          {
            title: 'Sweets',
            items: [
              ['Rice pudding', '3.20'],
              ['Plum cake', '3.60'],
            ],
          },
        ],
        note: 'Bread comes with every soup',
      }),
      questions: [
        ['How much is the leek soup?', annotators({ [price]: 10 })],
        ['What comes with every soup?', annotators({ bread: 10 })],
      ],
    }
  },
  () => ({
    picture: drawMarketStall('Nina’s Orchard', [
      { fruit: 'Pears', colour: '#b7bf4a', price: '2.80', count: 9 },
      { fruit: 'Quinces', colour: '#dfb93c', price: '3.70', count: 7 },
      { fruit: 'Plums', colour: '#6b3f86', price: '2.50', count: 12 },
      { fruit: 'Apples', colour: '#c33b32', price: '1.90', count: 10 },
    ]),
    questions: [
      ['Whose orchard is it?', annotators({ "nina's": 6, nina: 3, "nina's orchard": 1 })],
      ['What costs 3.70?', annotators({ quinces: 10 })],
    ],
  }),
  () => ({
    picture: drawBookshelf(
      [
        [
          { title: 'Tide Tables', colour: '#33607f' },
          { title: 'Moss', colour: '#3f6b50' },
          { title: 'Night Trains', colour: '#3a3f6b' },
        ],
        [
          { title: 'Salt', colour: '#8a3b2e' },
          { title: 'Bridges', colour: '#b07f2d' },
          { title: 'Weather Book', colour: '#7b4a63', lying: true },
        ],
      ],
      [7, 30],
    ),
    questions: [
      ['What is the title of the green book?', annotators({ moss: 10 })],
      ['Which book lies on its side?', annotators({ 'weather book': 9, weather: 1 })],
    ],
  }),
  () => ({
    picture: drawFingerPost([
      { place: 'Old Ferry', distance: '40 min', side: 'right' },
      { place: 'Gallows Hill', distance: '1 h 15', side: 'left' },
    ]),
    questions: [
      ['How long is the walk to the old ferry?', annotators({ '40 min': 7, '40 minutes': 3 })],
      ['Where does the left arm point to?', annotators({ 'gallows hill': 10 })],
    ],
  }),
]

/** Twelve questions on six scenes, in the layout of the hub's copy. */
export async function drawSample(seed: number): Promise<ParquetFile[]> {
  const rows = scenes.flatMap((draw, scene) => {
    const { picture, questions } = draw(seededRandom(seed, `text-${scene}`))
    const image = { bytes: renderPng(picture, 700), path: null }
    return questions.map(([question, answers], index) => ({
      image_id: `sample${scene}`,
      question_id: scene * 10 + index,
      question,
      image,
      answers,
      set_name: 'sample',
    }))
  })
  const columns = {
    image_id: 'string',
    question_id: 'int32',
    question: 'string',
    image: { struct: { bytes: 'bytes', path: 'string' } },
    answers: { list: 'string' },
    set_name: 'string',
  } as const
  return [{ path: 'data/sample-00000-of-00001.parquet', columns, rows }]
}
