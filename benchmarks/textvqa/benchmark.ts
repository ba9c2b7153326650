import { z } from 'zod'
import { defineBenchmark, type Layout } from '../benchmark.ts'
import { hubImage, hubRows } from '../hub.ts'
import { mean } from '../metrics.ts'
import { imagesOf, styled, withInstruction } from '../prompts.ts'
import { molmoVqaAccuracy, vqaAccuracy, vqaM4c, vqaOfficial, vqaOfVlmevalkit } from '../scoring/vqa/accuracy.ts'

const row = z.object({
  image: hubImage,
  image_id: z.string(),
  question_id: z.number().int(),
  question: z.string(),
  answers: z.array(z.string()).length(10),
})
type Row = z.infer<typeof row>

/** `facebook/textvqa` or `lmms-lab/textvqa`. */
const hub: Layout<Row> = {
  name: 'hub',
  row,
  rows: (files, split) => hubRows(files, split, Object.keys(row.shape)),
}

/** `TextVQA_0.5.1_val.json` and the pictures of OpenImages by their `image_id`. */
const official: Layout<Row> = {
  name: 'official',
  row,
  async *rows(files, split) {
    const questions = new RegExp(`(^|/)TextVQA_[\\d.]+_${split}\\.json$`)
    for (const name of files.names.filter((name) => questions.test(name))) {
      for await (const item of files.items(name, 'data')) {
        const question = officialQuestion.parse(item)
        yield { ...question, image: await files.picture(`${question.image_id}.jpg`) }
      }
    }
  },
}

const officialQuestion = z.looseObject({ image_id: z.string() })

const instruction = 'Answer the question using a single word or phrase.'

export const benchmark = defineBenchmark<Row, string[]>({
  id: 'textvqa',
  version: 1,
  title: 'TextVQA',
  paper: 'arXiv:1904.08920',
  licence: 'CC BY 4.0',
  style: 'text_vqa',
  splits: { val: { n: 5000, gold: 'public', published: true }, sample: { n: 12, gold: 'public' } },
  layouts: [hub, official],
  hub: { repo: 'lmms-lab/textvqa', revision: null, splits: { val: 'validation' } },
  byHand: 'TextVQA_0.5.1_val.json and train_val_images.zip are at https://textvqa.org/dataset.',
  toExample: ({ image, question_id, question, answers }) => ({
    id: String(question_id),
    parts: [image, question],
    question,
    gold: answers,
    tags: [],
  }),
  prompts: {
    default: withInstruction(instruction),
    molmo: styled('text_vqa'),
    vlmevalkit: withInstruction(instruction),
    lmms_eval: (example) => [...imagesOf(example), `${capitalised(example.question)}\n${instruction}`],
  },
  scorers: {
    official: vqaAccuracy(vqaM4c),
    molmo: molmoVqaAccuracy,
    vlmevalkit: vqaAccuracy(vqaOfVlmevalkit),
    vqa_v2: vqaAccuracy(vqaOfficial),
  },
  generation: { maxTokens: 32, temperature: 0 },
  metrics: [mean('VQA accuracy')],
})

/** Python's `capitalize`: everything after the first letter becomes lower case, names and abbreviations too. */
function capitalised(text: string): string {
  const [first = '', ...rest] = text
  return first.toUpperCase() + rest.join('').toLowerCase()
}
