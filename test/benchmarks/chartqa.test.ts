import { expect, test } from 'vitest'
import type { ImagePart } from '#benchmarks/benchmark.ts'
import { benchmark } from '#benchmarks/chartqa/benchmark.ts'
import { examplesOf as examplesIn, png } from '../support/data-files.ts'

const examplesOf = (layout: string, contents: Record<string, unknown>, split = 'test') =>
  examplesIn(benchmark, layout, contents, split)

const hubRow = (query: string, human_or_machine: unknown) => ({
  image: { bytes: png, path: 'chart.png' },
  query,
  label: ['14'],
  human_or_machine,
})

test('the hub layout reads the split from its own parquet files, and 0 means human', async () => {
  const examples = await examplesOf('hub', {
    'data/test-00000-of-00002-ab.parquet': [hubRow('How many?', 0n)],
    'data/test-00001-of-00002-ab.parquet': [hubRow('How much?', 1)],
    'data/train-00000-of-00001.parquet': [hubRow('Other split?', 0)],
  })
  expect(examples).toMatchObject([
    { id: '0', question: 'How many?', gold: ['14'], tags: ['human'] },
    { id: '1', question: 'How much?', gold: ['14'], tags: ['augmented'] },
  ])
  expect(examples[0]!.parts).toEqual([{ kind: 'image', bytes: png, path: 'chart.png' }, 'How many?'])
})

test('the official layout takes the part from the file name and the picture from png/', async () => {
  const question = (query: string) => [{ imgname: '7.png', query, label: 'Yes' }]
  const examples = await examplesOf('official', {
    'ChartQA Dataset/test/test_augmented.json': question('Generated?'),
    'ChartQA Dataset/test/test_human.json': question('Written?'),
    'ChartQA Dataset/test/png/7.png': png,
    'ChartQA Dataset/val/val_human.json': question('Other split?'),
  })
  expect(examples.map(({ question, tags, gold }) => [question, tags, gold])).toEqual([
    ['Written?', ['human'], ['Yes']],
    ['Generated?', ['augmented'], ['Yes']],
  ])
  expect((examples[0]!.parts[0] as ImagePart).path).toBe('ChartQA Dataset/test/png/7.png')
})

test('a row that does not fit is refused with the column that is wrong', () => {
  const { row } = benchmark.layouts[0]!
  expect(row.safeParse(hubRow('Q', 2)).error?.issues[0]?.path).toEqual(['human_or_machine'])
  expect(row.safeParse({ ...hubRow('Q', 0), label: [] }).error?.issues[0]?.path).toEqual(['label'])
  expect(row.safeParse({ ...hubRow('Q', 0), image: { bytes: null, path: 'x' } }).error?.issues[0]?.path).toEqual([
    'image',
    'bytes',
  ])
})

test('each prompt profile sends the picture and its own words', async () => {
  const [example] = await examplesOf('hub', { 'test.parquet': [hubRow('How many?', 0)] })
  const wordsOf = (profile: keyof typeof benchmark.prompts) => benchmark.prompts[profile]!(example!).at(-1)
  expect(wordsOf('default')).toBe('How many?\nAnswer the question using a single word or phrase.')
  expect(wordsOf('vlmevalkit')).toBe('How many?\nAnswer the question using a single word or phrase.')
  expect(wordsOf('lmms_eval')).toBe('How many?\nAnswer the question with a single word.')
  expect(wordsOf('molmo')).toBe('chart_qa: How many?')
  expect(benchmark.prompts.default(example!)).toHaveLength(2)
})

test('the profiles differ where they should: only Molmo reads what follows Answer:, only lmms-eval minds a line break', () => {
  const question = { id: '0', question: '', tags: [], gold: ['Jamaica'] }
  const value = (profile: keyof typeof benchmark.scorers, response: string) => {
    const scorer = benchmark.scorers[profile]!
    return scorer.score(scorer.extract(response, question) as string, question).value
  }
  expect(value('official', 'jamaica\n')).toBe(1)
  expect(value('vlmevalkit', 'jamaica\n')).toBe(1)
  expect(value('lmms_eval', 'jamaica\n')).toBe(0)
  expect(value('molmo', 'Because.\nAnswer: Jamaica')).toBe(1)
  expect(value('official', 'Answer: Jamaica')).toBe(0)
})

test('it is asked and marked by default and in these profiles', () => {
  expect(Object.keys(benchmark.prompts)).toEqual(['default', 'molmo', 'vlmevalkit', 'lmms_eval'])
  expect(Object.keys(benchmark.scorers)).toEqual(['official', 'molmo', 'vlmevalkit', 'lmms_eval'])
})
