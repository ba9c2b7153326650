import { drawFlags, drawIsland, drawPlanets } from '../drawing/atlas.ts'
import { drawChart } from '../drawing/charts/draw-chart.ts'
import { institute, portal, report, weekly } from '../drawing/charts/look.ts'
import { drawReceipt } from '../drawing/documents.ts'
import { drawCircuit, drawFoodWeb, drawLineGraph, drawTriangle } from '../drawing/homework.ts'
import { drawFloorPlan } from '../drawing/infographics.ts'
import { renderPng } from '../drawing/render.ts'
import type { Svg } from '../drawing/svg.ts'
import type { ParquetFile } from '../samples.ts'

interface Problem {
  subject: string
  pictures: Svg[]
  question: string
  /** None: an open question. */
  options: string[]
  /** A letter, or the accepted answers of an open question. */
  answer: string | string[]
}

const flag = (country: string) => drawFlags([country])

/** Twelve problems from twelve subjects; one has its pictures among the options, one has two accepted answers. */
const problems: Problem[] = [
  {
    subject: 'Math',
    pictures: [drawTriangle(9, 12, 'cm')],
    question: '<image 1> How long is the hypotenuse x?',
    options: ['15 cm', '18 cm', '21 cm', '225 cm'],
    answer: 'A',
  },
  {
    subject: 'Physics',
    pictures: [drawCircuit(12, 2, 4)],
    question: 'Both resistors of the circuit <image 1> are in series. How large is the current in amperes?',
    options: [],
    answer: ['2', '2 A'],
  },
  {
    subject: 'Electronics',
    pictures: [drawCircuit(9, 100, 200)],
    question: 'What is the voltage across the larger resistor in <image 1>?',
    options: ['3 V', '4.5 V', '6 V', '9 V'],
    answer: 'C',
  },
  {
    subject: 'Design',
    pictures: ['France', 'Japan', 'Sweden'].map(flag),
    question: 'Which of these flags has rotational symmetry about its centre?',
    options: ['<image 1>', '<image 2>', '<image 3>'],
    answer: 'B',
  },
  {
    subject: 'Economics',
    pictures: [
      drawChart({
        kind: 'column',
        look: weekly,
        title: 'Exports of Ostmere, million crowns',
        source: 'Source: Ostmere Chamber of Trade',
        categories: ['2019', '2020', '2021', '2022'],
        series: [{ name: 'Exports', values: [200, 150, 180, 225] }],
        values: true,
      }),
    ],
    question: 'By how many per cent did exports grow from 2021 to 2022? <image 1>',
    options: ['5%', '20%', '25%', '45%'],
    answer: 'C',
  },
  {
    subject: 'Accounting',
    pictures: [
      drawReceipt({
        shop: 'Office Supply',
        address: '3 Dock Street · Norhavn',
        when: '05.05.2021   11:20   till 1',
        items: [
          ['Paper A4', 4, 5.5],
          ['Ink', 1, 18],
          ['Folders', 10, 1.2],
        ],
        taxPercent: 4,
        paid: 'Paid by card ending 2204',
      }),
    ],
    question: 'Paper and folders on <image 1> are booked as stationery. What amount is booked as stationery?',
    options: ['£12.00', '£18.00', '£22.00', '£34.00'],
    answer: 'D',
  },
  {
    subject: 'Biology',
    pictures: [
      drawFoodWeb({
        animals: [
          { name: 'Algae', at: [380, 490], colour: '#cfe6c4' },
          { name: 'Tadpole', at: [200, 340], colour: '#f3e3b6' },
          { name: 'Water flea', at: [560, 340], colour: '#f3e3b6' },
          { name: 'Stickleback', at: [380, 180], colour: '#f3cdb0' },
        ],
        arrows: [
          ['Algae', 'Tadpole'],
          ['Algae', 'Water flea'],
          ['Tadpole', 'Stickleback'],
          ['Water flea', 'Stickleback'],
        ],
      }),
    ],
    question: 'Which organism in <image 1> is a primary producer?',
    options: ['Stickleback', 'Tadpole', 'Water flea', 'Algae'],
    answer: 'D',
  },
  {
    subject: 'Geography',
    pictures: [
      drawIsland('Ronsay', [
        { name: 'Norhavn', at: [300, 200], kind: 'town' },
        { name: 'Mount Iver', at: [560, 190], kind: 'peak' },
        { name: 'Kelby', at: [420, 410], kind: 'town', label: 'above' },
      ]),
    ],
    question: 'In which square of the grid on <image 1> does Kelby lie?',
    options: ['B2', 'D5', 'F2', 'G4'],
    answer: 'B',
  },
  {
    subject: 'Sociology',
    pictures: [
      drawChart({
        kind: 'row',
        look: institute,
        title: 'Older people trust their neighbours more',
        subtitle: '% who trust their neighbours “a lot”',
        source: 'Source: Survey of 3,015 adults, Tarn Valley, June 2022.',
        categories: ['18–29', '30–44', '45–59', '60 and over'],
        series: [{ name: 'Neighbours', values: [31, 42, 55, 68], paint: institute.paints[2]! }],
        after: '%',
        values: true,
      }),
    ],
    question: 'Which reading of <image 1> holds?',
    options: [
      'Trust grows with age',
      "Trust doesn't depend on age",
      'Trust falls with age',
      'Trust is highest in middle age',
    ],
    answer: 'A',
  },
  {
    subject: 'Public_Health',
    pictures: [
      drawChart({
        kind: 'pie',
        look: report,
        title: 'Causes of absence, Hallow Hospital',
        source: 'Source: Hallow Hospital, 2022',
        categories: ['Colds', 'Back pain', 'Injuries', 'Other'],
        series: [{ name: 'Days', values: [45, 25, 10, 20] }],
        after: '%',
      }),
      drawChart({
        kind: 'pie',
        look: portal,
        title: 'Causes of absence, Vess Clinic',
        source: 'Source: Vess Clinic, 2022',
        categories: ['Colds', 'Back pain', 'Injuries', 'Other'],
        series: [{ name: 'Days', values: [38, 32, 12, 18] }],
        after: '%',
      }),
    ],
    question: 'Compare <image 1> with <image 2>. Which cause takes a smaller share at the clinic than at the hospital?',
    options: ['Colds', 'Back pain', 'Injuries'],
    answer: 'A',
  },
  {
    subject: 'Architecture_and_Engineering',
    pictures: [
      drawFloorPlan(
        'Flat 3, second floor',
        [
          { name: 'Living room', area: '24 m²', at: [60, 90, 380, 300], colour: '#f3ead7' },
          { name: 'Kitchen', area: '11 m²', at: [440, 90, 240, 180], colour: '#e2eee4' },
          { name: 'Bath', area: '6 m²', at: [440, 270, 240, 120], colour: '#dbe9f1' },
        ],
        [[440, 140, true]],
        [[160, 90, false]],
      ),
    ],
    question: 'What is the total floor area of the rooms in <image 1>?',
    options: ['30 m²', '35 m²', '41 m²', '46 m²'],
    answer: 'C',
  },
  {
    subject: 'Art',
    pictures: [drawPlanets(), drawLineGraph(1, 0)],
    question:
      'Which of the two pictures, the row of planets <image 1> or the graph <image 2>, is dark on the whole? Answer with its content.',
    options: [],
    answer: 'planets',
  },
]

