import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { checkFolder, run } from '../../golden/compare.ts'

const ours = 'test/golden/cases/compare'

test('our cases, worked by hand, hold to the last figure', async () => {
  const cases = await checkFolder(ours)
  expect(cases.map(({ name, figures, wrong }) => [name, figures, wrong])).toEqual([
    ['five-examples', 18, []],
    ['repeats', 11, []],
    ['holm', 4, []],
  ])
})

test('a figure that is off by a billionth, is unknown, or should not be there is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'compare-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  onTestFinished(() => void vi.restoreAllMocks())
  await cp(ours, folder, { recursive: true })
  const path = join(folder, 'five-examples', 'expected.json')
  const expected = JSON.parse(await readFile(path, 'utf8')) as Record<string, number>
  const off = expected['se_clustered']! * (1 + 1e-8)
  await writeFile(path, JSON.stringify({ ...expected, se_clustered: off, p_value: null, median: 1 }))
  const [wrong] = await checkFolder(folder)
  vi.spyOn(console, 'log').mockReturnValue()
  vi.spyOn(console, 'error').mockReturnValue()
  expect([await run(ours), await run(folder), await run(join(folder, 'repeats'))]).toEqual([0, 1, 2])
  expect(wrong!.wrong.map((line) => line.split(':')[0])).toEqual(['se_clustered', 'p_value', 'median'])
})
