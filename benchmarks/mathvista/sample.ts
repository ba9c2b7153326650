import { drawChart } from '../drawing/charts/draw-chart.ts'
import { almanac, portal } from '../drawing/charts/look.ts'
import { drawCircuit, drawLineGraph, drawTriangle } from '../drawing/homework.ts'
import { balloonColours } from '../drawing/palette.ts'
import { seededRandom, type Random } from '../drawing/random.ts'
import { renderPng } from '../drawing/render.ts'
import { drawBalloons } from '../drawing/scenes.ts'
import type { Svg } from '../drawing/svg.ts'
import type { ParquetFile } from '../samples.ts'

interface Problem {
  picture: Svg
  question: string
  choices?: string[]
  precision?: number
  answer: string
  answer_type: 'text' | 'integer' | 'float' | 'list'
  task: string
  context: string
  skills: string[]
}

const hints = {
  letter: 'Choose an option and give its letter, such as A, B or C, at the end.',
  integer: 'Give the answer as a whole number, such as 1, 2 or 3, at the end.',
  tenths: 'Give the answer with one decimal place, such as 1.2 or 1.3, at the end.',
  hundredths: 'Give the answer with two decimal places, such as 1.23 or 1.34, at the end.',
  list: 'Give the answer as a Python list, such as [1, 2] or [1.2, 1.3], at the end.',
}

const geometry = { task: 'geometry problem solving', context: 'geometry diagram', skills: ['geometry reasoning'] }
const chart = { task: 'figure question answering', context: 'bar chart', skills: ['statistical reasoning'] }
const lineChart = { ...chart, context: 'line plot' }
const graph = { task: 'textbook question answering', context: 'function plot', skills: ['algebraic reasoning'] }
const physics = { task: 'textbook question answering', context: 'scientific figure', skills: ['scientific reasoning'] }
const scene = { task: 'visual question answering', context: 'natural image', skills: ['arithmetic reasoning'] }

function harvest(random: Random) {
  const values = ['Apples', 'Pears', 'Plums', 'Quinces'].map((_, index) => 48 - index * 9 + random.integer(-3, 3))
  const categories = ['Apples', 'Pears', 'Plums', 'Quinces']
  const picture = drawChart({
    kind: 'column',
    look: portal,
    title: 'Harvest of the Kelby orchard, tonnes',
    source: 'Source: Kelby Orchard Trust',
    categories,
    series: [{ name: 'Tonnes', values }],
    values: true,
  })
  return { values, categories, picture }
}

function rainfall() {
  const values = [52, 61, 48, 83, 77, 40]
  const picture = drawChart({
    kind: 'line',
    look: almanac,
    title: 'Rain in Cala Blava, millimetres',
    source: 'Source: Cala Blava weather station',
    categories: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun'],
    series: [{ name: 'Rain', values, paint: almanac.paints[2]! }],
    values: true,
    from: 20,
  })
  return { values, picture }
}

