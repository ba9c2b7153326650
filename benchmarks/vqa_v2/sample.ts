import { annotators } from '../drawing/annotators.ts'
import { balloonColours, carColours, fishColours } from '../drawing/palette.ts'
import { seededRandom, type Random } from '../drawing/random.ts'
import { renderPng } from '../drawing/render.ts'
import { drawBalloons, drawBookshelf, drawCarPark, drawFishTank, drawMarketStall } from '../drawing/scenes.ts'
import { drawShopFront } from '../drawing/signs.ts'
import type { Svg } from '../drawing/svg.ts'
import type { ParquetFile } from '../samples.ts'

interface Question {
  question: string
  question_type: string
  answer_type: 'yes/no' | 'number' | 'other'
  answers: string[]
}

interface Scene {
  picture: Svg
  questions: Question[]
}

function asked(
  answer_type: Question['answer_type'],
  question_type: string,
  question: string,
  counts: Record<string, number>,
): Question {
  return { question, question_type, answer_type, answers: annotators(counts) }
}

/** Six scenes with two questions each; annotators agree on some and differ on others, as people do. */
const scenes: ((random: Random) => Scene)[] = [
  (random) => {
    const red = random.integer(3, 5)
    const balloons = [
      { ...balloonColours.red, count: red },
      { ...balloonColours.blue, count: 2 },
    ]
    return {
      picture: drawBalloons(random, balloons),
      questions: [
        asked('number', 'how many', 'How many red balloons are there?', { [red]: 8, [red - 1]: 1, [red + 1]: 1 }),
        asked('yes/no', 'is there', 'Is there a green balloon in the sky?', { no: 10 }),
      ],
    }
  },
  (random) => ({
    picture: drawFishTank(random, [{ ...fishColours.orange, count: 6 }], 2),
    questions: [
      asked('number', 'how many', 'How many fish are swimming to the left?', { 2: 7, 3: 2, 4: 1 }),
      asked('other', 'what color are the', 'What color are the fish?', { orange: 9, 'orange and red': 1 }),
    ],
  }),
  () => ({
    picture: drawMarketStall('Green Corner', [
      { fruit: 'Apples', colour: '#c33b32', price: '2.40', count: 10 },
      { fruit: 'Lemons', colour: '#efd23f', price: '3.10', count: 8 },
      { fruit: 'Plums', colour: '#6b3f86', price: '4.50', count: 12 },
    ]),
    questions: [
      asked('other', 'which', 'Which fruit is the most expensive?', { plums: 8, plum: 2 }),
      asked('yes/no', 'are the', 'Are the lemons between the apples and the plums?', { yes: 10 }),
    ],
  }),
  () => ({
    picture: drawCarPark(['rw rb r ', ' w r  br'], carColours),
    questions: [
      asked('yes/no', 'are there', 'Are there more red cars than white cars?', { yes: 10 }),
      asked('number', 'how many', 'How many parking spaces are empty?', { 7: 6, 6: 3, 8: 1 }),
    ],
  }),
  () => ({
    picture: drawBookshelf(
      [
        [
          { title: 'Rivers', colour: '#33607f' },
          { title: 'Old Maps', colour: '#8a3b2e' },
          { title: 'Bread', colour: '#b07f2d' },
          { title: 'Birds', colour: '#3f6b50' },
        ],
        [
          { title: 'Stars', colour: '#3a3f6b' },
          { title: 'Tales', colour: '#7b4a63' },
          { title: 'Letters', colour: '#6b6b3f', lying: true },
        ],
      ],
      [10, 10],
    ),
    questions: [
      asked('other', 'what time', 'What time does the clock show?', { '10:10': 8, '2:50': 1, 'ten past ten': 1 }),
      asked('yes/no', 'is the', 'Is the lower shelf full?', { no: 9, yes: 1 }),
    ],
  }),
  () => ({
    picture: drawShopFront(
      'Fern & Fig',
      'HOUSE PLANTS',
      [
        ['Mon – Fri', '9 – 18'],
        ['Saturday', '10 – 14'],
        ['Sunday', 'closed'],
      ],
      'Half price ferns',
    ),
    questions: [
      asked('other', 'what', 'What does this shop sell?', { plants: 7, 'house plants': 2, flowers: 1 }),
      asked('yes/no', 'can you', 'Can you shop here on a Sunday?', { no: 10 }),
    ],
  }),
]

/** Twelve questions on six scenes, in the layout of the hub's copy. */
export async function drawSample(seed: number): Promise<ParquetFile[]> {
  const rows = scenes.flatMap((draw, scene) => {
    const { picture, questions } = draw(seededRandom(seed, `vqa-${scene}`))
    const image = { bytes: renderPng(picture, 640), path: `${scene}.png` }
    return questions.map(({ answers, ...question }, index) => ({
      ...question,
      question_id: scene * 1000 + index,
      image_id: scene,
      image,
      multiple_choice_answer: answers[0],
      answers: answers.map((answer, at) => ({ answer, answer_confidence: 'yes', answer_id: at + 1 })),
    }))
  })
  const columns = {
    question_type: 'string',
    multiple_choice_answer: 'string',
    answers: { list: { struct: { answer: 'string', answer_confidence: 'string', answer_id: 'int64' } } },
    image_id: 'int64',
    answer_type: 'string',
    question_id: 'int64',
    question: 'string',
    image: { struct: { bytes: 'bytes', path: 'string' } },
  } as const
  return [{ path: 'data/sample-00000-of-00001.parquet', columns, rows }]
}
