import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { getTask } from '#server/datasets/catalogue.ts'
import { openSplit } from '#server/datasets/service.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-layouts-'))
afterAll(() => rmSync(folder, { recursive: true }))
const ctx = { config: { dataDir: folder } } as never

function write(files: Record<string, unknown>) {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, 'datasets', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  }
}

const examplesOf = async (name: string) => Array.fromAsync((await openSplit(ctx, await getTask(name))).examples())

test('the splits beside the published one are addressed by their names', async () => {
  for (const [name, split] of [
    ['vqa_v2', 'testdev'],
    ['vqa_v2_val', 'val'],
    ['docvqa_val', 'val'],
    ['infographicvqa_val', 'val'],
    ['mathvista', 'testmini'],
    ['mmmu_dev', 'dev'],
  ] as const) {
    expect((await getTask(name)).split).toBe(split)
  }
})

test('a variant is a benchmark of its own over the same data', async () => {
  const { benchmark, split } = await getTask('ai2d_opaque')
  expect([benchmark.id, benchmark.variantOf, split]).toEqual(['ai2d_opaque', 'ai2d', 'test'])
  expect((await getTask('ai2d_opaque_sample')).split).toBe('sample')
  const questions = { 'Which?': { questionId: '7.png-0', answerTexts: ['a', 'b'], correctAnswer: 1, abcLabel: true } }
  write({
    'ai2d/ai2d_test_ids.csv': '7\n',
    'ai2d/questions/7.png.json': { questions },
    'ai2d/annotations/7.png.json': {
      text: [
        {
          rectangle: [
            [1, 1],
            [5, 5],
          ],
          replacementText: 'A',
        },
      ],
    },
    'ai2d/images/7.png': 'picture',
  })
  for (const [name, style] of [
    ['ai2d', 'transparent'],
    ['ai2d_opaque', 'opaque'],
  ] as const) {
    expect(await examplesOf(name)).toMatchObject([{ gold: 'B', parts: [{ overlays: [{ style }] }, 'Which?'] }])
  }
})

test('a question of an official file that does not fit is named with file, row and column', async () => {
  const good = { questionId: 1, question: 'Q?', image: 'documents/a.png', answers: ['x'] }
  write({
    'docvqa/val_v1.0_withQT.json': { data: [good, { ...good, answers: 'x' }] },
    'docvqa/documents/a.png': 'picture',
  })
  await expect(examplesOf('docvqa_val')).rejects.toThrow(/val_v1\.0_withQT\.json, row 1, answers: /)
  write({ 'docvqa/val_v1.0_withQT.json': { data: [good, { ...good, image: 7 }] } })
  await expect(examplesOf('docvqa_val')).rejects.toThrow(/val_v1\.0_withQT\.json, row 1, image: /)
  write({ 'docvqa/val_v1.0_withQT.json': { data: [good, { ...good, image: 'documents/b.png' }] } })
  await expect(examplesOf('docvqa_val')).rejects.toThrow(/b\.png is named by the data but is not below/)
})

test('a public split without a gold answer is refused, a withheld one never has any', async () => {
  const question = { questionId: 1, question: 'Q?', image: 'documents/a.png' }
  write({ 'docvqa/val_v1.0_withQT.json': { data: [question] } })
  await expect(examplesOf('docvqa_val')).rejects.toThrow(/row 0: the gold answer is missing/)
  write({ 'docvqa/test_v1.0.json': { data: [{ ...question, answers: ['leaked'] }] } })
  expect(await examplesOf('docvqa')).toMatchObject([{ id: '1', gold: null }])
})

test('a file of another shape says what it lacks', async () => {
  write({ 'infographicvqa/infographicsVQA_val_v1.0_withQT.json': { questions: [] } })
  await expect(examplesOf('infographicvqa_val')).rejects.toThrow(/_withQT\.json holds no array 'data'/)
  write({ 'infographicvqa/infographicsVQA_val_v1.0_withQT.json': { data: [{ question: 'Q?' }] } })
  await expect(examplesOf('infographicvqa_val')).rejects.toThrow(/row 0, image_local_name: /)
})

test('the authors’ zips are read as they are, without being unpacked', async () => {
  const zip = new ZipFile()
  const questions = { questions: [{ image_id: 42, question: 'Why?', question_id: 42001 }] }
  const annotations = { annotations: [{ question_id: 42001, answers: [{ answer: 'because' }] }] }
  zip.addBuffer(Buffer.from(JSON.stringify(questions)), 'v2_OpenEnded_mscoco_val2014_questions.json')
  zip.addBuffer(Buffer.from(JSON.stringify(annotations)), 'v2_mscoco_val2014_annotations.json')
  zip.addBuffer(Buffer.from('picture'), 'val2014/COCO_val2014_000000000042.jpg')
  zip.end()
  mkdirSync(join(folder, 'datasets/vqa_v2'), { recursive: true })
  await pipeline(zip.outputStream, createWriteStream(join(folder, 'datasets/vqa_v2/val2014.zip')))
  const path = 'val2014.zip/val2014/COCO_val2014_000000000042.jpg'
  expect(await examplesOf('vqa_v2_val')).toMatchObject([
    { id: '42001', gold: ['because'], parts: [{ path, bytes: Buffer.from('picture') }, 'Why?'] },
  ])
})
