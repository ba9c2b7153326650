import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { ZipFile } from 'yazl'
import { writeParquet } from '#server/formats/parquet.ts'
import { chartqaRow, writeChartqa } from '../../support/chartqa-file.ts'
import { testDatabase } from '../../support/database.ts'
import { pngOf } from '../../support/png.ts'
import { scriptedEndpoint } from '../../support/scripted-endpoint.ts'
import { startArena } from '../../support/program.ts'

/** An archive with these files in it. */
async function zipped(path: string, files: Record<string, Buffer>) {
  const zip = new ZipFile()
  for (const [name, bytes] of Object.entries(files)) zip.addBuffer(bytes, name)
  zip.end()
  writeFileSync(path, await buffer(zip.outputStream))
}

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'arena-bad-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

async function expectSentence(args: string[], sentence: RegExp, env: Record<string, string>) {
  const started = startArena(args, env)
  const code = await started.ended
  expect(started.output()).toMatch(sentence)
  expect(started.output().trim().split('\n')).toHaveLength(1)
  expect(code).toBe(2)
}

test.each<[string, string[], (folder: string) => unknown, RegExp]>([
  [
    'a row that does not fit',
    ['chartqa'],
    (folder) => writeChartqa(folder, [chartqaRow, { ...chartqaRow, human_or_machine: 7 }]),
    /test-00000-of-00001\.parquet, row 1, human_or_machine: .*expected/,
  ],
  [
    'a column that is missing',
    ['docvqa_val'],
    (folder) => writeParquet(join(folder, 'val.parquet'), { question: 'string' }, [{ question: 'Q?' }]),
    /val\.parquet has no column "image"; it has question/,
  ],
  [
    'a Parquet file that breaks off',
    ['chartqa'],
    async (folder) => truncateSync(await writeChartqa(folder, [chartqaRow]), 400),
    /test-00000-of-00001\.parquet .*(?:download|fetch) it again/i,
  ],
  [
    'an archive with a path that leaves its folder',
    ['chartqa'],
    async (folder) => {
      const path = join(folder, 'images.zip')
      await zipped(path, { 'ab/evil.json': Buffer.from('x') })
      writeFileSync(path, readFileSync(path, 'latin1').replaceAll('ab/evil', '../evil'), 'latin1')
    },
    /images\.zip .*\.\.\/evil\.json/,
  ],
  [
    'a JSON file of another shape',
    ['docvqa_val'],
    (folder) => writeFileSync(join(folder, 'val_v1.0_withQT.json'), '{"questions":[]}'),
    /val_v1\.0_withQT\.json holds no array 'data'/,
  ],
  [
    'a JSON file that breaks off',
    ['docvqa_val'],
    (folder) => writeFileSync(join(folder, 'val_v1.0_withQT.json'), '{"data":[{"questionId":1,'),
    /val_v1\.0_withQT\.json/,
  ],
  ['a folder without the data', ['chartqa'], () => {}, /holds no rows of chartqa test in the hub or official layout/],
  ['an unknown benchmark', ['chartaq'], () => {}, /no benchmark 'chartaq'.*chartqa/],
  ['an unknown split', ['chartqa', '--split', 'dev'], () => {}, /no split 'dev'.*test, val, sample/],
  ['an unknown profile', ['chartqa', '--profile', 'strict'], () => {}, /strict.*official/],
])('%s is one sentence and exit code 2', async (_name, [benchmark, ...rest], write, sentence) => {
  const folder = temporary()
  const input = join(temporary(), 'predictions.jsonl')
  writeFileSync(input, '{"id":"0","response":"2"}\n')
  await write(folder)
  await expectSentence(['score', '--benchmark', benchmark!, '--data', folder, '--input', input, ...rest], sentence, {
    ARENA_DATA: temporary(),
  })
})

const bomb = pngOf(50_000, 50_000)

const asked = (questionId: number, image: string) => ({ questionId, image, question: 'Who?', answers: ['Ann'] })

test.each<[string, string, (folder: string) => unknown, RegExp]>([
  [
    'a Parquet file',
    'chartqa',
    (folder) => writeChartqa(folder, [chartqaRow, { ...chartqaRow, image: { bytes: bomb, path: 'bomb.png' } }]),
    /test-00000-of-00001\.parquet, row 1, image \(bomb\.png\) measures/,
  ],
  [
    'an archive',
    'docvqa_val',
    async (folder) => {
      const data = [asked(7, 'documents/good.png'), asked(8, 'documents/bomb.png')]
      writeFileSync(join(folder, 'val_v1.0_withQT.json'), JSON.stringify({ data }))
      await zipped(join(folder, 'pictures.zip'), { 'documents/good.png': pngOf(10, 10), 'documents/bomb.png': bomb })
    },
    /val_v1\.0_withQT\.json, row 1, image \(pictures\.zip\/documents\/bomb\.png\) measures/,
  ],
  [
    'a folder, to be drawn on,',
    'ai2d_sample',
    (folder) => {
      cpSync('benchmarks/ai2d/sample', folder, { recursive: true })
      writeFileSync(join(folder, 'images/0.png'), bomb)
    },
    /questions\/0\.png\.json, image \(images\/0\.png\) measures/,
  ],
])(
  'a picture of 50,000 × 50,000 pixels in %s is an error of its own, in words, and is never sent',
  async (_name, task, write, place) => {
    const { url } = await testDatabase()
    const server = await scriptedEndpoint()
    const folder = temporary()
    await write(folder)
    const run = ['run', '--tasks', task, '--data', folder, '--base-url', server.baseUrl, '--model', 'test-model']
    const started = startArena(run, { ARENA_DATA: temporary(), DATABASE_URL: url })
    expect(await started.ended).toBe(1)
    expect(started.output()).toMatch(new RegExp(`${place.source} 50000 × 50000 px; the limits are 16,384 px a side`))
    const sent = server.seen.map(({ body }) => JSON.stringify(body))
    expect(sent.some((body) => body.includes(bomb.toString('base64')))).toBe(false)
  },
)
