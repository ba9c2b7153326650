import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { checkFolder, run } from '../../golden/scoring.ts'

const cases = join(import.meta.dirname, '../../golden/cases')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden-'))
  vi.spyOn(console, 'log').mockReturnValue()
  vi.spyOn(console, 'error').mockReturnValue()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

const oneCase = { id: 'c1', input: { answers: ['14'] }, prediction: '14.5', expected: { pix2struct: true } }

async function put(file: string, ...lines: unknown[]) {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
  await writeFile(join(folder, file), text)
}

for (const file of (await readdir(cases)).filter((name) => name.endsWith('.jsonl'))) {
  test(`every case of ${file} gets the values that Python gave`, async () => {
    await cp(join(cases, file), join(folder, file))
    const { cases: count, tallies, problems } = await checkFolder(folder)
    expect(problems).toEqual([])
    expect(tallies.flatMap(({ mismatches }) => mismatches)).toEqual([])
    expect(count).toBe((await readFile(join(cases, file), 'utf8')).trim().split('\n').length)
  })
}

test('a folder whose cases all hold exits with 0, whatever other files lie in it', async () => {
  await put('relaxed_correctness.jsonl', oneCase)
  await put('notes.md', 'not a case')
  expect(await run(folder)).toBe(0)
})

test('a single wrong expectation is named with its case, and exits with 1', async () => {
  await put('relaxed_correctness.jsonl', oneCase, { ...oneCase, id: 'c2', expected: { pix2struct: false } })
  const { tallies } = await checkFolder(folder)
  expect(tallies[0]).toMatchObject({ scorer: 'pix2struct', cases: 2, mismatches: [{ id: 'c2' }] })
  expect(await run(folder)).toBe(1)
})

test('a scorer that does not exist, even by the name of an object property, is an error and not a pass', async () => {
  await put('relaxed_correctness.jsonl', { ...oneCase, expected: { pix2structs: true, constructor: true } })
  const { problems } = await checkFolder(folder)
  expect(problems).toEqual([
    'relaxed_correctness.jsonl:1: no scorer is called pix2structs (case c1)',
    'relaxed_correctness.jsonl:1: no scorer is called constructor (case c1)',
  ])
  expect(await run(folder)).toBe(2)
})

test('a case file of unknown name and a folder without case files are errors', async () => {
  expect(await run(folder)).toBe(2)
  await put('relaxed.jsonl', oneCase)
  expect(await run(folder)).toBe(2)
})

test('a broken line and a case without its input are errors that name the line', async () => {
  await put('relaxed_correctness.jsonl', oneCase, '{"id":', { id: 'c3', prediction: 'x', expected: {} })
  const { problems } = await checkFolder(folder)
  expect(problems).toHaveLength(2)
  expect(problems[0]).toContain('relaxed_correctness.jsonl:2: not JSON')
  expect(problems[1]).toContain('relaxed_correctness.jsonl:3')
})

test('an input of the wrong form counts as a mismatch of its case, told in one line', async () => {
  await put('relaxed_correctness.jsonl', { ...oneCase, input: { answers: '14' } })
  const { tallies } = await checkFolder(folder)
  expect(tallies[0]?.mismatches).toHaveLength(1)
  expect(tallies[0]?.mismatches[0]?.reason).toMatch(/^expected true, threw .*expected array.* answers \(.*\)$/)
})

test('a case without a prediction is an error that names the line', async () => {
  await put('relaxed_correctness.jsonl', { ...oneCase, prediction: undefined })
  const { problems } = await checkFolder(folder)
  expect(problems).toEqual(['relaxed_correctness.jsonl:1: ✖ there is no prediction → at prediction'])
})

test('a set of answers is compared in any order, member by member', async () => {
  const open = { id: 'c1', input: { answer: '5' }, prediction: 'is 5\nis nan' }
  const expecting = (...parsed: unknown[]) => ({ ...open, expected: { mmmu_official: { parsed } } })
  await put('mmmu_open.jsonl', expecting({ $float: 'nan' }, 5), expecting(5, { $float: 'nan' }), expecting(5))
  const { tallies } = await checkFolder(folder)
  expect(tallies[0]?.mismatches.map(({ reason }) => reason)).toEqual([
    'expected {"parsed":["5"]}, got {"parsed":[5,"NaN"],"correct":true} (source not named)',
  ])
})

test('where the published scorer raised an error ours need only answer; two empty texts it divides by zero are alike', async () => {
  const raised = (error: string) => ({ mmf_stvqa: { error } })
  await put(
    'anls.jsonl',
    { id: 'c1', input: { answers: [''] }, prediction: ' ', expected: raised('ZeroDivisionError') },
    { id: 'c2', input: { answers: ['a'] }, prediction: 'b', expected: raised('ZeroDivisionError') },
    { id: 'c3', input: { answers: ['a'] }, prediction: 'b', expected: raised('AssertionError') },
  )
  const { tallies } = await checkFolder(folder)
  expect(tallies[0]?.mismatches.map(({ id }) => id)).toEqual(['c2'])
})
