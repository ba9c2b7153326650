import { z } from 'zod'
import { defineBenchmark, type Layout } from '../benchmark.ts'
import { hubImage, hubRows } from '../hub.ts'
import { eachGroup, mean } from '../metrics.ts'
import { asked, imagesOf, withInstruction } from '../prompts.ts'
import { containedCount, exactCount, lenientCount, molmoCount } from '../scoring/counting/counts.ts'

const row = z.object({ image: hubImage, question: z.string(), number: z.number().int().nonnegative() })
type Row = z.infer<typeof row>

/** `vikhyatk/CountBenchQA`. Its caption, the column `text`, names the count in words and is never read. */
const hub: Layout<Row> = {
  name: 'hub',
  row,
  rows: (files, split) => hubRows(files, split, Object.keys(row.shape)),
}

const onlyANumber = 'Note that: answer with a number directly e.g. 3. Do not include any additional text.'

export const benchmark = defineBenchmark<Row, number>({
  id: 'countbenchqa',
  version: 1,
  title: 'CountBenchQA',
  paper: 'arXiv:2407.07726',
  licence: 'pictures of the web as LAION-400M points at them; questions Apache-2.0',
  style: 'point_count',
  splits: { test: { n: 491, gold: 'public', published: true }, sample: { n: 12, gold: 'public' } },
  layouts: [hub],
  hub: { repo: 'vikhyatk/CountBenchQA', revision: null, splits: { test: 'test' } },
  toExample: ({ image, question, number }, index) => ({
    id: String(index),
    parts: [image, question],
    question,
    gold: number,
    tags: [`count: ${number}`],
  }),
  prompts: {
    default: withInstruction('Answer with a single number.'),
    molmo: asked(),
    vlmevalkit: (example) => [...imagesOf(example), `${example.question} ${onlyANumber}`],
    lmms_eval: withInstruction('Answer with a single number.'),
  },
  scorers: { official: molmoCount, lenient: lenientCount, lmms_eval: exactCount, vlmevalkit: containedCount },
  generation: { maxTokens: 192, temperature: 0 },
  metrics: [
    mean('exact count'),
    mean('off by one at most', { of: 'close' }),
    mean('a number was given', { of: 'valid' }),
    eachGroup('count'),
    { name: 'mean of the counts', kind: 'group-mean', by: 'count: ' },
  ],
})
