import { z } from 'zod'
import {
  defineBenchmark,
  type DataFiles,
  type Example,
  type ImagePart,
  type Layout,
  type Overlay,
  type Prompt,
} from '../benchmark.ts'
import { hubImage, hubRows } from '../hub.ts'
import { mean } from '../metrics.ts'
import { imagesOf, lettered, molmoChoice, vlmevalkitChoice } from '../prompts.ts'
import { lmmsEvalAi2d } from '../scoring/choice/lmms-eval-choice.ts'
import { choicesOf, inferredChoice, letterOf, selectedChoiceBy } from '../scoring/choice/multiple-choice.ts'
import type { Question } from '../scoring/scorer.ts'

interface Row {
  /** Null where the data has none; its position in the data is used instead. */
  id: string | null
  image: ImagePart
  question: string
  options: string[]
  /** Index of the right option, before any clean-up. */
  answer: number
  /** Whether the question refers to letters in the picture; null where the data does not say. */
  aboutLetters: boolean | null
  labels: { box: Overlay['box']; letter: string }[]
}

/** `lmms-lab/ai2d`: the boxes are in its pictures already, opaque, so it serves that variant only. */
const hub: Layout<Row> = {
  name: 'hub',
  row: z
    .object({
      image: hubImage,
      question: z.string(),
      options: z.array(z.string()).min(1),
      answer: z.string().regex(/^\d+$/, 'expected the index of an option'),
    })
    .transform((row): Row => ({ ...row, id: null, answer: Number(row.answer), aboutLetters: null, labels: [] })),
  rows: (files, split) => hubRows(files, split, ['image', 'question', 'options', 'answer']),
}

/** The authors' folders `questions/`, `annotations/` and `images/`, and a list of the picture ids of the split. */
const official: Layout<Row> = {
  name: 'official',
  row: z
    .object({
      image: hubImage,
      labels: z.custom<Row['labels']>(Array.isArray),
      question: z.string(),
      questionId: z.string(),
      answerTexts: z.array(z.string()).min(1),
      correctAnswer: z.number().int().nonnegative(),
      abcLabel: z.boolean(),
    })
    .transform(({ image, labels, question, questionId, answerTexts, correctAnswer, abcLabel }): Row => {
      const asked = { question, options: answerTexts, answer: correctAnswer, aboutLetters: abcLabel }
      return { id: questionId, image, labels, ...asked }
    }),
  async *rows(files, split) {
    const ids = files.names.find((name) => new RegExp(`(^|/)(ai2d_)?${split}[^/]*\\.csv$`).test(name))
    if (!ids) return
    const wanted = new Set(new TextDecoder().decode(await files.bytes(ids)).split(/[\s,]+/))
    for (const name of files.names) {
      const [, root, picture] = /^(.*?)questions\/([^/]+)\.json$/.exec(name) ?? []
      if (root === undefined || picture === undefined) continue
      if (wanted.has(picture) || wanted.has(picture.replace(/\.\w+$/, ''))) yield* questionsOn(files, root, picture)
    }
  },
}

const questionFile = z.object({ questions: z.record(z.string(), z.looseObject({})) })
const point = z.tuple([z.number(), z.number()])
const label = z.looseObject({ rectangle: z.tuple([point, point]), replacementText: z.string() })
const annotationFile = z.object({ text: z.union([z.array(label), z.record(z.string(), label)]) })

async function* questionsOn(files: DataFiles, root: string, picture: string) {
  const { text } = annotationFile.parse(await files.json(`${root}annotations/${picture}.json`))
  const labels = Object.values(text).map(({ rectangle: [[x1, y1], [x2, y2]], replacementText }) => ({
    box: [x1, y1, x2, y2],
    letter: replacementText,
  }))
  const { questions } = questionFile.parse(await files.json(`${root}questions/${picture}.json`))
  const image = await files.picture(`${root}images/${picture}`)
  for (const [question, rest] of Object.entries(questions)) yield { ...rest, question, image, labels }
}

