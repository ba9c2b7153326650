import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Example } from '#benchmarks/benchmark.ts'
import { imagesOf } from '#benchmarks/prompts.ts'
import { readConfig } from '#server/core/config.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { openQuestions } from '#server/datasets/service.ts'
import { readPredictions } from '#server/formats/predictions/read-predictions.ts'
import { scorePredictions, type PredictionScores } from '#server/runs/scoring/score-predictions.ts'
import { startArena } from '../../support/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-score-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The command with a database that nobody could reach. */
async function score(args: string[]) {
  const program = startArena(['score', ...args], {
    ARENA_DATA: folder,
    DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
  })
  return { code: await program.ended, output: program.output() }
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

const lines = (rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n')

async function examplesOf(benchmark: string) {
  const split = await openQuestions({ config: readConfig() }, await getTask(benchmark, 'sample'))
  return Array.fromAsync(split.examples())
}

/** Right for every second example; the wrong ones are what no benchmark takes for an answer. */
const responsesOf = (examples: Example[]) =>
  examples.map(({ gold }, index) => (index % 2 === 0 ? String((gold as string[])[0]) : 'no idea,\n"none"'))

const tsv = (rows: (string | number)[][]) =>
  rows.map((row) => row.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join('\t')).join('\n')

describe('ChartQA, in every form in which its predictions are written', () => {
  let examples: Example[]
  let responses: string[]
  let forms: Record<string, string>
  beforeAll(async () => {
    examples = await examplesOf('chartqa')
    responses = responsesOf(examples)
    const imgname = (example: Example) => basename(imagesOf(example)[0]!.path!)
    const rows = examples.map((example, place) => ({ example, place, response: responses[place]! }))
    const own = rows.map(({ example, response }) => ({ id: example.id, response }))
    const byPicture = rows.map(({ example, response }) => ({
      imgname: imgname(example),
      query: example.question,
      response,
    }))
    forms = {
      'own.jsonl': lines(own),
      'own.json': JSON.stringify(own.toReversed(), null, 2),
      'by-id.json': JSON.stringify(Object.fromEntries(own.map(({ id, response }) => [id, response]))),
      'by-picture.json': JSON.stringify(
        byPicture.map(({ response, ...named }) => ({ ...named, prediction: response })),
      ),
      'by-picture.csv': [
        'imgname,query,predicted label',
        ...byPicture.map((row) =>
          Object.values(row)
            .map((cell) => `"${cell.replaceAll('"', '""')}"`)
            .join(','),
        ),
      ].join('\n'),
      '1125_samples_chartqa.jsonl': lines(
        rows.map(({ example, place, response }) => ({
          doc_id: place,
          target: (example.gold as string[])[0],
          resps: [[response]],
          filtered_resps: [response.trim()],
          input: `${example.question}\nAnswer the question with a single word.`,
          relaxed_overall: 0,
        })),
      ),
      'model_ChartQA_TEST.tsv': tsv([
        ['index', 'question', 'answer', 'split', 'prediction'],
        ...rows.map(({ example, place, response }) => [place + 1, example.question, 'x', 'test_human', response]),
      ]),
    }
  })

  test.each([
    'own.jsonl',
    'own.json',
    'by-id.json',
    'by-picture.json',
    'by-picture.csv',
    '1125_samples_chartqa.jsonl',
    'model_ChartQA_TEST.tsv',
  ])('%s is scored from the command line', async (name) => {
    const path = file(name, forms[name]!)
    const { code, output } = await score(['--benchmark', 'chartqa', '--split', 'sample', '--input', path])
    expect(output).toMatch(/^chartqa sample \(sample, never compared\), version 1, hub layout, profile official\n/)
    expect(output).toMatch(/relaxed correctness +50\.0 +\d+\.\d to \d+\.\d +24\n/)
    expect(output).toMatch(/human questions +\d+\.\d .*\n/)
    expect(output).toMatch(/24 scored, 0 unparsed, 0 refused, 0 withheld\n$/)
    expect(code).toBe(0)
  })

  test('--json holds every metric and count, --output one line for each example in the order of the data', async () => {
    const path = file(
      'mixed.json',
      JSON.stringify(examples.map(({ id }, k) => ({ id, response: responses[k] })).toReversed()),
    )
    const output = join(folder, 'scored.jsonl')
    const args = ['--benchmark', 'chartqa', '--split', 'sample', '--input', path, '--json', '--output', output]
    const scores = JSON.parse((await score(args)).output) as PredictionScores
    expect(scores).toMatchObject({
      benchmark: 'chartqa',
      split: 'sample',
      sample: true,
      profile: 'official',
      examples: 24,
    })
    expect(scores.counts).toEqual({ scored: 24, unparsed: 0, refused: 0, withheld: 0 })
    expect(scores.metrics.map(({ name }) => name)).toEqual([
      'relaxed correctness',
      'human questions',
      'generated questions',
    ])
    const scored = readFileSync(output, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string })
    expect(scored.map(({ id }) => id)).toEqual(examples.map(({ id }) => id))
    expect(scored[0]).toMatchObject({ response: responses[0], answer: responses[0], score: 1, outcome: 'scored' })
    expect(scored[1]).toMatchObject({ response: responses[1], score: 0, also: null, steps: [expect.any(String)] })
  })

  test('missing, extra and repeated ids are listed, the first ten and a count; no score is printed or written', async () => {
    const rows = responses.map((response, k) => ({ id: String(k), response }))
    const path = file('holes.jsonl', lines([...rows.slice(12), { id: '99', response: '' }, { id: '13', response: '' }]))
    const output = join(folder, 'half.jsonl')
    const args = ['--benchmark', 'chartqa', '--split', 'sample', '--input', path, '--output', output]
    const run = await score(args)
    expect(run.code).toBe(2)
    expect(run.output).toBe(
      'arena: holes.jsonl does not fit chartqa sample, id by id: 12 missing (0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more); ' +
        '1 extra (99); 1 given more than once (13). Nothing was scored or written; give each example one prediction.\n',
    )
    expect(existsSync(output)).toBe(false)
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([])
  })

  test('rows in another order than the data are refused by their questions, not scored against the wrong gold', async () => {
    const shuffled = examples.map(({ question }, place) => ({
      doc_id: (place + 1) % examples.length,
      resps: [['x']],
      input: question,
    }))
    const reading = scoreFile('chartqa', file('shuffled.jsonl', lines(shuffled)))
    await expect(reading).rejects.toThrow(
      /answers other questions than chartqa sample asks, .*For example 0 it was asked “/,
    )
  })

  test('a wrong profile is refused with those there are', async () => {
    const path = file('any.jsonl', lines([{ id: '0', response: 'x' }]))
    const run = await score(['--benchmark', 'chartqa', '--split', 'sample', '--input', path, '--profile', 'offical'])
    expect(run).toEqual({
      code: 2,
      output: "arena: chartqa has no scoring profile 'offical'. It has official, molmo, vlmevalkit, lmms_eval.\n",
    })
  })
})

async function scoreFile(benchmark: string, path: string, profile?: string, data?: string, split = 'sample') {
  const opened = await openQuestions({ config: readConfig() }, await getTask(benchmark, split), data)
  return scorePredictions(opened, await readPredictions(path), profile ? { profile } : {})
}

test.each([
  ['vqa_v2', 'question_id', /VQA accuracy +\d+\.\d +\d+\.\d to \d+\.\d +12\n/, 'answer type: yes/no'],
  ['docvqa', 'questionId', /ANLS +\d+\.\d +\d+\.\d to \d+\.\d +12\n/, 'question type: '],
  ['infographicvqa', 'questionId', /ANLS +\d+\.\d +\d+\.\d to \d+\.\d +12\n/, 'evidence: '],
] as const)('the official array of %s is scored from the command line', async (benchmark, key, headline, group) => {
  const examples = await examplesOf(benchmark)
  const responses = responsesOf(examples)
  const path = file(
    `${benchmark}.json`,
    JSON.stringify(examples.map(({ id }, k) => ({ [key]: Number(id), answer: responses[k] }))),
  )
  const { code, output } = await score(['--benchmark', benchmark, '--split', 'sample', '--input', path])
  expect(output).toMatch(headline)
  expect(output).toContain(group)
  expect(code).toBe(0)
})

test('a split beside the published one is named as everywhere, and its official questions need no pictures to be scored', async () => {
  const questions = [1, 2, 3].map((question_id) => ({ question_id, image_id: question_id % 2, question: 'Q?' }))
  const answers = Array.from({ length: 10 }, (_, k) => ({ answer: k < 9 ? 'yes' : 'no' }))
  const annotations = questions.map(({ question_id }) => ({
    question_id,
    answer_type: 'yes/no',
    question_type: 'is',
    answers,
  }))
  file('vqa/v2_OpenEnded_mscoco_val2014_questions.json', JSON.stringify({ questions }))
  file('vqa/v2_mscoco_val2014_annotations.json', JSON.stringify({ annotations }))
  const path = file(
    'val.json',
    JSON.stringify([3, 1, 2].map((question_id) => ({ question_id, answer: question_id === 2 ? 'no' : 'Yes.' }))),
  )
  const { code, output } = await score(['--benchmark', 'vqa_v2_val', '--data', join(folder, 'vqa'), '--input', path])
  expect(output).toMatch(/^vqa_v2 val, version 1, official layout, profile official\n/)
  expect(output).toMatch(/VQA accuracy +76\.7 /)
  expect(code).toBe(0)
})

test('MathVista takes no_judge and says so; a profile that needs a judge is refused in one sentence', async () => {
  const examples = await examplesOf('mathvista')
  const path = file('math.jsonl', lines(examples.map(({ id }) => ({ id, response: 'The answer is 10.' }))))
  const args = ['--benchmark', 'mathvista', '--split', 'sample', '--input', path]
  const { code, output } = await score(args)
  expect(output).toMatch(/profile no_judge\n/)
  expect(output).toMatch(
    /Scored by no_judge: the official rules of mathvista need a judge endpoint, and none reads this file\.\n$/,
  )
  expect(code).toBe(0)
  const refused = await score([...args, '--profile', 'official'])
  expect(refused.code).toBe(2)
  expect(refused.output).toMatch(
    /^arena: The profile 'official' of mathvista needs a judge endpoint.*Take no_judge.*\n$/,
  )
})

test('withheld gold answers give counts and no score, with the way to the submission file', async () => {
  const data = Array.from({ length: 3 }, (_, k) => ({ questionId: k, question: 'Q?', image: `documents/${k}.png` }))
  file('doc/test_v1.0.json', JSON.stringify({ data }))
  const path = file('doc.json', JSON.stringify(data.map(({ questionId }) => ({ questionId, answer: 'x' }))))
  const scores = await scoreFile('docvqa', path, undefined, join(folder, 'doc'), 'test')
  expect(scores.counts).toEqual({ scored: 0, unparsed: 0, refused: 0, withheld: 3 })
  expect(scores.metrics[0]).toEqual({ name: 'ANLS', value: null, low: null, high: null, n: 0 })
  expect(scores.notes.join()).toContain('npx arena submission create')
})

test('the interval treats questions on one picture as one observation, as a run does', async () => {
  const examples = await examplesOf('docvqa')
  const path = file(
    'clusters.jsonl',
    lines(examples.map(({ id, gold }, k) => ({ id, response: k < 6 ? (gold as string[])[0] : '?' }))),
  )
  const pictures = new Set(examples.map((example) => imagesOf(example)[0]!.path))
  const [headline] = (await scoreFile('docvqa', path)).metrics
  expect(pictures.size).toBe(4)
  expect(headline!.high! - headline!.low!).toBeGreaterThan(0.6)
})

describe('what cannot be read', () => {
  test.each([
    [
      'a spreadsheet',
      'x.xlsx',
      Buffer.from('PK\u0003\u0004rest'),
      /x\.xlsx cannot be opened as a zip file .*; download it again/,
    ],
    ['other keys', 'keys.jsonl', lines([{ a: 1, b: 2 }]), /keys\.jsonl is in no form.* has a, b\. Known: /],
    ['other columns', 'keys.csv', 'a,b\n1,2\n', /keys\.csv is in no form.* has a, b\. Known: /],
    ['a list of texts', 'texts.json', '["a","b"]', /texts\.json, item 0: not a JSON object/],
    ['nothing', 'empty.jsonl', '', /empty\.jsonl holds no predictions/],
    [
      'a broken line',
      'cut.jsonl',
      '{"id":"0","response":"x"}\n{"id":"1","resp',
      /cut\.jsonl, line 2: not a whole JSON object/,
    ],
    ['a broken array', 'cut.json', '[{"id":"0","response":"x"},{"id"', /cut\.json breaks off after item 1/],
    [
      'an answer that is a list',
      'list.json',
      '[{"question_id":1,"answer":["x"]}]',
      /item 0: answer is a list; it takes one text/,
    ],
    ['several tries', 'tries.jsonl', lines([{ doc_id: 0, resps: [['a', 'b']] }]), /line 1: resps holds 2 responses/],
    ['an id that is a list', 'id.jsonl', lines([{ id: [1], response: 'x' }]), /line 1: id is no id/],
  ])('%s is refused with the place', async (_, name, content, sentence) => {
    await expect(readPredictions(file(name, content))).rejects.toThrow(sentence)
  })

  test('a file that is not there is named', async () => {
    await expect(readPredictions(join(folder, 'none.json'))).rejects.toThrow(/There is no file .*none\.json/)
  })

  test('an id with control characters cannot steer the terminal', async () => {
    const path = file('steer.jsonl', lines([{ id: '\u001b[2J', response: 'x' }]))
    const { output } = await score(['--benchmark', 'chartqa', '--split', 'sample', '--input', path])
    expect(output).toContain('1 extra ( [2J)')
    expect(output).not.toContain('\u001b')
  })
})