const problems: ((random: Random) => Problem)[] = [
  (random) => {
    const [base, rise, long] = random.pick([
      [6, 8, 10],
      [9, 12, 15],
      [8, 15, 17],
    ] as const)
    return {
      ...geometry,
      picture: drawTriangle(base, rise, 'cm'),
      question: 'How long is the side x, in centimetres?',
      answer: String(long),
      answer_type: 'integer',
    }
  },
  () => ({
    ...geometry,
    picture: drawTriangle(5, 12, 'm'),
    question: 'What is the area of the triangle?',
    choices: ['17 m²', '30 m²', '60 m²', '65 m²'],
    answer: '30 m²',
    answer_type: 'text',
  }),
  () => ({
    ...geometry,
    picture: drawTriangle(4, 5, 'cm'),
    question: 'How long is the side x, in centimetres?',
    precision: 2,
    answer: '6.4',
    answer_type: 'float',
  }),
  (random) => {
    const slope = random.pick([2, -2])
    return {
      ...graph,
      picture: drawLineGraph(slope, 1),
      question: 'What is the slope of the line?',
      answer: String(slope),
      answer_type: 'integer',
    }
  },
  () => ({
    ...graph,
    picture: drawLineGraph(-1, 2),
    question: 'Does the function grow or fall?',
    choices: ['It grows', 'It falls'],
    answer: 'It falls',
    answer_type: 'text',
  }),
  () => ({
    ...graph,
    picture: drawLineGraph(1, -3),
    question: 'At which point does the line cross the vertical axis? Give its two coordinates.',
    answer: '[0, -3]',
    answer_type: 'list',
  }),
  (random) => {
    const second = random.pick([4, 14])
    return {
      ...physics,
      picture: drawCircuit(9, 6, second),
      question: 'How large is the current, in amperes?',
      precision: 2,
      answer: String(9 / (6 + second)),
      answer_type: 'float',
    }
  },
  () => ({
    ...physics,
    picture: drawCircuit(12, 3, 5),
    question: 'How large is the current, in amperes?',
    precision: 1,
    answer: '1.5',
    answer_type: 'float',
  }),
  (random) => {
    const { values, picture } = harvest(random)
    return {
      ...chart,
      picture,
      question: 'How many tonnes were harvested in all?',
      answer: String(values.reduce((sum, value) => sum + value, 0)),
      answer_type: 'integer',
      skills: ['statistical reasoning', 'arithmetic reasoning'],
    }
  },
  (random) => {
    const { categories, picture } = harvest(random)
    return {
      ...chart,
      picture,
      question: 'Which fruit gave the smallest harvest?',
      choices: categories,
      answer: 'Quinces',
      answer_type: 'text',
    }
  },
  () => {
    const { values, picture } = rainfall()
    const largest = Math.max(...values.slice(1).map((value, index) => Math.abs(value - values[index]!)))
    return {
      ...lineChart,
      picture,
      question: 'By how many millimetres did the rain change most from one month to the next?',
      answer: String(largest),
      answer_type: 'integer',
    }
  },
  (random) => {
    const red = random.integer(3, 6)
    const kinds = [
      { ...balloonColours.red, count: red },
      { ...balloonColours.blue, count: 3 },
    ]
    return {
      ...scene,
      picture: drawBalloons(random, kinds),
      question: 'Subtract all blue balloons. How many balloons are left?',
      answer: String(red),
      answer_type: 'integer',
    }
  },
]

function hintFor({ choices, answer_type, precision }: Problem): string {
  if (choices) return hints.letter
  if (answer_type === 'float') return precision === 1 ? hints.tenths : hints.hundredths
  return answer_type === 'list' ? hints.list : hints.integer
}

function queryFor(problem: Problem): string {
  const { question, choices } = problem
  const options = choices ? `\nChoices:\n${choices.map((choice, at) => `(${'ABCD'[at]}) ${choice}`).join('\n')}` : ''
  return `Hint: ${hintFor(problem)}\nQuestion: ${question}${options}`
}

/** Twelve problems, one picture each, in the layout of the hub's copy. */
export async function drawSample(seed: number): Promise<ParquetFile[]> {
  const rows = problems.map((draw, index) => {
    const problem = draw(seededRandom(seed, `problem-${index}`))
    const { picture, question, choices, precision, answer, answer_type, ...about } = problem
    return {
      pid: String(index + 1),
      question,
      image: `images/${index + 1}.jpg`,
      decoded_image: { bytes: renderPng(picture, 640), path: `${index + 1}.png` },
      choices: choices ?? null,
      unit: null,
      precision: precision ?? null,
      answer,
      question_type: choices ? 'multi_choice' : 'free_form',
      answer_type,
      metadata: {
        category: about.task === 'visual question answering' ? 'general-vqa' : 'math-targeted-vqa',
        grade: 'high school',
        language: 'english',
        source: 'sample',
        ...about,
      },
      query: queryFor(problem),
    }
  })
  const columns = {
    pid: 'string',
    question: 'string',
    image: 'string',
    decoded_image: { struct: { bytes: 'bytes', path: 'string' } },
    choices: { list: 'string' },
    unit: 'string',
    precision: 'double',
    answer: 'string',
    question_type: 'string',
    answer_type: 'string',
    metadata: {
      struct: {
        category: 'string',
        grade: 'string',
        language: 'string',
        source: 'string',
        task: 'string',
        context: 'string',
        skills: { list: 'string' },
      },
    },
    query: 'string',
  } as const
  return [{ path: 'data/sample-00000-of-00001.parquet', columns, rows }]
}