/** Shapes a row; questions about letters get their boxes in the given style. Options `{}` and repeats are dropped first. */
function toExample(style: Overlay['style']) {
  return (row: Row, index: number): Example<string> => {
    const choices = [...new Set(row.options.filter((option) => option !== '{}'))]
    const gold = choices.indexOf(row.options[row.answer] ?? '')
    const overlays = row.aboutLetters ? row.labels.map(({ box, letter }) => ({ box, text: letter, style })) : []
    return {
      id: row.id ?? String(index),
      parts: [overlays.length > 0 ? { ...row.image, overlays } : row.image, row.question],
      question: row.question,
      choices,
      gold: gold < 0 ? null : letterOf(gold),
      tags: [
        ...(row.aboutLetters === null ? [] : [row.aboutLetters ? 'letters in the picture' : 'no letters']),
        ...(optionsAreLetters(row, choices) ? [unlettered] : []),
      ],
    }
  }
}

const unlettered = 'options are letters'

/** Molmo puts no letters before the options when all of them, or all but one, are letters drawn on the picture. */
function optionsAreLetters({ aboutLetters, labels }: Row, choices: string[]): boolean {
  if (aboutLetters === false) return false
  const drawn = new Set(labels.map(({ letter }) => letter.toUpperCase()))
  const letters = choices.filter((choice) =>
    labels.length > 0 ? drawn.has(choice.toUpperCase()) : /^[a-z]$/i.test(choice),
  )
  return letters.length >= choices.length - 1 && letters.length > 0
}

const molmo: Prompt<string> = (example) => {
  const { question, tags } = example
  const text = tags.includes(unlettered)
    ? `ai2_diagram_no_letter: ${question}\n${optionNames(example)
        .map((name) => `${name}\n`)
        .join('')}`
    : molmoChoice('ai2_diagram', question, choicesOf(example))
  return [...imagesOf(example), text]
}

/** The options' names in Molmo's prompt: the options themselves where they are letters, else A, B, C … */
function optionNames(question: Question): string[] {
  const choices = choicesOf(question)
  if (!question.tags.includes(unlettered)) return choices.map((_, index) => letterOf(index))
  return choices.map((choice) => (choice.length === 1 ? choice.toUpperCase() : choice))
}

const lmmsEval: Prompt<string> = (example) => {
  const options = lettered(choicesOf(example), (letter, choice) => `${letter}. ${choice}\n`)
  const instruction = "Answer with the option's letter from the given choices directly."
  return [...imagesOf(example), `${example.question}\n${options}${instruction}`]
}

export const benchmark = defineBenchmark<Row, string>({
  id: 'ai2d',
  version: 1,
  title: 'AI2D',
  paper: 'arXiv:1603.07396',
  licence: 'CC BY-SA',
  style: 'ai2_diagram',
  splits: { test: { n: 3088, gold: 'public', published: true }, sample: { n: 12, gold: 'public' } },
  layouts: [official],
  byHand:
    'The authors keep ai2d-all.zip at https://prior.allenai.org/projects/diagram-understanding and the list of test pictures at https://s3-us-east-2.amazonaws.com/prior-datasets/ai2d_test_ids.csv.',
  toExample: toExample('transparent'),
  prompts: {
    default: lmmsEval,
    molmo,
    vlmevalkit: (example) => [...imagesOf(example), vlmevalkitChoice(example.question, choicesOf(example))],
    lmms_eval: lmmsEval,
  },
  scorers: {
    official: inferredChoice,
    molmo: selectedChoiceBy(optionNames),
    vlmevalkit: inferredChoice,
    lmms_eval: lmmsEvalAi2d,
  },
  generation: { maxTokens: 32, temperature: 0 },
  metrics: [
    mean('accuracy'),
    mean('questions about letters', { tag: 'letters in the picture' }),
    mean('other questions', { tag: 'no letters' }),
  ],
  variants: {
    opaque: {
      title: 'AI2D, opaque boxes',
      layouts: [hub, official],
      hub: { repo: 'lmms-lab/ai2d', revision: null, splits: { test: 'test' } },
      toExample: toExample('opaque'),
    },
  },
})
