import { z } from 'zod'
import { defineBenchmark, type DataFiles, type ImagePart, type Layout } from '../benchmark.ts'
import { hubImage, hubRows } from '../hub.ts'
import { eachGroup, mean } from '../metrics.ts'
import { imagesOf, withInstruction } from '../prompts.ts'
import { containedCount, firstDigitsCount, lenientCount, molmoCount } from '../scoring/counting/counts.ts'

interface Row {
  /** The row's number in the data: ids stay the same when a picture cannot be had. */
  row: number
  image: ImagePart
  question: string
  /** One of Molmo's counting templates over the label; the other copy of the data has no label. */
  shortQuestion: string
  count: number
}

const count = z.number().int().nonnegative()
const writtenCount = z.string().regex(/^\d+$/).transform(Number)
const link = z.object({ image_url: z.string(), image_sha256: z.string().regex(/^[0-9a-f]{64}$/) })

/** `allenai/pixmo-count`: pictures are URLs. A row whose picture is missing is left out, and n says so. */
const hub: Layout<Row> = {
  name: 'hub',
  row: z
    .object({ row: z.number(), image: hubImage, label: z.string(), count })
    .transform(({ label, ...rest }): Row => ({
      ...rest,
      question: `How many ${label} are there in the image?`,
      shortQuestion: `How many ${label.toLowerCase()} are there?`,
    })),
  async *rows(files, split) {
    for await (const { row, url, sha256, label, count } of linkedRows(files, split)) {
      const bytes = await files.linked({ url, sha256 })
      if (bytes) yield { row, image: { bytes, path: url }, label, count }
    }
  },
  async *links(files, split) {
    for await (const { url, sha256 } of linkedRows(files, split)) yield { url, sha256 }
  },
}

async function* linkedRows(files: DataFiles, split: string) {
  let row = 0
  for await (const raw of hubRows(files, split)) {
    if (!('image_url' in raw)) return
    const { image_url: url, image_sha256: sha256 } = link.parse(raw)
    yield { row: row++, url, sha256, label: raw.label, count: raw.count }
  }
}

/** `kcz358/pixmo-count`: the pictures are in the file, the question is ready made. */
const embedded: Layout<Row> = {
  name: 'hub with pictures',
  row: z
    .object({ row: z.number(), image: hubImage, question: z.string(), answer: z.union([count, writtenCount]) })
    .transform(({ answer, ...rest }): Row => ({ ...rest, shortQuestion: rest.question, count: answer })),
  async *rows(files, split) {
    let row = 0
    for await (const raw of hubRows(files, split)) {
      if (!('image' in raw)) return
      yield { ...raw, row: row++ }
    }
  },
}

export const benchmark = defineBenchmark<Row, number>({
  id: 'pixmo_count',
  version: 1,
  title: 'PixMo-Count',
  paper: 'arXiv:2409.17146',
  licence: 'ODC-By 1.0; the pictures are under the terms of their owners',
  style: 'point_count',
  splits: {
    test: { n: 540, gold: 'public', published: true },
    val: { n: 540, gold: 'public' },
    sample: { n: 12, gold: 'public' },
  },
  layouts: [hub, embedded],
  hub: { repo: 'allenai/pixmo-count', revision: null, splits: { test: 'test', val: 'validation' } },
  toExample: ({ row, image, question, shortQuestion, count }) => ({
    id: String(row),
    parts: [image, question],
    question,
    wordings: { short: shortQuestion },
    gold: count,
    tags: [`count: ${count}`],
  }),
  prompts: {
    default: withInstruction('Answer with a single number.'),
    molmo: (example) => [...imagesOf(example), example.wordings?.short ?? example.question],
    lmms_eval: withInstruction('Answer with a single number.'),
  },
  scorers: { official: molmoCount, lenient: lenientCount, lmms_eval: firstDigitsCount, vlmevalkit: containedCount },
  generation: { maxTokens: 192, temperature: 0 },
  metrics: [
    mean('exact count'),
    mean('off by one at most', { of: 'close' }),
    mean('a number was given', { of: 'valid' }),
    eachGroup('count'),
    { name: 'mean of the counts', kind: 'group-mean', by: 'count: ' },
  ],
})
