import { drawIsland } from '../drawing/atlas.ts'
import { drawChart } from '../drawing/charts/draw-chart.ts'
import { report } from '../drawing/charts/look.ts'
import { drawSteps, drawWaterUse } from '../drawing/infographics.ts'
import { seededRandom, type Random } from '../drawing/random.ts'
import { renderPng } from '../drawing/render.ts'
import type { Svg } from '../drawing/svg.ts'
import type { SampleFile } from '../samples.ts'

interface Question {
  question: string
  answers: string[]
  answer_type: string[]
  evidence: string[]
  'operation/reasoning': string[]
}

interface Sheet {
  picture: Svg
  questions: Question[]
}

function asked(
  question: string,
  answers: string[],
  [answerType, evidence, operation]: [answerType: string, evidence: string, operation?: string],
): Question {
  return {
    question,
    answers,
    answer_type: [answerType],
    evidence: [evidence],
    'operation/reasoning': operation ? [operation] : [],
  }
}

/** Four sheets with three questions each; their figures are made up. */
const sheets: ((random: Random) => Sheet)[] = [
  (random) => {
    const [shower, garden, kitchen] = [random.integer(44, 58), random.integer(20, 34), random.integer(10, 17)]
    return {
      picture: drawWaterUse({
        title: 'Where a day’s water goes',
        lead: 'One person in Brenholm, litres a day',
        uses: [
          { name: 'Shower', litres: shower, note: 'A minute less saves nine litres.', colour: '#2f7ea6' },
          { name: 'Garden', litres: garden, note: 'Watered in the evening, half of it is enough.', colour: '#4f9d69' },
          { name: 'Kitchen', litres: kitchen, note: 'Most of it is for washing up.', colour: '#c98a3a' },
        ],
        source: 'Source: Brenholm Waterworks',
      }),
      questions: [
        asked(
          'How many litres of water does the garden take a day?',
          [String(garden), `${garden} l`],
          ['image span', 'figure'],
        ),
        asked('What takes the least water?', ['kitchen'], ['image span', 'figure', 'comparison']),
        asked(
          'How many more litres does the shower take than the kitchen?',
          [String(shower - kitchen)],
          ['non span', 'figure', 'arithmetic'],
        ),
      ],
    }
  },
  () => ({
    picture: drawSteps('From sheep to scarf', [
      { name: 'Shear', note: 'Once a year, in early summer.', colour: '#7d9a5a' },
      { name: 'Wash', note: 'Twice in warm water, without soap.', colour: '#4c8fa8' },
      { name: 'Card', note: 'Brush until all fibres lie one way.', colour: '#b8863b' },
      { name: 'Spin', note: 'Two hundred metres make a ball.', colour: '#a6553a' },
    ]),
    questions: [
      asked('How many steps are shown?', ['4', 'four'], ['non span', 'photo/picture/visual objects', 'counting']),
      asked('Which step comes after washing?', ['card'], ['image span', 'textual']),
      asked('Is the wool washed with or without soap?', ['without soap', 'without'], ['question span', 'textual']),
    ],
  }),
  (random) => {
    const first = random.integer(38, 44)
    const values = [first, 100 - first - 33 - 12, 33, 12]
    return {
      picture: drawChart({
        kind: 'pie',
        look: report,
        title: 'How visitors reached the Vess Delta',
        subtitle: 'Share of 8,400 visitors, summer 2022',
        source: 'Source: Vess Delta Bird Station',
        categories: ['Bicycle', 'Boat', 'Bus', 'On foot'],
        series: [{ name: 'Visitors', values }],
        after: '%',
        width: 700,
        height: 460,
      }),
      questions: [
        asked('What share of visitors came by bus?', ['33%', '33'], ['image span', 'figure']),
        asked('Which way was used by the most visitors?', ['bicycle'], ['image span', 'figure', 'comparison']),
        asked('How many visitors were counted?', ['8,400', '8400'], ['image span', 'textual']),
      ],
    }
  },
  () => ({
    picture: drawIsland('Ronsay', [
      { name: 'Norhavn', at: [300, 200], kind: 'town' },
      { name: 'Mount Iver', at: [560, 190], kind: 'peak' },
      { name: 'Kelby', at: [420, 410], kind: 'town', label: 'above' },
    ]),
    questions: [
      asked('Which place lies furthest south?', ['kelby'], ['image span', 'map', 'comparison']),
      asked('What is the name of the island?', ['ronsay'], ['image span', 'map']),
      asked(
        'Which places lie in the north?',
        ['norhavn, mount iver', 'mount iver, norhavn'],
        ['multiple spans', 'map'],
      ),
    ],
  }),
]

/** Twelve questions on four sheets, in the layout of the competition's package. */
export async function drawSample(seed: number): Promise<SampleFile[]> {
  const drawn = sheets.map((draw, sheet) => {
    const { picture, questions } = draw(seededRandom(seed, `sheet-${sheet}`))
    return { name: `${sheet + 1}.png`, bytes: renderPng(picture, 700), questions, sheet }
  })
  const data = drawn.flatMap(({ name, questions, sheet }) =>
    questions.map((question, index) => ({
      questionId: 200 * (sheet + 1) + index,
      ...question,
      image_local_name: name,
      image_url: '',
      ocr_output_file: '',
      data_split: 'sample',
    })),
  )
  return [
    {
      path: 'infographicsVQA_sample_v1.0_withQT.json',
      json: { dataset_name: 'infographicVQA', dataset_split: 'sample', dataset_version: '1.0', data },
    },
    ...drawn.map(({ name, bytes }) => ({ path: `images/${name}`, bytes })),
  ]
}
