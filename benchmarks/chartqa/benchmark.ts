import { z } from 'zod'
import { defineBenchmark, type DataFiles, type ImagePart, type Layout } from '../benchmark.ts'
import { hubImage, hubRows } from '../hub.ts'
import { mean } from '../metrics.ts'
import { styled, withInstruction } from '../prompts.ts'
import { cleanUpForEvaluation } from '../scoring/text/molmo-clean-up.ts'
import { relaxedCorrectness } from '../scoring/relaxed-correctness.ts'

interface Row {
  image: ImagePart
  query: string
  label: string[]
  origin: 'human' | 'augmented'
}

/** `HuggingFaceM4/ChartQA`: one parquet file or more per split; in `human_or_machine`, 0 is human. */
const hub: Layout<Row> = {
  name: 'hub',
  row: z
    .object({
      image: hubImage,
      query: z.string(),
      label: z.array(z.string()).min(1),
      human_or_machine: z.literal([0, 1, 0n, 1n]),
    })
    .transform(({ image, query, label, human_or_machine }): Row => ({
      image,
      query,
      label,
      origin: Number(human_or_machine) === 0 ? 'human' : 'augmented',
    })),
  rows: (files, split) => hubRows(files, split, ['image', 'query', 'label', 'human_or_machine']),
}

const officialQuestions = z.array(z.object({ imgname: z.string(), query: z.string(), label: z.string() }))

/** The authors' folder per split: `<split>_human.json`, `<split>_augmented.json` and the pictures in `png/`. */
const official: Layout<Row> = {
  name: 'official',
  row: z.object({
    image: z.object({ kind: z.literal('image'), bytes: z.instanceof(Uint8Array), path: z.string().nullable() }),
    query: z.string(),
    label: z.array(z.string()).min(1),
    origin: z.enum(['human', 'augmented']),
  }),
  async *rows(files, split) {
    for (const origin of ['human', 'augmented'] as const) {
      const questions = new RegExp(`(^|/)${split}_${origin}\\.json$`)
      for (const name of files.names.filter((name) => questions.test(name))) yield* officialRows(files, name, origin)
    }
  },
}

async function* officialRows(files: DataFiles, name: string, origin: Row['origin']): AsyncIterable<Row> {
  const folder = name.slice(0, name.lastIndexOf('/') + 1)
  for (const { imgname, query, label } of officialQuestions.parse(await files.json(name))) {
    const image = await files.picture(`${folder}png/${imgname}`)
    yield { image: { kind: 'image', ...image }, query, label: [label], origin }
  }
}

export const benchmark = defineBenchmark<Row, string[]>({
  id: 'chartqa',
  version: 1,
  title: 'ChartQA',
  paper: 'arXiv:2203.10244',
  licence: 'GPL-3.0',
  style: 'chart_qa',
  splits: {
    test: { n: 2500, gold: 'public', published: true },
    val: { n: 1920, gold: 'public' },
    sample: { n: 24, gold: 'public' },
  },
  layouts: [hub, official],
  hub: { repo: 'HuggingFaceM4/ChartQA', revision: null, splits: { test: 'test', val: 'val' } },
  byHand: 'The authors keep their folders of JSON and PNG at https://github.com/vis-nlp/ChartQA.',
  toExample: (row, index) => ({
    id: String(index),
    parts: [row.image, row.query],
    question: row.query,
    gold: row.label,
    tags: [row.origin],
  }),
  prompts: {
    default: withInstruction('Answer the question using a single word or phrase.'),
    molmo: styled('chart_qa'),
    vlmevalkit: withInstruction('Answer the question using a single word or phrase.'),
    lmms_eval: withInstruction('Answer the question with a single word.'),
  },
  scorers: {
    official: relaxedCorrectness({ trim: true }),
    molmo: relaxedCorrectness({ trim: false, clean: cleanUpForEvaluation }),
    vlmevalkit: relaxedCorrectness({ trim: true }),
    lmms_eval: relaxedCorrectness({ trim: false, firstTargetOnly: true }),
  },
  generation: { maxTokens: 32, temperature: 0 },
  metrics: [
    mean('relaxed correctness'),
    mean('human questions', { tag: 'human' }),
    mean('generated questions', { tag: 'augmented' }),
  ],
})
