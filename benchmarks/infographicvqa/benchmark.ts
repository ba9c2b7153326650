import { z } from 'zod'
import { defineBenchmark, type Layout } from '../benchmark.ts'
import { hubImage, hubRows } from '../hub.ts'
import { eachGroup, mean } from '../metrics.ts'
import { styled, withInstruction } from '../prompts.ts'
import { anls, anlsOfMolmo, anlsOfRrc } from '../scoring/anls.ts'
import { cleanUpForEvaluation, cleanUpForSubmission } from '../scoring/text/molmo-clean-up.ts'
import { collapseSpace } from '../scoring/text/python-text.ts'

const kinds = z.array(z.string()).nullish()
const row = z.object({
  image: hubImage,
  questionId: z.union([z.number().int(), z.string()]),
  question: z.string(),
  answers: z.array(z.string()).nullish(),
  answer_type: kinds,
  evidence: kinds,
  'operation/reasoning': kinds,
})
type Row = z.infer<typeof row>

/** The config InfographicVQA of `lmms-lab/DocVQA`, which has no column for the evidence. */
const hub: Layout<Row> = {
  name: 'hub',
  row,
  rows: (files, split) =>
    hubRows(
      { ...files, names: files.names.filter((name) => !/(^|\/)DocVQA\/(?!InfographicVQA\/)/.test(name)) },
      split,
      Object.keys(row.shape).filter((column) => column !== 'evidence'),
    ),
}

/** The package of task 3: `infographicsVQA_val_v1.0_withQT.json` and the like, pictures by their `image_local_name`. */
const official: Layout<Row> = {
  name: 'official',
  row,
  async *rows(files, split) {
    const questions = new RegExp(`(^|/)infographicsVQA_${split}_v1\\.0(_withQT)?\\.json$`)
    for (const name of files.names.filter((name) => questions.test(name))) {
      for await (const item of files.items(name, 'data')) {
        const question = officialQuestion.parse(item)
        yield { ...question, image: await files.picture(question.image_local_name) }
      }
    }
  },
}

const officialQuestion = z.looseObject({ image_local_name: z.string() })

export const benchmark = defineBenchmark<Row, string[]>({
  id: 'infographicvqa',
  version: 1,
  title: 'InfographicVQA',
  paper: 'arXiv:2104.12756',
  licence: 'as the Robust Reading Competition states; the pictures belong to their publishers',
  style: 'info_qa',
  splits: {
    test: { n: 3288, gold: 'withheld', published: true },
    val: { n: 2801, gold: 'public' },
    sample: { n: 12, gold: 'public' },
  },
  layouts: [hub, official],
  hub: {
    repo: 'lmms-lab/DocVQA',
    folder: 'InfographicVQA',
    revision: null,
    splits: { test: 'test', val: 'validation' },
  },
  byHand: 'The package of task 3 is at https://rrc.cvc.uab.es/?ch=17 after registering.',
  toExample: ({ image, questionId, question, answers, answer_type, evidence, 'operation/reasoning': operation }) => ({
    id: String(questionId),
    parts: [image, question],
    question,
    gold: answers?.length ? answers : null,
    tags: [
      ...(answer_type ?? []).map((type) => `answer type: ${type}`),
      ...(evidence ?? []).map((kind) => `evidence: ${kind}`),
      // The official table calls the tag "comparison" Sorting.
      ...(operation ?? []).map((kind) => `operation: ${kind === 'comparison' ? 'sorting' : kind}`),
    ],
  }),
  prompts: {
    default: withInstruction('Answer the question using a single word or phrase.'),
    molmo: styled('info_qa'),
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
  metrics: [mean('ANLS'), eachGroup('answer type'), eachGroup('evidence'), eachGroup('operation')],
  submission: {
    server: 'Robust Reading Competition, challenge 17, task 3',
    idKey: 'questionId',
    // The server collapses white space for the distance but divides by the raw length: collapsed here, extra spaces
    // gain nothing.
    answers: { default: collapseSpace, molmo: cleanUpForSubmission },
    scores: ['ANLS'],
  },
})
