import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Example } from '#benchmarks/benchmark.ts'
import { readConfig } from '#server/core/config.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { openQuestions, type ReadableSplit } from '#server/datasets/service.ts'
import { readPredictions } from '#server/formats/predictions/read-predictions.ts'
import { scorePredictions } from '#server/runs/scoring/score-predictions.ts'
import { workbookOf, zipOf } from '../../../support/prediction-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-foreign-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const lines = (rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n')

async function sampleOf(benchmark: string): Promise<ReadableSplit> {
  return openQuestions({ config: readConfig() }, await getTask(benchmark, 'sample'))
}

async function scoreOf(split: ReadableSplit, path: string, profile?: string) {
  const scores = await scorePredictions(split, await readPredictions(path), profile ? { profile } : {})
  return { ...scores, headline: scores.metrics[0]!.value }
}

describe('predictions belong to their questions', () => {
  let split: ReadableSplit
  let examples: Example[]
  let right: string[]
  beforeAll(async () => {
    split = await sampleOf('chartqa')
    examples = await Array.fromAsync(split.examples())
    right = examples.map(({ gold }) => (gold as string[])[0]!)
  })
  const rows = (shift: (k: number) => number) =>
    examples.map((_, k) => ({ index: k + 1, question: examples[shift(k)]!.question, prediction: right[shift(k)] }))

  test('in the order of the data they score 100', async () => {
    expect((await scoreOf(split, file('own.jsonl', lines(rows((k) => k))))).headline).toBe(1)
  })

  test('a shift by one row from 55 % on is refused with the examples that differ, not scored lower', async () => {
    const from = Math.floor(examples.length * 0.55)
    const shifted = rows((k) => (k < from ? k : Math.min(k + 1, examples.length - 1)))
    await expect(scoreOf(split, file('shift.jsonl', lines(shifted)))).rejects.toThrow(
      `shift.jsonl answers other questions than chartqa sample asks, or the same in another order: 10 differ (13, 14, 15, 16, 17, 18, 19, 20, 21, 22). For example 13 it was asked “`,
    )
  })

  test('one question that differs is enough', async () => {
    const swapped = rows((k) => k)
    swapped[5]!.question = 'What is the height of the tallest tree?'
    await expect(scoreOf(split, file('one.jsonl', lines(swapped)))).rejects.toThrow(
      '1 differs (5). For example 5 it was asked “What is the height of the tallest tree?”',
    )
  })

  test('rows with ids of other data are not paired by their order', async () => {
    const foreign = examples.map((_, k) => ({ doc_id: k, doc: { question_id: `x${k}` }, resps: [[right[k]]] }))
    await expect(scoreOf(split, file('foreign.jsonl', lines(foreign)))).rejects.toThrow(
      /24 missing \(0, 1, .*; 24 extra \(x0, x1, /,
    )
  })

  test('order alone pairs rows that name neither ids nor questions, and the result says so', async () => {
    const bare = examples.map((_, k) => ({ doc_id: k, resps: [[right[k]]] }))
    const scores = await scoreOf(split, file('bare.jsonl', lines(bare)))
    expect(scores.headline).toBe(1)
    expect(scores.notes[0]).toMatch(/neither ids nor questions: its rows were paired .* by their order alone/)
  })

  test('a gold answer beside the prediction is not taken for it', async () => {
    const vqa = await sampleOf('vqa_v2')
    const asked = await Array.fromAsync(vqa.examples())
    const wrong = asked.map(({ id, gold }) => ({
      question_id: Number(id),
      answer: (gold as string[])[0],
      response: 'zebra crossing',
    }))
    expect((await scoreOf(vqa, file('gold-beside.jsonl', lines(wrong)))).headline).toBe(0)
  })
})

describe('VLMEvalKit’s MMMU_DEV_VAL', () => {
  let val: ReadableSplit
  let table: { index: number; question: string; split: string; prediction: string; id?: string }[]
  beforeAll(async () => {
    const sample = await sampleOf('mmmu')
    const examples = (await Array.fromAsync(sample.examples())).map((example, k) => ({
      ...example,
      id: `validation_Art_${k + 1}`,
    }))
    const choices = examples.filter((example) => example.choices)
    val = {
      ...sample,
      split: 'val',
      async *examples() {
        yield* choices
      },
    }
    const dev = [1, 2, 3].map((k) => ({ id: `dev_Art_${k}`, question: `Dev ${k}?`, split: 'dev', prediction: 'A' }))
    const own = choices.map(({ id, question, gold }) => ({
      id,
      question,
      split: 'validation',
      prediction: String(gold),
    }))
    table = [...dev, ...own].map((row, k) => ({ index: k + 1, ...row }))
  })

  test.each([
    ['by its ids', { split: undefined }],
    ['by its column split', { id: undefined }],
  ])('has the split asked for scored and its dev rows counted, %s', async (_, change) => {
    const scores = await scoreOf(val, file('mmmu.jsonl', lines(table.map((row) => ({ ...row, ...change })))))
    expect(scores.metrics.find(({ name }) => name === 'accuracy')!.value).toBe(1)
    expect(scores.examples).toBe(table.length - 3)
    expect(scores.notes).toContain('The file also has 3 predictions for dev, which were left out.')
  })
})

describe('forms that people have', () => {
  let split: ReadableSplit
  let examples: Example[]
  let right: string[]
  beforeAll(async () => {
    split = await sampleOf('chartqa')
    examples = await Array.fromAsync(split.examples())
    right = examples.map(({ gold }) => (gold as string[])[0]!)
  })
  const own = () => lines(examples.map(({ id }, k) => ({ id, response: right[k] })))
  const prompt = ({ question }: Example) => `${question}\nAnswer the question using a single word or phrase.`
  const inspect = (k: number) => ({
    id: k + 1,
    epoch: 1,
    input: [
      {
        role: 'user',
        content: [
          { type: 'image', image: 'attachment://1' },
          { type: 'text', text: prompt(examples[k]!) },
        ],
      },
    ],
    target: right[k],
    output: {
      model: 'm',
      choices: [
        {
          message: {
            role: 'assistant',
            content: [
              { type: 'reasoning', reasoning: 'zebra' },
              { type: 'text', text: right[k] },
            ],
          },
        },
      ],
    },
    scores: { match: { value: NaN } },
  })
  const pythonLog = () => {
    const samples = examples.map((_, k) => JSON.stringify(inspect(k)).replace('"value":null', '"value":NaN'))
    return `{\n "version": 2, "status": "success", "eval": {"task": "chartqa"}, "samples": [${samples.join(',\n')}]}`
  }
  const evalLog = () =>
    Object.fromEntries([
      ['header.json', '{"version":2}'],
      ...examples.map((_, k): [string, string] => [`samples/${k + 1}_epoch_1.json`, JSON.stringify(inspect(k))]),
      ['summaries.json', '[]'],
    ])

  const forms: Record<string, () => string | Uint8Array> = {
    'a.jsonl.gz': () => gzipSync(own()),
    'a.jsonl.zst': () => zstdCompressSync(own()),
    'two-frames.zst': () => {
      const half = own().indexOf('\n', own().length / 2)
      return Buffer.concat([zstdCompressSync(own().slice(0, half)), zstdCompressSync(own().slice(half))])
    },
    'utf-16le.jsonl': () => Buffer.from(`\uFEFF${own()}`, 'utf16le'),
    'utf-16be.jsonl': () => Buffer.from(`\uFEFF${own()}`, 'utf16le').swap16(),
    'utf-16.csv': () =>
      Buffer.from(
        `id,response\n${right.map((text, k) => `${k},"${text.replaceAll('"', '""')}"`).join('\n')}`,
        'utf16le',
      ),
    'nan.jsonl': () =>
      lines(examples.map(({ id }, k) => ({ id, response: right[k], loss: 0 }))).replaceAll(
        '"loss":0',
        '"loss": -Infinity, "x": NaN',
      ),
    'numbers.json': () =>
      `{${right.map((text, k) => `"${k}": ${/^\d+(\.\d+)?$/.test(text) ? text : JSON.stringify(text)}`).join(',')}}`,
    'llava.jsonl': () =>
      lines(
        examples.map((example, k) => ({
          question_id: k,
          prompt: prompt(example),
          text: right[k],
          answer_id: 'x',
          metadata: {},
        })),
      ),
    'predictions.json': () =>
      JSON.stringify(
        examples.map((example, k) => ({
          prediction: right[k],
          n_tokens: [1, 2],
          prompt: ` User: chart_qa: ${example.question} Assistant:`,
          example_id: k,
        })),
      ),
    'inspect.json': pythonLog,
    'log.eval': () => zipOf(evalLog()),
    'log-zstd.eval': () => zipOf(evalLog(), 'zstd'),
    'model_ChartQA_TEST.xlsx': () =>
      workbookOf([
        ['index', 'question', 'answer', 'prediction'],
        ...examples.map(({ question }, k) => [
          k + 1,
          question,
          null,
          /^\d+$/.test(right[k]!) ? Number(right[k]) : right[k]!,
        ]),
      ]),
    'ids-of-pandas.csv': () =>
      `id,response\n${right.map((text, k) => `${k}.0,"${text.replaceAll('"', '""')}"`).join('\n')}`,
  }

  test.each(Object.keys(forms))('%s is read to the last response', async (name) => {
    const scores = await scoreOf(split, file(name, forms[name]!()))
    expect(scores).toMatchObject({ headline: 1, examples: 24 })
  })

  test('null says nothing, and a number is the text that stands in the file', async () => {
    const path = file(
      'null.jsonl',
      '{"id":"0","response":null}\n{"id":"1","response":3.0}\n{"id":"2","response":NaN}\n{"id":"3","response":12345678901234567890}',
    )
    expect((await readPredictions(path)).predictions.map(({ response }) => response)).toEqual([
      '',
      '3.0',
      '',
      '12345678901234567890',
    ])
  })

  test('MathVista’s own results are scored by their extractions, under the official rules', async () => {
    const math = await sampleOf('mathvista')
    const problems = await Array.fromAsync(math.examples())
    const results = Object.fromEntries(
      problems.map(({ id, question, gold }, k) => [
        id,
        {
          pid: id,
          query: question,
          response: 'It cannot be said.',
          extraction: k % 3 === 0 ? '' : (gold as { answer: string }).answer,
        },
      ]),
    )
    const scores = await scoreOf(math, file('output_bard.json', JSON.stringify(results)))
    expect(scores).toMatchObject({ profile: 'official', counts: { scored: 8, unparsed: 4 } })
    expect(scores.headline).toBeCloseTo(8 / 12, 9)
    expect((await scoreOf(math, join(folder, 'output_bard.json'), 'no_judge')).headline).toBe(0)
  })
})

describe('what is not read is named', () => {
  test.each([
    ['a pickle', 'x.pkl', Buffer.from([0x80, 4, 0x95]), /x\.pkl is a pickle of Python, which can run programs/],
    ['Parquet', 'x.parquet', 'PAR1', /x\.parquet is a Parquet file\. Write its rows as JSON Lines\./],
    ['bzip2', 'x.bz2', 'BZh91AY', /packed by bzip2\. Unpack it/],
    ['a pickle within gzip', 'x.gz', gzipSync(Buffer.from([0x80, 4, 0x95])), /x\.gz is a pickle/],
    ['a web page', 'x.json', '<!DOCTYPE html><html>', /x\.json is a web page\. Fetch the file itself/],
    ['a pointer of Git LFS', 'p.json', 'version https://git-lfs.github.com/spec/v1\n', /only a pointer of Git LFS/],
    [
      'scores of lmms-eval',
      'r.json',
      JSON.stringify({ results: {}, configs: {}, versions: {} }),
      /holds? scores and no responses.*--log_samples/,
    ],
    [
      'some archive',
      'x.zip',
      zipOf({ 'a/b.jsonl': '{}' }),
      /x\.zip is an archive of 1 files \(a\/b\.jsonl\)\. Unpack it/,
    ],
    [
      'gzip that breaks off',
      'cut.gz',
      gzipSync('{"id":"1","response":"x"}'.repeat(99)).subarray(0, 40),
      /cut\.gz breaks off or is damaged: gzip cannot unpack it/,
    ],
    [
      'a workbook cut in half',
      'cut.xlsx',
      workbookOf([['id', 'response']]).subarray(0, 900),
      /cut\.xlsx cannot be opened as a zip file/,
    ],
    [
      'text in Latin-1',
      'latin.csv',
      Buffer.from('id,response\n1,Z\u00fcrich', 'latin1'),
      /latin\.csv is not text in UTF-8 throughout/,
    ],
    [
      'a sample that ended in an error',
      'e.json',
      JSON.stringify([{ id: 1, epoch: 1, input: 'Q?', output: {}, error: { message: 'x' } }]),
      /item 0: the sample ended in an error, which is no response/,
    ],
  ])('%s', async (_, name, content, sentence) => {
    await expect(readPredictions(file(name, content))).rejects.toThrow(sentence)
  })
})
