import { z } from 'zod'
import { defineBenchmark, type Example, type ImagePart, type Layout, type Prompt } from '../benchmark.ts'
import { hubImage, hubRows } from '../hub.ts'
import { count, eachGroup, mean } from '../metrics.ts'
import { imagesOf, interleaved, lettered, molmoChoice, vlmevalkitChoice } from '../prompts.ts'
import { mmmuLmmsEval, mmmuMolmo, mmmuOfficial, mmmuVlmevalkit, type MmmuGold } from '../scoring/mmmu/scorers.ts'
import { subjectOf } from './disciplines.ts'
import { parsePythonList } from './python-list.ts'

const imageColumns = ['image_1', 'image_2', 'image_3', 'image_4', 'image_5', 'image_6', 'image_7'] as const
const image = hubImage.nullish()

const row = z.object({
  id: z.string().refine((id) => subjectOf(id) !== null, 'expected an id with one of the thirty subjects'),
  question: z.string(),
  options: z.string().transform((text, context) => {
    const options = parsePythonList(text)
    if (!options) context.addIssue('expected a Python list')
    return options ?? []
  }),
  answer: z.string(),
  question_type: z.enum(['multiple-choice', 'open', 'short-answer']),
  image_1: image,
  image_2: image,
  image_3: image,
  image_4: image,
  image_5: image,
  image_6: image,
  image_7: image,
})
type Row = z.infer<typeof row>

/** `MMMU/MMMU`, one folder for each subject, or `lmms-lab/MMMU`, which is all of them in one. */
const hub: Layout<Row> = {
  name: 'hub',
  row,
  rows: (files, split) => hubRows(files, split, Object.keys(row.shape)),
}

function toExample(row: Row): Example<MmmuGold> {
  const { subject, discipline } = subjectOf(row.id)!
  const images = imageColumns.flatMap((column, index): ImagePart[] => {
    const image = row[column]
    return image ? [{ ...image, marker: `<image ${index + 1}>` }] : []
  })
  const isChoice = row.question_type === 'multiple-choice'
  return {
    id: row.id,
    parts: [...images, row.question],
    question: row.question,
    ...(isChoice ? { choices: row.options } : {}),
    gold: isChoice ? row.answer : (parsePythonList(row.answer) ?? row.answer),
    tags: [`discipline: ${discipline}`, `subject: ${subject}`, isChoice ? 'multiple choice' : 'open'],
  }
}

const letterWanted = "Answer with the option's letter from the given choices directly."
const wordsWanted = 'Answer the question using a single word or phrase.'

/** The authors' form for LLaVA, with each picture in the place of its marker. */
const official: Prompt<MmmuGold> = (example) => {
  const { question, choices } = example
  const rest = choices
    ? `${lettered(choices, (letter, choice) => `(${letter}) ${choice}\n`)}\n\n${letterWanted}`
    : wordsWanted
  return interleaved(`${question}\n\n${rest}`, imagesOf(example))
}

/** The pictures that the text mentions, in order; then the text with its markers. */
const lmmsEval: Prompt<MmmuGold> = (example) => {
  const { question, choices } = example
  const text = choices
    ? `${question}\n${lettered(choices, (letter, choice) => `${letter}. ${choice}\n`)}\n${letterWanted}`
    : `${question}\n\n${wordsWanted}`
  return [...imagesOf(example).filter(({ marker }) => marker && text.includes(marker)), text]
}

const vlmevalkit: Prompt<MmmuGold> = (example) => {
  const { question, choices } = example
  return interleaved(choices ? vlmevalkitChoice(question, choices) : `Question: ${question}\n`, imagesOf(example))
}

/** The tags of the sets Molmo borrows the form of the question from. */
const style = ({ choices }: Example<MmmuGold>) => (choices ? 'a_okvqa_mc' : 'vqa2')

/** The first picture only; the markers stay in the text. */
const molmo: Prompt<MmmuGold> = (example) => {
  const { question, choices } = example
  const tag = style(example)
  const text = choices ? molmoChoice(tag, question, choices) : `${tag}: ${question}`
  return [...imagesOf(example).slice(0, 1), text]
}

export const benchmark = defineBenchmark<Row, MmmuGold>({
  id: 'mmmu',
  version: 1,
  title: 'MMMU',
  paper: 'arXiv:2311.16502',
  licence: 'Apache-2.0',
  style,
  splits: {
    val: { n: 900, gold: 'public', published: true },
    dev: { n: 150, gold: 'public' },
    sample: { n: 12, gold: 'public' },
  },
  layouts: [hub],
  hub: { repo: 'MMMU/MMMU', revision: null, splits: { val: 'validation', dev: 'dev' } },
  toExample,
  prompts: { default: official, molmo, vlmevalkit, lmms_eval: lmmsEval },
  scorers: { official: mmmuOfficial, molmo: mmmuMolmo, vlmevalkit: mmmuVlmevalkit, lmms_eval: mmmuLmmsEval },
  generation: { maxTokens: 128, temperature: 0 },
  metrics: [
    mean('accuracy'),
    mean('multiple choice', { tag: 'multiple choice' }),
    mean('open', { tag: 'open' }),
    count('fallback count', { tag: 'multiple choice', of: 'fallback' }),
    mean('expected value', { of: 'expected value' }),
    eachGroup('discipline'),
    eachGroup('subject'),
  ],
})
