import { expect, test } from 'vitest'
import { walkThrough } from '../support/walk.ts'

const walk = await walkThrough('docs/add-a-benchmark.md')
await walk.run('node', 'benchmarks/samples.ts', 'yes_no')

test('the code of the page has the types that it says', async () => {
  const include = walk.blocks.map(({ path }) => path).filter((path) => path.endsWith('.ts'))
  await walk.write('tsconfig.walk.json', JSON.stringify({ extends: './tsconfig.json', include }))
  await walk.run('tsc', '-p', 'tsconfig.walk.json')
})

test('the new benchmark passes its own test, those of every benchmark, and the walls of the house', async () => {
  const files = ['null-models', 'samples', 'readmes', 'prompts', 'profiles', 'scoring/odd-responses']
  const passed = await Promise.all([
    walk.run('vitest', 'run', 'test/benchmarks/yes_no.test.ts'),
    walk.run('vitest', 'run', '-t', 'yes_no', ...files.map((name) => `test/benchmarks/${name}.test.ts`)),
    walk.run('vitest', 'run', '-t', 'benchmarks/yes_no', 'test/architecture.test.ts'),
  ])
  for (const words of passed) expect(words).toMatch(/Tests.* passed/)
})

test('its answers are scored as the page prints it, precision 4/5, recall 4/6 and F1 8/11', async () => {
  const command = ['server/cli.ts', 'score', '--benchmark', 'yes_no', '--split', 'sample', '--input', 'answers.jsonl']
  const { metrics } = JSON.parse(await walk.run('node', ...command, '--json')) as {
    metrics: { name: string; value: number }[]
  }
  expect(metrics.map(({ name, value }) => [name, value])).toEqual([
    ['accuracy', 9 / 12],
    ['F1', 8 / 11],
    ['precision', 4 / 5],
    ['recall', 4 / 6],
  ])
  const [, shown] = /```text\n(.*?)```/s.exec(await walk.read('docs/add-a-benchmark.md')) ?? []
  const printed = await walk.run('node', ...command)
  expect(printed.replaceAll(/ +$/gm, '')).toBe(shown)
})
