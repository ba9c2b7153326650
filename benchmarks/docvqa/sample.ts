import { drawForm, drawLetter, drawReceipt, drawTimetable } from '../drawing/documents.ts'
import { seededRandom, type Random } from '../drawing/random.ts'
import { renderPng } from '../drawing/render.ts'
import { scanned } from '../drawing/scan.ts'
import type { Svg } from '../drawing/svg.ts'
import type { SampleFile } from '../samples.ts'

interface Page {
  picture: Svg
  questions: { question: string; question_types: string[]; answers: string[] }[]
}

function asked(question_types: string[], question: string, ...answers: string[]) {
  return { question, question_types, answers }
}

/** Four pages with three questions each. Firms, places and people are invented. */
const pages: ((random: Random) => Page)[] = [
  (random) => {
    const kilos = random.integer(320, 480)
    const [day, month] = [random.integer(10, 28), random.pick(['March', 'April', 'May'])]
    return {
      picture: drawLetter({
        from: ['Lindmark Seed Company', '7 Granary Row, Lindmark'],
        date: `${day} ${month} 1968`,
        subject: 'Order 4471: clover and rye grass',
        paragraphs: [
          `Thank you for your order. We have set aside ${kilos} kilograms of red clover and 150 kilograms of rye grass, which will leave our store by rail on Monday.`,
          'The rye grass comes from a dry summer; please sow it a little more thickly than usual. Payment is due within thirty days.',
        ],
        signed: ['E. Falk', 'Dispatch office'],
      }),
      questions: [
        asked(['free_text'], 'How many kilograms of red clover were set aside?', `${kilos}`, `${kilos} kilograms`),
        asked(['layout'], 'What is the date of the letter?', `${day} ${month} 1968`),
        asked(['handwritten', 'free_text'], 'Who signed the letter?', 'E. Falk'),
      ],
    }
  },
  (random) => {
    const tea = random.number(2.1, 3.9)
    const items: [string, number, number][] = [
      ['Ginger tea', 2, tea],
      ['Oat biscuits', 1, 3.4],
      ['Honey 250 g', 1, 5.2],
    ]
    const total = items.reduce((sum, [, count, price]) => sum + count * price, 0)
    return {
      picture: drawReceipt({
        shop: 'Corner Greens',
        address: '14 Mill Lane · Brenholm',
        when: '21.02.2019   09:16   till 1',
        items,
        taxPercent: 5,
        paid: 'Paid in cash',
      }),
      questions: [
        asked(['form', 'table/list'], 'What is the total?', total.toFixed(2), `£${total.toFixed(2)}`),
        asked(['table/list'], 'How much do the oat biscuits cost?', '3.40'),
        asked(['layout'], 'What is the name of the shop?', 'Corner Greens'),
      ],
    }
  },
  (random) => ({
    picture: drawForm({
      title: 'Application for a reader’s card',
      office: 'Kelby Town Library',
      fields: [
        ['Name', 'Tove Lindqvist'],
        ['Street and number', `${random.integer(2, 90)} Harbour Street`],
        ['Date of birth', '03.11.1987'],
      ],
      choices: { label: 'Card', options: ['Adult', 'Student', 'Family'], ticked: ['Family'] },
    }),
    questions: [
      asked(['form', 'handwritten'], 'What is the name on the application?', 'Tove Lindqvist'),
      asked(['form'], 'Which kind of card is ticked?', 'Family'),
      asked(['Yes/No'], 'Is the box Student ticked?', 'No'),
    ],
  }),
  (random) => {
    const figures = Array.from({ length: 4 }, () => random.integer(110, 990))
    const years = ['1961', '1962', '1963', '1964']
    return {
      picture: drawTimetable({
        title: 'Table 3. Herring landed',
        note: 'In thousand barrels. Source: harbour office.',
        columns: ['Year', 'Norhavn', 'Port Evren', 'Kelby'],
        rows: years.map((year, index) => [year, String(figures[index]), String(700 - index * 60), String(90 + index)]),
        colour: '#4a5158',
      }),
      questions: [
        asked(['table/list'], 'How much was landed at Norhavn in 1963?', String(figures[2])),
        asked(['table/list'], 'How much was landed at Port Evren in 1961?', '700'),
        asked(['layout', 'others'], 'What is the number of the table?', '3', 'Table 3'),
      ],
    }
  },
]

/** Twelve questions on four scanned pages, in the layout of the competition's package. */
export async function drawSample(seed: number): Promise<SampleFile[]> {
  const drawn = pages.map((draw, page) => {
    const random = seededRandom(seed, `page-${page}`)
    const { picture, questions } = draw(random)
    return { image: `documents/page${page}.png`, bytes: renderPng(scanned(random, picture), 760), questions, page }
  })
  const data = drawn.flatMap(({ image, questions, page }) =>
    questions.map((question, index) => ({
      questionId: 100 * (page + 1) + index,
      ...question,
      image,
      docId: page,
      ucsf_document_id: '',
      ucsf_document_page_no: '1',
      data_split: 'sample',
    })),
  )
  return [
    {
      path: 'sample_v1.0_withQT.json',
      json: { dataset_name: 'SP-DocVQA', dataset_split: 'sample', dataset_version: '1.0', data },
    },
    ...drawn.map(({ image, bytes }) => ({ path: image, bytes })),
  ]
}