/** A list as Python prints it; our texts need no escapes but for the quote. */
function pythonList(texts: string[]): string {
  return `[${texts.map((text) => (text.includes("'") ? `"${text}"` : `'${text}'`)).join(', ')}]`
}

/** The twelve problems in the layout of the hub's copy. */
export async function drawSample(): Promise<ParquetFile[]> {
  const rows = problems.map(({ subject, pictures, question, options, answer }, index) => ({
    id: `sample_${subject}_${index + 1}`,
    question,
    options: pythonList(options),
    explanation: '',
    ...Object.fromEntries(
      pictures.map((picture, at) => [`image_${at + 1}`, { bytes: renderPng(picture, 560), path: `${at + 1}.png` }]),
    ),
    answer: typeof answer === 'string' ? answer : pythonList(answer),
    question_type: options.length > 0 ? 'multiple-choice' : 'open',
  }))
  const image = { struct: { bytes: 'bytes', path: 'string' } } as const
  const columns = {
    id: 'string',
    question: 'string',
    options: 'string',
    explanation: 'string',
    image_1: image,
    image_2: image,
    image_3: image,
    image_4: image,
    image_5: image,
    image_6: image,
    image_7: image,
    answer: 'string',
    question_type: 'string',
  } as const
  return [{ path: 'data/sample-00000-of-00001.parquet', columns, rows }]
}
