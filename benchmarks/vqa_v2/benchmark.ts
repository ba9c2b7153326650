import { z } from 'zod'
import { defineBenchmark, type DataFiles, type Layout } from '../benchmark.ts'
import { hubImage, hubRows } from '../hub.ts'
import { eachGroup, mean } from '../metrics.ts'
import { styled, withInstruction } from '../prompts.ts'
import { cleanUpForSubmission } from '../scoring/text/molmo-clean-up.ts'
import { molmoVqaAccuracy, vqaAccuracy, vqaOfficial, vqaOfLmmsEval } from '../scoring/vqa/accuracy.ts'
import { cleanForServer } from '../scoring/vqa/submitted.ts'

const row = z.object({
  image: hubImage,
  question: z.string(),
  question_id: z.number().int(),
  question_type: z.string().nullish(),
  answer_type: z.string().nullish(),
  answers: z.array(z.object({ answer: z.string() })).nullish(),
})
type Row = z.infer<typeof row>

/** `lmms-lab/VQAv2`. */
const hub: Layout<Row> = {
  name: 'hub',
  row,
  rows: (files, split) => hubRows(files, split, Object.keys(row.shape)),
}

/** What the authors call our splits, in the names of their question and annotation files and of COCO's pictures. */
const officialNames: Record<string, { questions: string; pictures: string }> = {
  train: { questions: 'train2014', pictures: 'train2014' },
  val: { questions: 'val2014', pictures: 'val2014' },
  testdev: { questions: 'test-dev2015', pictures: 'test2015' },
  test: { questions: 'test2015', pictures: 'test2015' },
}

/** The authors' question and annotation files with COCO's pictures, in whatever folders; both files are read side by side. */
const official: Layout<Row> = {
  name: 'official',
  row,
  async *rows(files, split) {
    const { questions, pictures } = officialNames[split] ?? { questions: split, pictures: split }
    const find = (end: string) => files.names.find((name) => name.endsWith(`mscoco_${questions}_${end}.json`))
    const [asked, annotated] = [find('questions'), find('annotations')]
    if (!asked) return
    const annotationOf = annotated ? annotationsById(files, annotated) : () => Promise.resolve({})
    for await (const item of files.items(asked, 'questions')) {
      const question = officialQuestion.parse(item)
      const image = await files.picture(`COCO_${pictures}_${String(question.image_id).padStart(12, '0')}.jpg`)
      yield { ...question, image, ...(await annotationOf(question.question_id)) }
    }
  },
}

const officialQuestion = z.object({ question_id: z.number().int(), image_id: z.number().int(), question: z.string() })
const officialAnnotation = z.looseObject({ question_id: z.number().int() })

/** Both files are expected in the same order; where they are not, what is read ahead is kept until it is asked for. */
function annotationsById(files: DataFiles, name: string) {
  const annotations = files.items(name, 'annotations')[Symbol.asyncIterator]()
  const ahead = new Map<number, object>()
  return async (id: number): Promise<object> => {
    while (!ahead.has(id)) {
      const { value, done } = await annotations.next()
      if (done) return {}
      const annotation = officialAnnotation.parse(value)
      ahead.set(annotation.question_id, annotation)
    }
    const found = ahead.get(id)!
    ahead.delete(id)
    return found
  }
}

export const benchmark = defineBenchmark<Row, string[]>({
  id: 'vqa_v2',
  version: 1,
  title: 'VQA v2.0',
  paper: 'arXiv:1612.00837',
  licence: 'CC BY 4.0 (annotations); the pictures are COCO’s, under the terms of Flickr',
  style: 'vqa2',
  splits: {
    testdev: { n: 107_394, gold: 'withheld', published: true },
    val: { n: 214_354, gold: 'public' },
    test: { n: 447_793, gold: 'withheld' },
    sample: { n: 12, gold: 'public' },
  },
  layouts: [hub, official],
  hub: { repo: 'lmms-lab/VQAv2', revision: null, splits: { testdev: 'testdev', val: 'validation', test: 'test' } },
  byHand: 'Questions, annotations and the pictures of COCO are zip archives at https://visualqa.org/download.html.',
  toExample: ({ image, question, question_id, question_type, answer_type, answers }) => ({
    id: String(question_id),
    parts: [image, question],
    question,
    gold: answers?.length ? answers.map(({ answer }) => answer) : null,
    tags: [
      ...(answer_type ? [`answer type: ${answer_type}`] : []),
      ...(question_type ? [`question type: ${question_type}`] : []),
    ],
  }),
  prompts: {
    default: withInstruction('Answer the question using a single word or phrase.'),
    molmo: styled('vqa2'),
    lmms_eval: withInstruction('Answer the question using a single word or phrase.'),
  },
  scorers: {
    official: vqaAccuracy(vqaOfficial),
    molmo: molmoVqaAccuracy,
    lmms_eval: vqaAccuracy(vqaOfLmmsEval),
  },
  generation: { maxTokens: 32, temperature: 0 },
  metrics: [mean('VQA accuracy'), eachGroup('answer type'), eachGroup('question type')],
  submission: {
    server: 'EvalAI, VQA Challenge',
    idKey: 'question_id',
    fileNames: {
      testdev: 'v2_OpenEnded_mscoco_test-dev2015_<name>_results.json',
      test: 'v2_OpenEnded_mscoco_test2015_<name>_results.json',
    },
    answers: { default: cleanForServer, molmo: cleanUpForSubmission },
    scores: ['overall', 'yes/no', 'number', 'other'],
  },
})
