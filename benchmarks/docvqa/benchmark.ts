import { z } from 'zod'
import { defineBenchmark, type Layout } from '../benchmark.ts'
import { hubImage, hubRows } from '../hub.ts'
import { eachGroup, mean } from '../metrics.ts'
import { styled, withInstruction } from '../prompts.ts'
import { anls, anlsOfMolmo, anlsOfRrc } from '../scoring/anls.ts'
import { cleanUpForEvaluation, cleanUpForSubmission } from '../scoring/text/molmo-clean-up.ts'
import { collapseSpace } from '../scoring/text/python-text.ts'

const row = z.object({
  image: hubImage,
  questionId: z.union([z.number().int(), z.string()]),
  question: z.string(),
  question_types: z.array(z.string()).nullish(),
  answers: z.array(z.string()).nullish(),
})
type Row = z.infer<typeof row>

/** `HuggingFaceM4/DocumentVQA`, or the config DocVQA of `lmms-lab/DocVQA`, where ids are texts. */
const hub: Layout<Row> = {
  name: 'hub',
  row,
  rows: (files, split) =>
    hubRows(
      { ...files, names: files.names.filter((name) => !/(^|\/)InfographicVQA\//.test(name)) },
      split,
      Object.keys(row.shape),
    ),
}

/** The package of task 1: `val_v1.0_withQT.json` or `test_v1.0.json`, pictures in `documents/`. */
const official: Layout<Row> = {
  name: 'official',
  row,
  async *rows(files, split) {
    const questions = new RegExp(`(^|/)${split}_v1\\.0(_withQT)?\\.json$`)
    for (const name of files.names.filter((name) => questions.test(name))) {
      for await (const item of files.items(name, 'data')) {
        const { image, ...question } = officialQuestion.parse(item)
        yield { ...question, image: await files.picture(image.slice(image.lastIndexOf('/') + 1)) }
      }
    }
  },
}

const officialQuestion = z.looseObject({ image: z.string() })

export const benchmark = defineBenchmark<Row, string[]>({
  id: 'docvqa',
  version: 1,
  title: 'DocVQA',
  paper: 'arXiv:2007.00398',
  licence: 'as the Robust Reading Competition states; pictures from the UCSF Industry Documents Library',
  style: 'doc_qa',
  splits: {
    test: { n: 5188, gold: 'withheld', published: true },
    val: { n: 5349, gold: 'public' },
    sample: { n: 12, gold: 'public' },
  },
  layouts: [hub, official],
  hub: { repo: 'HuggingFaceM4/DocumentVQA', revision: null, splits: { test: 'test', val: 'validation' } },
  byHand: 'The package of task 1 is at https://rrc.cvc.uab.es/?ch=17 after registering.',
  toExample: ({ image, questionId, question, question_types, answers }) => ({
    id: String(questionId),
    parts: [image, question],
    question,
    gold: answers?.length ? answers : null,
    tags: (question_types ?? []).map((type) => `question type: ${type}`),
  }),
  prompts: {
    default: withInstruction('Answer the question using a single word or phrase.'),
    molmo: styled('doc_qa'),
    vlmevalkit: withInstruction('Answer the question using a single word or phrase.'),
    lmms_eval: withInstruction('Answer the question using a single word or phrase.'),
  },
  scorers: {
    official: anls(anlsOfRrc),
    molmo: anls(anlsOfMolmo, cleanUpForEvaluation),
    vlmevalkit: anls(anlsOfRrc),
    lmms_eval: anls(anlsOfRrc),
  },
  generation: { maxTokens: 64, temperature: 0 },
  metrics: [mean('ANLS'), eachGroup('question type')],
  submission: {
    server: 'Robust Reading Competition, challenge 17, task 1',
    idKey: 'questionId',
    // The server collapses white space for the distance but divides by the raw length: collapsed here, extra spaces
    // gain nothing.
    answers: { default: collapseSpace, molmo: cleanUpForSubmission },
    scores: ['ANLS'],
  },
})
