import { seededRandom, type Random } from '../drawing/random.ts'
import { renderPng } from '../drawing/render.ts'
import type { SampleFile } from '../samples.ts'
import { foodWeb, plant, waterCycle, type Diagram } from './sample-diagrams.ts'

interface Question {
  question: string
  options: string[]
  right: string
  abcLabel: boolean
}

interface Page {
  diagram: Diagram
  /** Words of the diagram stand for their letters in these. */
  letterOf: (word: string) => string
}

const letters = 'ABCDEFGHIJ'

/** Four diagrams; two of three questions on each speak of the letters that cover its words. */
const pages: { draw: () => Diagram; ask: (page: Page) => Question[] }[] = [
  {
    draw: () =>
      foodWeb(
        [
          ['Pondweed', 170, 490],
          ['Algae', 520, 490],
          ['Snail', 140, 350],
          ['Water flea', 560, 350],
          ['Stickleback', 420, 220],
          ['Heron', 300, 112],
        ],
        [
          ['Pondweed', 'Snail'],
          ['Algae', 'Water flea'],
          ['Water flea', 'Stickleback'],
          ['Stickleback', 'Heron'],
          ['Snail', 'Heron'],
        ],
      ),
    ask: ({ letterOf }) => [
      about(
        'Which letter stands for the stickleback?',
        ['Heron', 'Algae', 'Stickleback', 'Snail'].map(letterOf),
        letterOf('Stickleback'),
      ),
      about(
        `Which animal is shown by letter ${letterOf('Water flea')}?`,
        ['Heron', 'Water flea', 'Snail', 'Stickleback'],
        'Water flea',
      ),
      plainly('What does the snail eat?', ['Algae', 'Heron', 'Pondweed', 'Water flea'], 'Pondweed'),
    ],
  },
  {
    draw: plant,
    ask: ({ letterOf }) => [
      about(
        'Which label shows the part that takes up water?',
        ['Flower', 'Leaf', 'Root', 'Stem'].map(letterOf),
        letterOf('Root'),
      ),
      about(`What is the part labelled ${letterOf('Flower')}?`, ['Leaf', 'Flower', 'Root', 'Stem'], 'Flower'),
      plainly('How many leaves does the plant have?', ['1', '2', '3', '4'], '2'),
    ],
  },
  {
    draw: waterCycle,
    ask: ({ letterOf }) => [
      about(
        'At which letter does rain fall?',
        ['Run-off', 'Precipitation', 'Evaporation'].map(letterOf),
        letterOf('Precipitation'),
      ),
      about(
        `What happens at ${letterOf('Evaporation')}?`,
        ['Evaporation', 'Condensation', 'Run-off', '{}'],
        'Evaporation',
      ),
      plainly(
        'What comes before precipitation?',
        ['Run-off', 'Condensation', 'Run-off', 'Evaporation'],
        'Condensation',
      ),
    ],
  },
  {
    draw: () =>
      foodWeb(
        [
          ['Grass', 180, 490],
          ['Oak', 560, 490],
          ['Hare', 180, 330],
          ['Caterpillar', 560, 330],
          ['Tit', 480, 200],
          ['Hawk', 300, 112],
        ],
        [
          ['Grass', 'Hare'],
          ['Oak', 'Caterpillar'],
          ['Caterpillar', 'Tit'],
          ['Tit', 'Hawk'],
          ['Hare', 'Hawk'],
        ],
      ),
    ask: ({ letterOf }) => [
      about(
        'Which letter is at the top of the food web?',
        ['Grass', 'Hawk', 'Tit', 'Oak'].map(letterOf),
        letterOf('Hawk'),
      ),
      about(`What does ${letterOf('Hare')} stand for?`, ['Hare', 'Hawk', 'Oak', 'Tit'], 'Hare'),
      plainly(
        'Which animals does the hawk eat?',
        ['Hare and tit', 'Tit and caterpillar', 'Only hares'],
        'Hare and tit',
      ),
    ],
  },
]

function about(question: string, options: string[], right: string): Question {
  return { question, options, right, abcLabel: true }
}

function plainly(question: string, options: string[], right: string): Question {
  return { question, options, right, abcLabel: false }
}

/** Twelve questions on four diagrams, in the authors' folders. */
export async function drawSample(seed: number): Promise<SampleFile[]> {
  const files = pages.flatMap(({ draw, ask }, index): SampleFile[] => {
    const name = `${index}.png`
    const diagram = draw()
    const letterOf = lettersFor(seededRandom(seed, `diagram-${index}`), diagram)
    const questions = ask({ diagram, letterOf }).map(({ question, options, right, abcLabel }, at) => [
      question,
      { questionId: `${name}-${at}`, answerTexts: options, correctAnswer: options.indexOf(right), abcLabel },
    ])
    const text = diagram.labels.map(({ word, box: [left, top, right, bottom] }, at) => [
      `T${at}`,
      {
        rectangle: [
          [left, top],
          [right, bottom],
        ],
        replacementText: letterOf(word),
        value: word,
      },
    ])
    return [
      { path: `questions/${name}.json`, json: { imageName: name, questions: Object.fromEntries(questions) } },
      { path: `annotations/${name}.json`, json: { imageName: name, text: Object.fromEntries(text) } },
      { path: `images/${name}`, bytes: renderPng(diagram.picture) },
    ]
  })
  const ids = pages.map((_, index) => `${index}\n`).join('')
  return [{ path: 'ai2d_sample_ids.csv', bytes: new TextEncoder().encode(ids) }, ...files]
}

/** A letter for each word of the diagram, in no telling order. */
function lettersFor(random: Random, { labels }: Diagram): (word: string) => string {
  const shuffled = random.shuffle([...letters].slice(0, labels.length))
  const byWord = new Map(labels.map(({ word }, index) => [word, shuffled[index]!]))
  return (word) => byWord.get(word)!
}
